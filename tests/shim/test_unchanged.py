"""A process with the shim is an ordinary one: nothing printed, the interpreter's state as in a plain venv.

[options] Whatever the interpreter is told to complain about; [state] flags, hooks, filters, handlers, descriptors.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

OPTIONS = {
    "warnings are errors": ("-W", "error"),
    "bytes are not strings": ("-bb",),
    "development mode": ("-X", "dev"),
    "encodings": ("-X", "warn_default_encoding", "-W", "error"),
    "optimised": ("-OO",),
    "isolated": ("-I",),
    "safe path": ("-P",),
    "no user site": ("-s", "-E"),
    "UTF-8 mode off": ("-X", "utf8=0"),
    "frozen modules off": ("-X", "frozen_modules=off"),
    "int digits": ("-X", "int_max_str_digits=1000"),
}

STATE = """
    import atexit, builtins, gc, locale, logging, os, signal, sys, threading, tracemalloc, warnings

    def of_libffi(name):  # where the reader of the C stack has needed a callback
        try:
            return "libffi" in os.readlink("/proc/self/fd/" + name)
        except OSError:
            return False

    def outcome():
        import lib.late
        streams = [(stream.encoding, stream.errors, stream.line_buffering) for stream in (sys.stdout, sys.stderr)]
        hooks = ("excepthook", "displayhook", "unraisablehook", "breakpointhook")
        return {
            "version": lib.late.VERSION,
            "flags": list(sys.flags),
            "warnings": [sys.warnoptions, repr(warnings.filters)],
            "options": sorted(sys._xoptions),
            "arguments": sys.argv[:1],
            "limits": [sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits()],
            "collector": [gc.get_threshold(), gc.get_freeze_count(), len(gc.callbacks), gc.isenabled(), gc.get_debug()],
            "threads": [threading.active_count(), threading.excepthook is threading.__excepthook__],
            "tracing": [sys.gettrace(), sys.getprofile(), tracemalloc.get_traceback_limit()],
            "hooks": [getattr(sys, name) is getattr(sys, f"__{name}__") for name in hooks],
            "whose hooks": [(hook.__module__, hook.__qualname__) for hook in (sys.excepthook, threading.excepthook)],
            "signals": [str(signal.getsignal(number)) for number in (2, 10, 15, 17)],
            "logging": [logging.root.handlers, logging.root.level, sorted(logging.root.manager.loggerDict)],
            "descriptors": len([name for name in os.listdir("/proc/self/fd") if not of_libffi(name)]),
            "variables": sorted(name for name in os.environ if name[:3] != "UV_" and "ACCELERATOR" not in name),
            "locale": [locale.setlocale(locale.LC_ALL), locale.getpreferredencoding(False)],
            "builtins": sorted(vars(builtins)),
            "streams": streams,
            "folder": os.getcwd() in sys.path,
            "path hooks": [getattr(hook, "__name__", str(hook)) for hook in sys.path_hooks],
            "exit handlers": atexit._ncallbacks(),
            "asynchronous": [str(sys.get_asyncgen_hooks()), sys.get_coroutine_origin_tracking_depth()],
        }
    """

WORK = """
    import importlib, importlib.metadata, importlib.util, pickle, sys, threading, lib.mod
    def outcome():
        import lib.sub.deep
        importlib.reload(importlib.import_module("lib.late"))
        exec("from lib import x", {})
        thread = threading.Thread(target=importlib.import_module, args=("lib.lazy",))
        thread.start()
        thread.join()
        try:
            import lib.absent
        except ImportError as error:
            message = str(error)
        return [lib.sub.deep.VERSIONS, message, importlib.metadata.version("lib"),
                pickle.loads(pickle.dumps(lib.mod.Thing(1))).version, importlib.util.find_spec("absent")]
    """


@pytest.mark.parametrize("option", OPTIONS)
def test_silent(world: World, option: str) -> None:
    """[options] Under any option of the interpreter, start, imports and end print nothing and do the same."""
    name = world.add_probe(WORK)
    for packages in (("dep_a", "dep_b"), ("dep_b",)):
        program = f"""
            import importlib, json
            probes = [importlib.import_module(package + ".{name}") for package in {packages}]
            print(json.dumps([probe.outcome() for probe in probes]))
            """
        words = OPTIONS[option]
        found = world.program(program, *words)
        assert not found.err
        expected = []
        for package in packages:
            alone = program.replace(repr(packages), repr((package,)))
            expected += json.loads(world.plain_program(package, alone, *words).out)
        assert json.loads(found.out) == expected


@pytest.mark.parametrize("option", ["none", "warnings are errors", "development mode", "optimised"])
def test_state(world: World, option: str) -> None:
    """[state] What an environment's code can ask the interpreter has the plain answers."""
    world.same_outcome(STATE, arguments=OPTIONS.get(option, ()))


def test_nothing_is_printed(world: World) -> None:
    """[options] A start, with and without an import, and its end print nothing."""
    for program in ("pass", "import dep_a, dep_b", "import dep_a, sys; sys.exit(0)", "import json, re"):
        found = world.project.python("-c", program)
        assert (found.out, found.err) == ("", "")
