"""The program of `test_interruptions`: what interrupts the shim asks it for everything, and is answered as ever.

`python program.py PROBE KIND SIDE STRIDE [OPERATION…]`: in a child process for each, it runs an operation that has the
shim work while callbacks of KIND interrupt it. Each callback is code of SIDE (the application's, or `dep_a`'s) and
makes all look-ups there are. Whatever it is told must be true before the operation or after it; and the operation must
come to what it comes to alone. A callback is made once at each place in the code. With a STRIDE, every so many-th of
them alone is made, each in a process of its own.
"""

from __future__ import annotations

from tests.shim.in_child import IN_CHILD

PROBE = '''
    import sys

    def answer():
        """All that can be looked up, by this file's side."""
        import importlib.util
        import colorsys
        import lib
        import lib.late
        from lib import mod
        return {
            "path": [*sys.path],
            "first of path": sys.path[0],
            "length of path": len(sys.path),
            "finders": [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path],
            "path hooks": len(sys.path_hooks),
            "in modules": "lib" in sys.modules,
            "modules": [sys.modules["lib"].VERSION, sys.modules.get("lib.mod").VERSION],
            "imported": [lib.VERSION, lib.late.VERSION, mod.VERSION, colorsys.ONE_THIRD],
            "import_module": importlib.import_module("lib.late").VERSION,
            "found": importlib.util.find_spec("lib").origin,
            "iterated": sorted({type(module).__name__ for name, module in list(sys.modules.items()) if name == "lib"}),
        }
    '''

