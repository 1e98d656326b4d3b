"""The program of `test_exceptions.py`: an exception at one line of the shim, then the same imports again."""

from __future__ import annotations

from tests.shim.in_child import IN_CHILD

PROGRAM = (
    """
import json, os, sys, threading, traceback

scene, kind, first, stride, *wanted = sys.argv[1:]
first, stride = int(first), int(stride)
error = {"KeyboardInterrupt": KeyboardInterrupt, "MemoryError": MemoryError, "RecursionError": RecursionError}[kind]
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
is_on, which, places, fired = False, 0, {}, None

def trace(frame, event, argument):
    name = str(frame.f_globals.get("__name__"))
    return line if is_on and name.startswith("runtime_shim") else None

def line(frame, event, argument):
    global fired
    if event == "line" and is_on:
        place = frame.f_code.co_filename, frame.f_code.co_name, frame.f_lineno
        number = places.setdefault(place, len(places))
        if number == which and fired is None:
            fired = place
            raise error("raised by the test")
    return line

"""
    + IN_CHILD
    + '''
def alone(operation):
    return {"result": operation(), "again": operation(), "after": looked_up()}

def interrupted(operation, number):
    """Run it while an exception is raised at one line, then again."""
    global is_on, which
    which, is_on, told = number, True, None
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
    return {"told": told, "place": fired, "count": len(places), "again": operation(), "after": looked_up()}

problems, interruptions = [], 0
for operation in OPERATIONS:
    if wanted and operation.__name__ not in wanted:
        continue
    expected = in_child(lambda: alone(operation), longest=60)
    assert "died" not in expected, (operation.__name__, expected)
    count = in_child(lambda: interrupted(operation, -1), longest=60)["count"]
    for number in range(first % stride, count, stride):
        found = in_child(lambda: interrupted(operation, number), longest=60)
        interruptions += 1
        where = f"{operation.__name__}, line {number}"
        if "died" in found:
            problems.append([where, found["died"][-1500:]])
        elif isinstance(found["told"], dict):
            problems.append([where, found["place"], "another exception", found["told"]["other"][-1500:]])
        elif found["again"] not in (expected["again"], expected["result"]) or found["after"] != expected["after"]:
            wrong = {key: [found["after"][key], right] for key, right in expected["after"].items()
                     if found["after"][key] != right}
            problems.append([where, found["place"], found["again"], expected["again"], wrong])
print(json.dumps([interruptions, problems]))
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
