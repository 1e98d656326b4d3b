"""Interpreter start, in a project with a conflict and in one without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.place import run
from benchmarks.projects import conflict, ordinary, without_shim
from benchmarks.timing import alternately, instructions, processor_seconds
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
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
    for what, pythons, code, target in rows:
        figures += _started(place, what, pythons, code, target)
    left = run(place, plainly.shim, "-c", _LEFT, cwd=plainly.project).strip()
    files = [path.name for path in plainly.project.glob(".venv/lib/python*/site-packages/*mvenv*")]
    files += [path.name for path in plainly.project.glob(".venv/lib/python*/site-packages/*shim*")]
    note = (
        "In a project without any conflict no module of mvenv is loaded, and none is installed."
        if left == "[]" and not files
        else f"In a project without any conflict are left: {left}, {', '.join(files)}."
    )
    return Result(figures, notes=[note])


def _started(place: Place, what: str, pythons: tuple[Path, Path], code: str, target: Target) -> list[Figure]:
    """Measure the start of two interpreters, the plain one first, by the clock, the processor's and instructions."""
    plain, shim = pythons
    floor, mvenv = alternately(
        lambda: _ten_starts(place, plain, code), lambda: _ten_starts(place, shim, code), pairs=place.runs
    )
    by_clock, by_processor = (
        ([each[number] for each in floor], [each[number] for each in mvenv]) for number in range(2)
    )
    figures = [
        Figure(what, *by_clock, target=target, in_short=code == "pass"),
        Figure(f"{what}: processor time", *by_processor, target=target),
    ]
    without, with_ = (instructions(place, python, code, place.folder) for python in pythons)
    if without is not None and with_ is not None:
        figures.append(Figure(f"{what}: instructions", [without], [with_], "instructions"))
    return figures


def _ten_starts(place: Place, python: Path, code: str) -> tuple[float, float]:
    """Return the seconds of one start of ten, by the clock and of the processor."""
    began, used = time.perf_counter(), processor_seconds()
    for _ in range(_AT_ONCE):
        run(place, python, "-c", code)
    return (time.perf_counter() - began) / _AT_ONCE, (processor_seconds() - used) / _AT_ONCE
