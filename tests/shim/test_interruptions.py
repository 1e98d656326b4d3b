"""[interrupted] Code that runs in the middle of the shim's own: it sees no half-made answer, and breaks nothing.

Trace and profile functions, `sys.monitoring`, audit hooks, signals' handlers, callbacks of the garbage collector,
weak references and finalizers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.shim.interruptions import PROBE, PROGRAM

if TYPE_CHECKING:
    from tests.shim.world import World

CHEAP = ("path", "path_of_dep_a", "path_hook", "missing", "versioned_name")
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "lines": ("dep_a", ()),
    "opcodes": ("dep_a", CHEAP[:2]),
    "profile": ("application", ()),
    "monitoring": ("application", CHEAP),
    "instructions": ("application", CHEAP[:2]),
    "audit": ("application", ()),
    "collector": ("dep_a", ()),
    "finalizers": ("application", CHEAP),
    "weakrefs": ("application", CHEAP),
    "signals": ("dep_a", ()),
}
"""Kind of callback → whose code it is in the ordinary run, and the operations that are interrupted; none: all."""
SIDES = ("application", "dep_a")
RARE = ("audit", "signals")
"""Kinds of which few come: the shim raises few events that hooks hear of, and time passes quickly."""


def run(
    world: World, kind: str, side: str, stride: int, operations: tuple[str, ...]
) -> tuple[int, list[object]]:
    if kind in ("collector", "finalizers", "weakrefs") and world.interpreter.threading:
        pytest.skip("a free-threaded Python collects garbage after some hundred allocations at the earliest")
    if kind in ("monitoring", "instructions") and world.interpreter.version == "3.11":
        pytest.skip("sys.monitoring is new in Python 3.12")
    probe = world.add_probe(PROBE, ["dep_a"])
    program = world.program_file(PROGRAM.replace("dep_a.PROBE", f"dep_a.{probe}"))
    outcome = world.project.python(program, probe, kind, side, str(stride), *operations)
    assert not outcome.err, outcome
    count, problems = json.loads(outcome.out)
    return count, problems


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        pytest.param(kind, side, marks=() if side == ordinary else pytest.mark.slow)
        for kind, (ordinary, _) in KINDS.items()
        for side in SIDES
    ],
)
def test_everywhere(world: World, kind: str, side: str) -> None:
    """At every line (or call, instruction, …) of the shim."""
    count, problems = run(world, kind, side, 0, KINDS[kind][1])
    assert not problems
    assert count > (0 if kind in RARE else 50)


def test_hooks_that_guard_themselves_against_nothing(world: World) -> None:
    """An audit hook that looks something up is called once for each event of the program, as anywhere."""
    program = """
        import json, sys
        import dep_a, dep_b, lib
        heard = []
        def hook(event, arguments):
            heard.append([event, sys.modules["lib"].VERSION, len(sys.path), "lib" in sys.modules])
        sys.addaudithook(hook)
        sys.audit("one")
        sys.modules["lib"], sys.path[0], [*sys.path], "lib.late" in sys.modules, sys.meta_path[0]
        import lib
        sys.audit("two")
        found = list(heard)
        sys._getframe()
        print(json.dumps([found, heard[len(found)][0]]))
        """
    size = world.answer("import json, sys\nimport dep_a\nprint(json.dumps(len(sys.path)))")
    assert world.answer(program) == [[["one", "2", size, True], ["two", "2", size, True]], "sys._getframe"]


def test_hooks_before_the_start(world: World) -> None:
    """An audit hook and a trace function that are there before the shim starts, and import in the middle of that."""
    program = """
        import json, sys
        found = []
        def look(*_):
            global look
            if "runtime_shim.caller" not in sys.modules:  # where half of the shim is there, or more
                return
            look = lambda *_: None
            import lib, dep_a
            found.append([lib.VERSION, dep_a.VERSION])
        {begin}
        import shared, dep_b
        {end}
        print(json.dumps([dep_b.VERSION, found]))
        """
    ways = {
        "sys.addaudithook(lambda *_: look())": "look = lambda: None",
        "sys.settrace(lambda *_: look())": "sys.settrace(None)",
        "sys.setprofile(lambda *_: look())": "sys.setprofile(None)",
        "import gc; gc.callbacks.append(lambda *_: look()); gc.set_threshold(1)": "gc.callbacks.clear()",
    }
    for begin, end in ways.items():
        assert world.answer(program.format(begin=begin, end=end)) == ["2", [["2", "1"]]], begin


def test_functions_in_c(world: World) -> None:
    """A profile function without a frame of its own: what it reads is asked for by the frame that it interrupts."""
    program = """
        import functools, io, json, sys
        import dep_b
        text = io.StringIO()
        sys.setprofile(functools.partial(print, sys.path, sys.meta_path, file=text))
        import dep_a
        sys.modules["dep_a.put_there"] = type(sys)("dep_a.put_there")
        from dep_a import tools
        import lib.late
        sys.setprofile(None)
        print(json.dumps([dep_a.VERSION, tools.library_version(), lib.late.VERSION, text.getvalue().count("[") > 1000]))
        """
    assert world.answer(program) == ["1", "1", "2", True]


@pytest.mark.slow
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("kind", ["lines", "opcodes"])
def test_somewhere(world: World, kind: str, side: str) -> None:
    """At one place alone, where nothing has been looked up before: every few lines, each in a process of its own."""
    count, problems = run(world, kind, side, {"lines": 7, "opcodes": 97}[kind], ())
    assert not problems
    assert count > 1000
