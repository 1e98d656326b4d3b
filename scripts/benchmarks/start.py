"""Interpreter start, in a project with a conflict and in one without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.place import run
from benchmarks.projects import conflict, ordinary, without_shim
from benchmarks.timing import alternately, instructions, seconds_of
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.place import Place

# One start is too short to be timed.
_AT_ONCE = 10
# The standard library's, as much as a program begins with.
_ORDINARY = "import argparse, asyncio, json, logging, pathlib, re, subprocess"
_LEFT = "import sys, json; print(json.dumps([m for m in sys.modules if 'shim' in m or 'mvenv' in m]))"


def measure(place: Place) -> Result:
    """Compare each with an environment without the shim."""
    both, plainly = conflict(place), ordinary(place)
    bare = without_shim(place, both.project)
    rows = (
        ("start, `-c pass`", (bare, both.shim), "pass", Target(1.02)),
        ("start and imports of the standard library", (bare, both.shim), _ORDINARY, Target(1.02)),
        ("without any conflict: start", plainly.pythons, "pass", Target(1.0)),
        ("without any conflict: start and a first import", plainly.pythons, "import shared", Target(1.0)),
    )
    figures = []
    for what, (plain, shim), code, target in rows:

        def started(python: Path, code: str = code) -> Callable[[], float]:
            timed = seconds_of(
                lambda: [run(place, python, "-c", code, cwd=both.project) for _ in range(_AT_ONCE)]
            )
            return lambda: timed() / _AT_ONCE

        times = alternately(started(plain), started(shim), pairs=place.runs)
        figures.append(Figure(what, *times, target=target, in_short=code == "pass"))
        floor, mvenv = (instructions(place, python, code, both.project) for python in (plain, shim))
        if floor is not None and mvenv is not None:
            figures.append(Figure(f"{what}: instructions", [floor], [mvenv], "instructions"))
    left = run(place, plainly.shim, "-c", _LEFT, cwd=plainly.project).strip()
    files = [path.name for path in plainly.project.glob(".venv/lib/python*/site-packages/*mvenv*")]
    files += [path.name for path in plainly.project.glob(".venv/lib/python*/site-packages/*shim*")]
    note = (
        "In a project without any conflict no module of mvenv is loaded, and none is installed."
        if left == "[]" and not files
        else f"In a project without any conflict are left: {left}, {', '.join(files)}."
    )
    return Result(figures, notes=[note])
