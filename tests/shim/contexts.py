"""Who and where asks for a module: each context runs one way to ask (`ways`) on behalf of one environment.

`ASKER` is the module in `dep_a` and `dep_b` that asks. `CONTEXTS` are functions of the application's program:
`me` is the asker of the environment at hand, `other` the neighbour's (in a plain venv, `me` again).
"""

from __future__ import annotations

import textwrap
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.shim.world import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.shim.world import World

ASKER = """
import asyncio, atexit, sys, weakref

PACKAGE, STAR = __package__, __package__ + ".@STAR@"
SOURCES = @SOURCES@
WAYS = {}

def forget():
    for name in {str(key) for key in sys.modules}:
        if name.partition(".")[0] in @FORGOTTEN@:
            sys.modules.pop(name, None)

def call(function, *arguments):
    return function(*arguments)

def record(out, function, *_):
    out.append(function())

def generate(function):
    while True:
        yield function()

async def later(function):
    await asyncio.sleep(0)
    return function()

async def agenerate(function):
    await asyncio.sleep(0)
    yield function()

class Last:
    def __init__(self, out, function):
        self.out, self.function = out, function

    def __del__(self):
        record(self.out, self.function)

class Plain:
    pass

def at_exit(out, function):
    atexit.register(record, out, function)

def finalized(out, function):
    thing = Plain()
    weakref.finalize(thing, record, out, function)
    return thing

def execute(way):
    scope = {}
    exec(SOURCES[way], globals(), scope)
    return scope["way"]()

def execute_in_fresh_globals(way):
    scope = {"PACKAGE": PACKAGE, "STAR": STAR}
    exec(SOURCES[way] + "\\nfound = way()", scope)
    return scope["found"]

def evaluate(way):
    return eval("way()", {"way": WAYS[way]})

def make(way):
    scope = {}
    exec(SOURCES[way], globals(), scope)
    return scope["way"]

def make_in_fresh_globals(way, **names):
    scope = {"PACKAGE": PACKAGE, "STAR": STAR, **names}
    exec(SOURCES[way], scope)
    return scope["way"]

def make_by_name(way):
    return make_in_fresh_globals(way, __name__=__name__)
"""

_PROGRAM = """
import asyncio, atexit, functools, gc, importlib, json, operator, signal, sys, threading
from concurrent.futures import ThreadPoolExecutor

POOL = ThreadPoolExecutor(1)

@CONTEXTS@

pairs = [[importlib.import_module(f"{package}.@ASKER@") for package in pair] for pair in @PAIRS@]
found = {}
for context in @NAMES@:
    for way in pairs[0][0].WAYS:
        for me, other in pairs:
            me.forget()
            several = globals()[context](me, other, way)
            if context not in @SEVERAL@:
                several = [several, globals()[context](me, other, way)]
            found.setdefault(me.PACKAGE, {}).setdefault(context, {})[way] = several
POOL.shutdown()
print(json.dumps(found, default=repr))
"""