PROGRAM = (
    '''
import gc, importlib, importlib.util, json, os, signal, sys, traceback, types, weakref

probe, kind, side, stride, *wanted = sys.argv[1:]
import dep_a, dep_b, lib, lib.mod, lib.late, dep_a.PROBE
import colorsys, importlib.metadata, pickle, threading
if side == "dep_a":
    answer = getattr(dep_a, probe).answer
else:
    names = {"__name__": "application"}
    exec(compile(open(getattr(dep_a, probe).__file__).read(), os.path.abspath("application.py"), "exec"), names)
    answer = names["answer"]


def imports():
    import dep_a.tools, lib.sub.deep, lib.lazy, dep_b.tools
    return [dep_a.tools.library_version(), dep_b.tools.library_version(), lib.sub.deep.VERSIONS, lib.lazy.absolute()]

def plain_module():
    sys.modules["dep_a.put_there"] = types.ModuleType("dep_a.put_there")
    return imports()

def path():
    sys.path.insert(0, "/first")
    return [*sys.path]

def path_of_dep_a():
    program = "import sys; sys.path[1:1] = ['/second', '/third']"
    exec(compile(program, dep_a.__file__, "exec"), {"__name__": "dep_a.inside"})
    return [*sys.path]

def finder():
    class Finder:
        find_spec = staticmethod(lambda *arguments: None)
    sys.meta_path.insert(0, Finder)
    return imports()

def path_hook():
    sys.path_hooks.append(lambda entry: None)
    return len(sys.path_hooks)

def missing():
    try:
        import lib.missing
    except ImportError as error:
        return str(error)

def deleted():
    del sys.modules["lib.x"]
    import lib.x
    return lib.x.VERSION

def reloaded():
    return importlib.reload(lib.x).VERSION

def pickled():
    return pickle.loads(pickle.dumps(lib.mod.Thing(1))).version

def distributions():
    return importlib.metadata.version("lib")

def versioned_name():
    return importlib.import_module("lib@1").VERSION

def thread():
    found = []
    one = threading.Thread(target=lambda: found.append(imports()))
    one.start()
    one.join()
    return found

OPERATIONS = [imports, plain_module, path, path_of_dep_a, finder, path_hook, missing, deleted, reloaded, pickled,
              distributions, versioned_name, thread]

seen, errors, places, count, busy, only = [], [], set(), 0, False, None

def fire(code, place):
    """What each callback does, once at each place in the code, but for those that interrupt it."""
    global count, busy
    if busy or (code, place) in places:
        return
    places.add((code, place))
    count += 1
    if only not in (None, count):
        return
    busy = True
    try:
        seen.append(answer())
    except BaseException:
        errors.append(traceback.format_exc() + "".join(traceback.format_stack(sys._getframe(1))[-6:]))
    finally:
        busy = False

def fire_here(*_):
    """The same, where C code calls back in the middle of whatever runs."""
    global busy
    if not busy:
        busy = True  # audit hooks hear of this, too
        frame = sys._getframe(1)
        while frame.f_code in CALLBACKS:
            frame = frame.f_back
        code, place = frame.f_code, frame.f_lasti
        # importlib's own locks are not made for that before Python 3.12 (`_blocking_on`), with or without the shim.
        is_importlib = str(frame.f_globals.get("__name__")).startswith("importlib._bootstrap")
        busy = False
        if not is_importlib:
            fire(code, place)

def heard(event, arguments):
    if is_on:
        fire_here()

def is_of_the_shim(frame):
    return str(frame.f_globals.get("__name__")).startswith("runtime_shim")

def line(frame, event, argument):
    fire(frame.f_code, frame.f_lasti if event == "opcode" else frame.f_lineno)
    return line

def trace(frame, event, argument):
    if is_of_the_shim(frame):
        frame.f_trace_opcodes = kind == "opcodes"
        return line(frame, event, argument)

def profile(frame, event, argument):
    if is_of_the_shim(frame):
        fire(frame.f_code, (event, frame.f_lasti))

def monitored(code, place, *_):
    if "runtime_shim" in code.co_filename or code.co_filename.startswith("<mvenv"):
        fire(code, place)

class Finalized:
    """Garbage in a circle, whose end makes the next."""
    def __init__(self):
        self.itself = self
        if kind == "weakrefs":
            references.append(weakref.ref(self, next_one))
    if kind == "finalizers":
        def __del__(self):
            if is_on:
                fire_here()
                Finalized()

def next_one(reference):
    references.remove(reference)
    if is_on:
        fire_here()
        Finalized()

references, is_on = [], False
CALLBACKS = {heard.__code__, next_one.__code__, getattr(Finalized, '__del__', heard).__code__}

def begin():
    global is_on
    is_on = True
    if kind in ("lines", "opcodes"):
        threading.settrace(trace)
        sys.settrace(trace)
    elif kind == "profile":
        sys.setprofile(profile)
    elif kind in ("monitoring", "instructions"):
        events = sys.monitoring.events
        chosen = [events.INSTRUCTION] if kind == "instructions" else [
            events.LINE, events.PY_START, events.PY_RETURN, events.CALL, events.RAISE, events.PY_UNWIND, events.JUMP]
        sys.monitoring.use_tool_id(3, "test")
        for one in chosen:
            sys.monitoring.register_callback(3, one, monitored)
        sys.monitoring.set_events(3, sum(chosen))
    elif kind == "audit":
        sys.addaudithook(heard)
    elif kind == "collector":
        gc.callbacks.append(fire_here)
        gc.set_threshold(1)
    elif kind in ("finalizers", "weakrefs"):
        Finalized()
        gc.set_threshold(1)
    elif kind == "signals":
        signal.signal(signal.SIGALRM, fire_here)
        signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
    else:
        raise SystemExit(f"no callbacks of kind {kind}")

def end():
    global is_on
    is_on = False
    sys.settrace(None)
    sys.setprofile(None)
    signal.setitimer(signal.ITIMER_REAL, 0)
    gc.callbacks.clear()
    gc.set_threshold(700)
    if kind in ("monitoring", "instructions"):
        sys.monitoring.set_events(3, 0)

'''
    + IN_CHILD
    + """
def alone(operation):
    return {"before": answer(), "result": operation(), "after": answer()}

def interrupted(operation, which):
    global only
    only = which
    begin()
    try:
        result = operation()
    finally:
        end()
    return {"result": result, "after": answer(), "seen": seen, "errors": errors, "count": count}

problems, interruptions = [], 0

def compare(operation, expected, found, which):
    name = f"{operation.__name__}, {which}"
    if "died" in found:
        problems.append([name, found["died"]])
        return
    problems.extend([name, error] for error in found["errors"][:1])
    for question, after in expected["after"].items():
        right = [expected["before"][question], after]
        wrong = [one[question] for one in found["seen"] if one[question] not in right]
        if wrong:
            problems.append([name, question, wrong[0], "is none of", right])
        if found["after"][question] != after:
            problems.append([name, question, "in the end", found["after"][question], "is not", after])
    if found["result"] != expected["result"]:
        problems.append([name, "result", found["result"], "is not", expected["result"]])

for operation in OPERATIONS:
    if wanted and operation.__name__ not in wanted:
        continue
    expected = in_child(lambda: alone(operation))
    assert "died" not in expected, (operation.__name__, expected)
    found = in_child(lambda: interrupted(operation, None))
    compare(operation, expected, found, "all")
    interruptions += found.get("count", 0)
    if int(stride):
        for which in range(1, found.get("count", 0) + 1, int(stride)):
            compare(operation, expected, in_child(lambda: interrupted(operation, which)), which)
print(json.dumps([interruptions, problems[:5]]))
"""
)
