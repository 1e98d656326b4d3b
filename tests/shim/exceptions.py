"""An exception at one line of the shim, then the same imports again: the programs, and how they are asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.shim.in_child import IN_CHILD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.shim.world import World

KINDS = ("KeyboardInterrupt", "MemoryError", "RecursionError")
SCENES = ("unstarted", "started")

Place = tuple[str, str, int]
"""A line of the shim: file, function, number."""
Chosen = tuple[str, str, Place]
"""An exception's name, an operation of the program, and where in it the exception is raised."""

_SECONDS = 3600


def places(world: World, scene: str) -> Mapping[str, Sequence[Place]]:
    """Return the lines of the shim that each operation of the program goes through, in their order."""
    answer = _ask(world, scene, "[]")
    return {
        operation: [(file, function, number) for file, function, number in lines]
        for operation, lines in answer.items()
    }


def interruptions(world: World, scene: str, chosen: Sequence[Chosen]) -> tuple[int, list[list[str]]]:
    """Raise each, in a process of its own; return how many lines were not come to, and what was wrong.

    Threads and the order of sets let a few lines come in one run and not in the next.
    """
    missed, problems = _ask(world, scene, json.dumps(chosen)) if chosen else (0, [])
    return int(missed), problems


def _ask(world: World, scene: str, chosen: str) -> Any:
    file = world.project.root / "chosen.json"
    file.write_text(chosen, encoding="utf-8")
    outcome = world.project.python(world.program_file(PROGRAM), scene, file.name, timeout=_SECONDS)
    return json.loads(outcome.out.splitlines()[-1])