CONTEXTS = {
    "own_code": "return me.call(me.WAYS[way])",
    "application": "return me.WAYS[way]()",
    "neighbour": "return other.call(me.WAYS[way])",
    "neighbours_callback": "return me.call(other.call, me.call, other.call, me.WAYS[way])",
    "unversioned_library": "import shared\nreturn shared.call(other.call, shared.call, me.WAYS[way])",
    "c_of_the_interpreter": """
        found = []
        key = functools.partial(me.record, found, functools.partial(me.WAYS[way]))
        other.call(functools.partial(sorted, map(operator.call, [lambda: 1]), key=key))
        return found
        """,
    "thread": """
        found = []
        thread = threading.Thread(target=me.record, args=(found, me.WAYS[way]))
        other.call(thread.start)
        thread.join()
        return found
        """,
    "thread_pool": "return [POOL.submit(me.WAYS[way]).result(), other.call(POOL.submit, me.WAYS[way]).result()]",
    "asyncio_task": """
        async def main():
            loop, function, found = asyncio.get_running_loop(), me.WAYS[way], []
            found += [await asyncio.create_task(other.later(function)), await asyncio.to_thread(function)]
            found += [one async for one in me.agenerate(function)]
            loop.call_soon(me.record, found, function)
            await asyncio.sleep(0)
            return found
        return other.call(asyncio.run, main())
        """,
    "generator": """
        generator = me.generate(me.WAYS[way])
        return [other.call(next, generator), next(generator)]
        """,
    "last_reference": """
        found = []
        things = [me.Last(found, me.WAYS[way])]
        other.call(things.clear)
        return found
        """,
    "garbage_cycle": """
        found = []
        thing = me.Last(found, me.WAYS[way])
        thing.itself = thing
        del thing
        other.call(gc.collect, 0)
        return found
        """,
    "weakref_finalize": """
        found = []
        things = [me.finalized(found, me.WAYS[way])]
        other.call(things.clear)
        return found
        """,
    "exit_function": "found = []\nme.at_exit(found, me.WAYS[way])\nother.call(atexit._run_exitfuncs)\nreturn found",
    "signal_handler": """
        found = []
        signal.signal(signal.SIGUSR1, functools.partial(me.record, found, me.WAYS[way]))
        other.call(signal.raise_signal, signal.SIGUSR1)
        return found
        """,
    "exec_in_own_globals": "return other.call(me.execute, way)",
    "exec_in_fresh_globals": "return other.call(me.execute_in_fresh_globals, way)",
    "eval_in_fresh_globals": "return other.call(me.evaluate, way)",
    "made_in_own_globals": "return [other.call(me.make(way)), POOL.submit(me.make(way)).result()]",
    "made_in_fresh_globals_called_by_itself": "return other.call(me.call, me.make_in_fresh_globals(way))",
    "made_in_fresh_globals_called_by_application": "return me.make_in_fresh_globals(way)()",
    "made_in_fresh_globals_called_by_neighbour": "return other.call(me.make_in_fresh_globals(way))",
    "made_in_fresh_globals_called_in_pool": "return POOL.submit(me.make_in_fresh_globals(way)).result()",
    "made_in_fresh_globals_called_by_c": "return other.call(next, map(operator.call, [me.make_in_fresh_globals(way)]))",
    "made_in_named_globals_called_by_application": "return [me.make_by_name(way)(), other.call(me.make_by_name(way))]",
}

# These run a way more than once each time.
_SEVERAL = ("thread_pool", "asyncio_task", "generator", "made_in_own_globals")

FORGOTTEN = ("lib", "ns", "oldns", "pathy_module", "virtue", "sixy", "brittle")

# The contexts that call a function, rather than execute source.
FOR_FUNCTIONS = [name for name, body in CONTEXTS.items() if "WAYS" in body]


def asker(ways: Mapping[str, str], star: str) -> str:
    """Return the module that asks in every way; `star` is the module of its package with a star import."""
    sources = {name: _function(body) for name, body in ways.items()}
    text = ASKER.replace("@STAR@", star).replace("@SOURCES@", repr(sources))
    text = text.replace("@FORGOTTEN@", repr(FORGOTTEN))
    return text + "".join(f"\n\n{source}\n\nWAYS[{name!r}] = way\n" for name, source in sources.items())


def program(asker: str, contexts: Iterable[str], pairs: Iterable[tuple[str, str]]) -> str:
    """Return the application's program, which prints as JSON package → context → way → what was found each time.

    :param pairs: package that asks, package that is its neighbour.
    """
    functions = (f"def {name}(me, other, way):\n{_indented(body)}\n" for name, body in CONTEXTS.items())
    text = _PROGRAM.replace("@CONTEXTS@", "\n".join(functions)).replace("@ASKER@", asker)
    text = text.replace("@PAIRS@", repr(list(pairs))).replace("@NAMES@", repr(list(contexts)))
    return text.replace("@SEVERAL@", repr(_SEVERAL))


def of_functions(world: World, functions: str) -> tuple[Any, Any]:
    """Return package → context → function → what was found, in the project and in plain venvs.

    :param functions: source that puts functions into `WAYS`, beside those of `ways`.
    """
    name = world.add_probe(asker({}, "star") + functions)
    with ThreadPoolExecutor(2) as pool:
        project = pool.submit(world.answer, program(name, FOR_FUNCTIONS, [PACKAGES, PACKAGES[::-1]]))
        plain = [
            pool.submit(world.plain_answer, package, program(name, FOR_FUNCTIONS, [(package, package)]))
            for package in PACKAGES
        ]
    return project.result(), {package: found for run in plain for package, found in run.result().items()}


def _function(body: str) -> str:
    """Return a way's function; an error is something found like anything else."""
    caught = "except Exception as error:\n    return [type(error).__name__, str(error)]"
    return "def way():\n" + _indented(f"try:\n{_indented(body)}\n{caught}")


def _indented(body: str) -> str:
    return textwrap.indent(textwrap.dedent(body).strip("\n "), "    ")
