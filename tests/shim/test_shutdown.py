"""The interpreter's end, and its strict modes: nothing on stderr that a plain venv would not print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

LAST = {
    "atexit": """
        import atexit, sys
        @atexit.register
        def last():
            import lib.late
            from lib import handlers
            print(__package__, lib.late.VERSION, handlers.Handler.version, "lib.late" in sys.modules)
        """,
    "__del__ of a global": """
        import lib
        class Last:
            def __del__(self):
                try:
                    import lib.late
                    print(__package__, lib.late.VERSION)
                except ImportError:
                    print(__package__, "too late")
        last = Last()
        lib.last = last
        """,
    "__del__ that looks into sys.modules": """
        import lib, sys
        class Last:
            def __init__(self):
                self.modules = sys.modules
            def __del__(self):
                found = self.modules.get("lib")
                print(__package__, found is None or self.modules["lib"].VERSION, "lib" in self.modules)
        last = Last()
        """,
    "__del__ after the modules are emptied": """
        import lib, os, sys
        class Last:
            def __init__(self):
                self.modules, self.package, self.print = dict(sys.modules), __package__, print
            def __del__(self):
                "lib" in self.modules, "lib.x" not in self.modules, self.modules.get("lib")
                list(self.modules) == ["lib"]
                self.print(self.package)
        setattr(os, "last_" + __package__, Last())  # a module that is emptied late
        """,
    "__del__ in a cycle": """
        import lib
        class Last:
            def __init__(self):
                self.me = self
            def __del__(self):
                import lib
                print(__package__, lib.VERSION if lib else None)
        Last()
        """,
    "a daemon thread that imports": """
        import threading, time
        import lib.late, lib.mod  # CPython itself may crash when a thread is at a first import at the end
        def work():
            while True:
                import lib.late, lib.mod
                time.sleep(0)
        threading.Thread(target=work, daemon=True).start()
        print(__package__)
        """,
    "an open generator": """
        import lib
        def generate():
            try:
                yield 1
            finally:
                import lib.late
                print(__package__, lib.late.VERSION)
        waiting = generate()
        next(waiting)
        """,
    "a non-daemon thread": """
        import threading, time
        def work():
            time.sleep(0.05)
            import lib.late
            print(f"{__package__} {lib.late.VERSION}\\n", end="")  # in one piece: there is another thread
        threading.Thread(target=work).start()
        """,
    "weakref.finalize": """
        import weakref, lib
        class Holder:
            pass
        holder = Holder()
        def last(package):
            import lib.late
            print(package, lib.late.VERSION)
        weakref.finalize(holder, last, __package__)
        """,
}


@pytest.mark.parametrize("last", LAST)
def test_end(world: World, last: str) -> None:
    """[end] Code that imports while the interpreter ends gets its own version, or fails as in a plain venv."""
    name = world.add_probe(LAST[last])
    outcome = world.program(f"import dep_a.{name}, dep_b.{name}\n")
    plain = [world.plain_program(package, f"import {package}.{name}\n") for package in ("dep_a", "dep_b")]
    assert lines(world, outcome.err) == lines(world, "".join(run.err for run in plain))
    assert sorted(outcome.out.splitlines()) == sorted(line for run in plain for line in run.out.splitlines())


def lines(world: World, text: str) -> list[str]:
    """Return the lines of a text, sorted, without addresses."""
    return sorted(re.sub(r"0x[0-9a-f]+", "0x…", world.anonymous(text)).splitlines())


@pytest.mark.parametrize(
    "flags", [("-X", "dev", "-W", "error"), ("-bb", "-W", "error"), ("-O",), ("-I",), ("-B", "-u")]
)
def test_strict_modes(world: World, flags: tuple[str, ...]) -> None:
    """[strict modes] The shim starts, works and ends without a warning under `-X dev -W error` and the like."""
    program = "import dep_a, dep_b, lib, sys; from importlib.metadata import version; from lib import late\n"
    program += (
        "print(dep_a.VERSION, dep_b.VERSION, lib.VERSION, version('lib'), late.VERSION, len(sys.path) > 2)"
    )
    outcome = world.project.python(*flags, "-c", program)
    assert (outcome.out, outcome.err) == ("1 2 2 2 2 True\n", "")


def test_sys_exit_and_error_codes(world: World) -> None:
    """[exit code] A program's exit code is its own."""
    program = "import dep_a, sys\nsys.exit(7)\n"
    outcome = world.program(program, check=False)
    assert (outcome.code, outcome.err) == (7, "")