PROGRAM = (
    """
import json, os, sys, threading, traceback

scene, file = sys.argv[1:]
with open(file) as stream:
    chosen = json.load(stream)
import runtime_shim
# The start lets no trace function see it; this one shall.
runtime_shim.undisturbed = lambda function: function()
if scene == "started":
    import dep_a, dep_b, lib, lib.mod, lib.late, colorsys, importlib.metadata, pickle

def looked_up():
    import importlib.util, dep_a, dep_b, lib, lib.late, dep_a.tools, dep_b.tools, lib.lazy, shared
    dep_a.tools.call(__import__, "lib.lazy")
    return {
        "versions": [dep_a.VERSION, dep_b.VERSION, lib.VERSION, lib.late.VERSION, dep_a.tools.library_version(),
                     dep_b.tools.library_version(), lib.lazy.absolute(), sys.modules["lib"].VERSION],
        "path": [*sys.path],
        "of dep_a": dep_a.tools.call(lambda: [*sys.path]) == [*sys.path],
        "finders": [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path],
        "found": importlib.util.find_spec("lib").origin,
        "shared": shared is sys.modules["shared"] is dep_a.tools.call(__import__, "shared"),
        "entries": sorted(str(name) for name in list(sys.modules) if str(name).partition(".")[0] in ("lib", "dep_a")),
    }

def of_dep_a(program, **names):
    import dep_a
    names = {"__name__": "dep_a.inside", **names}
    exec(compile(program, os.path.join(os.path.dirname(dep_a.__file__), "inside.py"), "exec"), names)
    return names.get("found")

def imports():
    import dep_a, dep_a.tools, dep_b.tools, lib.sub.deep, lib.lazy, shared
    return [dep_a.VERSION, dep_a.tools.library_version(), dep_b.tools.library_version(), lib.sub.deep.VERSIONS,
            lib.lazy.absolute(), lib.lazy.relative(), shared.TOKEN is not None]

def from_inside():
    import dep_a
    program = "import lib.sub.deep, utils, duo; from lib import lazy; found = [lib.VERSION, lazy.parent(), duo.VERSION]"
    return of_dep_a(program)

def missing():
    found = []
    for name in ("lib.missing", "nobodys", "only_c"):
        try:
            __import__(name)
        except ImportError as error:
            found.append(str(error))
    return found

def deleted():
    import lib.x
    del sys.modules["lib.x"]
    import lib.x
    return lib.x.VERSION

def reloaded():
    import importlib, lib.x
    return importlib.reload(lib.x).VERSION

def pickled():
    import pickle, lib.mod
    return pickle.loads(pickle.dumps(lib.mod.Thing(1))).version

def distributions():
    import importlib.metadata
    return [importlib.metadata.version("lib"), of_dep_a("import importlib.metadata as m; found = m.version('lib')")]

def versioned_name():
    import importlib
    return importlib.import_module("lib@1").VERSION

def in_thread():
    found = []
    def run():
        if is_on:
            sys.settrace(trace)
        try:
            found.append(imports())
        except BaseException as error:
            found.append(repr(error))
            if not isinstance(error, ERRORS):
                traceback.print_exc()
    one = threading.Thread(target=run)
    one.start()
    one.join(20)
    assert not one.is_alive(), "the thread hangs"
    return found

ERRORS = (KeyboardInterrupt, MemoryError, RecursionError)
OPERATIONS = [imports, from_inside, missing, deleted, reloaded, pickled, distributions, versioned_name, in_thread]
is_on, error, wanted, seen, fired = False, None, None, {}, None

def trace(frame, event, argument):
    if not is_on:
        return None
    if wanted is None:
        return line if str(frame.f_globals.get("__name__")).startswith("runtime_shim") else None
    # Following other functions by line would be most of the time that a run takes.
    return line if frame.f_code.co_name == wanted[1] and frame.f_code.co_filename == wanted[0] else None

def line(frame, event, argument):
    global fired
    if event == "line" and is_on:
        place = frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno
        seen.setdefault(place)
        if place == wanted and fired is None:
            fired = place
            raise error("raised by the test")
    return line

"""
    + IN_CHILD
    + '''
def alone(operation):
    return {"result": operation(), "again": operation(), "after": looked_up()}

def interrupted(operation, kind=None, place=None):
    """Run it while an exception is raised at one line, then again."""
    global is_on, error, wanted
    error = {each.__name__: each for each in ERRORS}.get(kind)
    wanted, is_on, told = place and tuple(place), True, None
    sys.settrace(trace)
    try:
        told = operation()
    except ERRORS as caught:
        told = repr(caught)
    except BaseException as caught:
        # In the middle of giving a lock back; importlib says then that it has not got it.
        while caught is not None and not isinstance(caught, ERRORS):
            caught = caught.__context__
        told = {"other": traceback.format_exc()} if caught is None else repr(caught)
    finally:
        is_on = False
        sys.settrace(None)
    return {"told": told, "fired": fired is not None, "seen": [*seen], "again": operation(), "after": looked_up()}

def judged(found, expected):
    """Return what is wrong, or nothing."""
    if "died" in found:
        return [found["died"][-1500:]]
    if isinstance(found["told"], dict):
        return ["another exception", found["told"]["other"][-1500:]]
    if found["again"] in (expected["again"], expected["result"]) and found["after"] == expected["after"]:
        return []
    wrong = {key: [found["after"][key], right] for key, right in expected["after"].items()
             if found["after"][key] != right}
    return [found["again"], expected["again"], wrong]

def of_all(operations, function):
    found = {operation.__name__: in_child(lambda: function(operation), longest=60) for operation in operations}
    assert not any("died" in each for each in found.values()), found
    return found

if not chosen:
    print(json.dumps({name: found["seen"] for name, found in of_all(OPERATIONS, interrupted).items()}))
    raise SystemExit

named = {operation.__name__: operation for operation in OPERATIONS}
expected = of_all({named[name] for kind, name, place in chosen}, alone)
problems, missed = [], 0
for kind, name, place in chosen:
    found = in_child(lambda: interrupted(named[name], kind, place), longest=60)
    missed += not found.get("fired", True)
    if wrong := judged(found, expected[name]):
        problems.append([kind, name, str(place), *map(str, wrong)])
print(json.dumps([missed, problems]))
'''
)

DEEP = '''
import json, os, sys

import colorsys
if sys.argv[1] == "started":
    import dep_a, dep_b, lib
LIMIT = 400

def below(levels, function):
    return function() if levels == 0 else below(levels - 1, function)

def imports():
    import dep_a.tools, dep_b.tools, lib.sub.deep, lib.lazy, shared
    versions = [dep_a.tools.library_version(), dep_b.tools.library_version(), lib.lazy.absolute()]
    return [*versions, sys.modules["lib"].VERSION]

def one(left):
    """Return what went wrong, and whether the stack was full."""
    told, again = None, None
    try:
        below(LIMIT - left, imports)
    except RecursionError:
        told = "full"
    except BaseException as error:
        told = repr(error)
    try:
        sys.setrecursionlimit(1000)
        again = imports()
    except BaseException as error:
        again = repr(error)
    return told, again

raised, wrong = 0, []
sys.setrecursionlimit(LIMIT)
for left in range(2, 330, 17):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, json.dumps(one(left)).encode())
        os._exit(0)
    os.close(writing)
    told, again = json.loads(open(reading).read())
    os.waitpid(child, 0)
    raised += told == "full"
    if told not in ("full", None) or again != ["1", "2", "2", "2"]:
        wrong.append([left, told, again])
print(json.dumps([raised, wrong]))
'''
