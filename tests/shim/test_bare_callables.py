"""The import system's own functions handed over as they are: no code of the one who hands them over runs then.

`Thread(target=exec, args=("import lib", …))`, `pool.map(importlib.import_module, …)`, `weakref.finalize(x, exec, …)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

# Bodies of `hand_over(pool, run)`: `pool` is somebody's thread pool, `run(function, *arguments)` is somebody's code.
AT_ONCE = {
    "map": """
        names = ["lib.late", "lib.mod"]
        return [module.VERSION for module in [*map(importlib.import_module, names), *map(sys.modules.get, names)]]
        """,
    "filter, sorted, reduce": """
        load = importlib.import_module
        found = functools.reduce(getattr, ["late", "VERSION"], __import__("lib.late"))
        names = [*filter(sys.modules.get, ["lib.late", "lib.no"])]
        return [found, names, max(map(vars, map(load, names)), key=len)["VERSION"]]
        """,
    "partial, methodcaller, itemgetter": """
        late = functools.partial(importlib.import_module, "lib.late")()
        mod = operator.methodcaller("import_module", "lib.mod")(importlib)
        return [late.VERSION, mod.VERSION, operator.itemgetter("lib.late")(sys.modules).VERSION]
        """,
    "defaultdict, iter, property": """
        found = collections.defaultdict(functools.partial(importlib.import_module, "lib.late"))
        again = next(iter(functools.partial(importlib.import_module, "lib.mod"), None))
        class Holder:
            late = functools.cached_property(lambda self: importlib.import_module("lib.x"))
        return [found["any"].VERSION, again.VERSION, Holder().late.VERSION]
        """,
    "ExitStack, contextvars": """
        found = {}
        with contextlib.ExitStack() as stack:
            stack.callback(exec, IMPORT, found)
        context = contextvars.copy_context()
        return [found["VERSION"], context.run(importlib.import_module, "lib.mod").VERSION]
        """,
    "finalizer, at once": """
        class Thing: pass
        found, thing = {}, Thing()
        weakref.finalize(thing, exec, IMPORT, found)
        del thing
        return found["VERSION"]
        """,
    "trace and profile": """
        found = []
        sys.setprofile(lambda *_: sys.setprofile(None) or found.append(importlib.import_module("lib.late").VERSION))
        len(found)
        sys.setprofile(None)
        return found
        """,
}

IN_THREADS = {
    "own thread": """
        found = {}
        thread = threading.Thread(target=exec, args=(IMPORT, found))
        thread.start()
        thread.join()
        return found["VERSION"]
        """,
    "own timer": """
        found = {}
        timer = threading.Timer(0, exec, [IMPORT, found])
        timer.start()
        timer.join()
        return found["VERSION"]
        """,
    "own pool": """
        with ThreadPoolExecutor(2) as own, multiprocessing.pool.ThreadPool(2) as old:
            found = [*own.map(__import__, ["lib.late"]), own.submit(importlib.import_module, "lib").result()]
            found += old.map(importlib.import_module, ["lib", "lib.mod"])
            return [module.VERSION for module in found[1:]]
        """,
    "asyncio, own loop": """
        async def main():
            found, loop = {}, asyncio.get_running_loop()
            loop.call_soon(exec, IMPORT, found)
            await asyncio.sleep(0)
            late = await asyncio.to_thread(importlib.import_module, "lib.late")
            mod = await loop.run_in_executor(None, importlib.import_module, "lib.mod")
            return [found["VERSION"], late.VERSION, mod.VERSION]
        return asyncio.run(main())
        """,
}

LATER = {
    "pool": "return pool.submit(importlib.import_module, 'lib.late').result().VERSION",
    "pool's map": "return [module.VERSION for module in pool.map(importlib.import_module, ['lib.late', 'lib.mod'])]",
    "loop's executor": """
        async def main():
            return (await asyncio.get_running_loop().run_in_executor(pool, importlib.import_module, "lib.late")).VERSION
        return asyncio.run(main())
        """,
    "thread started by somebody": """
        found = {}
        thread = threading.Thread(target=exec, args=(IMPORT, found))
        run(thread.start)
        thread.join()
        return found["VERSION"]
        """,
    "map consumed by somebody": "return run(next, map(importlib.import_module, ['lib.late'])).VERSION",
    "partial called by somebody": "return run(functools.partial(importlib.import_module, 'lib.late')).VERSION",
    "finalizer triggered by somebody": """
        class Thing: pass
        found, things = {}, [Thing()]
        weakref.finalize(things[0], exec, IMPORT, found)
        run(things.clear)
        return found["VERSION"]
        """,
    "exit function": """
        found = {}
        atexit.register(exec, IMPORT, found)
        run(atexit._run_exitfuncs)
        return found["VERSION"]
        """,
    "call_soon in somebody's loop": """
        found = {}
        loop = asyncio.new_event_loop()
        loop.call_soon(exec, IMPORT, found)
        loop.call_soon(loop.stop)
        run(loop.run_forever)
        loop.close()
        return found["VERSION"]
        """,
}

IMPORTS = """
import asyncio, atexit, collections, contextlib, contextvars, functools, importlib, multiprocessing.pool, operator
import sys, threading, weakref
from concurrent.futures import ThreadPoolExecutor
import lib

IMPORT = "from lib.late import VERSION"

def run(function, *arguments):
    return function(*arguments)

def caught(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return [type(error).__name__, str(error)]
"""


def probe(world: World, bodies: dict[str, str]) -> str:
    """Add a module with one function for each body, in `HAND_OVER`; return its name."""
    text = IMPORTS + "\nHAND_OVER = {}\n"
    for name, body in bodies.items():
        text += f"\ndef hand_over(pool, run):{body if body[0] == chr(10) else chr(10) + '        ' + body}\n"
        text += f"HAND_OVER[{name!r}] = hand_over\n"
    return world.add_probe(text)


PROGRAM = """
    import json
    from concurrent.futures import ThreadPoolExecutor
    from dep_a import @ as a
    from dep_b import @ as b
    with ThreadPoolExecutor(1) as pool:
        pool.submit(len, []).result()
        found = {
            name: [a.caught(a.HAND_OVER[name], pool, b.run), b.caught(b.HAND_OVER[name], pool, a.run)]
            for name in a.HAND_OVER
        }
    print(json.dumps(found))
    """


def versions(found: object) -> set[str]:
    """Return every version in what was found; other texts count as they are."""
    if isinstance(found, list):
        return set().union(*map(versions, found))
    return {str(found)} - {"lib.late"}


def test_at_once(world: World) -> None:
    """[bare] What an environment's code hands over and waits for imports for it."""
    found = world.answer(PROGRAM.replace("@", probe(world, AT_ONCE)))
    wrong = {name: both for name, both in found.items() if [*map(versions, both)] != [{"1"}, {"2"}]}
    assert not wrong


@pytest.mark.parametrize("way", IN_THREADS)
def test_in_threads_of_ones_own(world: World, way: str) -> None:
    """[bare] So it is in threads that an environment's code starts."""
    found = world.answer(PROGRAM.replace("@", probe(world, {way: IN_THREADS[way]})))
    assert [*map(versions, found[way])] == [{"1"}, {"2"}], found


@pytest.mark.xfail(strict=True, reason="nothing tells who has handed over a function of the standard library")
@pytest.mark.parametrize("way", LATER)
def test_later(world: World, way: str) -> None:
    """[limit] What somebody else's thread, loop or code runs for an environment later is that somebody's."""
    found = world.answer(PROGRAM.replace("@", probe(world, {way: LATER[way]})))
    assert [*map(versions, found[way])] == [{"1"}, {"2"}], found
