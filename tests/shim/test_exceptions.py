"""[exception] One of three that come anywhere, at a line of the shim: the same again, and all is right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.shim.exceptions import DEEP, KINDS, SCENES, interruptions, places
from tests.shim.in_child import IN_CHILD

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.shim.world import World


def run(world: World, scene: str, kind: str, first: int, stride: int, *operations: str) -> int:
    """Return at how many lines it was raised."""
    lines = places(world, scene)
    chosen = [
        (kind, operation, line)
        for operation in operations or lines
        for line in lines[operation][first % stride :: stride]
    ]
    missed, problems = interruptions(world, scene, chosen)
    assert not problems, (len(problems), len(chosen), problems[:3])
    assert missed < len(chosen)
    return len(chosen) - missed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES)
def test_at_some_lines(world: World, scene: str, kind: str) -> None:
    """Others in every kind of exception."""
    run(world, scene, kind, 5 * KINDS.index(kind), 97, "imports")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES)
def test_at_every_line(
    world: World, scene: str, kind: str, record_property: Callable[[str, object], None]
) -> None:
    record_property("lines", run(world, scene, kind, 0, 1))


def test_a_stack_that_is_nearly_full(world: World) -> None:
    """The first imports of all, at every few levels before the limit, and again with room."""
    program = world.program_file(DEEP)
    for scene in SCENES:
        outcome = world.project.python(program, scene)
        assert not outcome.err, outcome
        raised, wrong = json.loads(outcome.out)
        assert not wrong
        assert raised > 0


LOCKED = (
    """
import json, os, sys, threading, traceback
import runtime_shim
runtime_shim.undisturbed = lambda function: function()
lines = 0

def trace(frame, event, argument):
    is_it = frame.f_code.co_name == "install" and frame.f_globals["__name__"] == "runtime_shim.modules.locks"
    return line if is_it else None

def line(frame, event, argument):
    global lines
    lines += event == "line"
    if lines == number:
        raise RecursionError("raised by the test")
    return line

def first_import():
    sys.settrace(trace)
    try:
        import lib
    except (RecursionError, RuntimeError):
        pass

def told(which):
    global number
    number = which
    thread = threading.Thread(target=first_import)
    thread.start()
    thread.join()
    import lib
    return [lines, lib.VERSION]
"""
    + IN_CHILD
    + """
print(json.dumps([in_child(lambda: told(which), longest=20) for which in range(1, 7)]))
"""
)


def test_the_import_lock_is_given_back(world: World) -> None:
    """A thread in which the shim cannot start, at whatever line, leaves the import lock to others."""
    found = world.answer(LOCKED)
    assert all(type(each) is list and each[1] == "2" for each in found), found
    assert max(lines for lines, _ in found) > 3
