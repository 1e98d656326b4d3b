"""Measuring two ways of one thing alternately."""

from __future__ import annotations

import json
import re
import resource
import shutil
import sys
import time
from typing import TYPE_CHECKING, TypeVar

from benchmarks.place import CommandError, run, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks.place import Place

Value = TypeVar("Value")
Sides = tuple[list[float], list[float]]
"""What was measured of the floor and of mvenv."""

_INSTRUCTIONS = re.compile(r"I\s+refs:\s+([\d,]+)")


def alternately(
    floor: Callable[[], Value], mvenv: Callable[[], Value], *, pairs: int
) -> tuple[list[Value], list[Value]]:
    """Do two things in turns, each first in every second pair; once before that is not counted: it fills caches."""
    floor()
    mvenv()
    found: tuple[list[Value], list[Value]] = ([], [])
    for number in range(pairs):
        turns = [(found[0], floor), (found[1], mvenv)]
        for kept, action in reversed(turns) if number % 2 else turns:
            kept.append(action())
    return found


def seconds_of(action: Callable[[], object]) -> Callable[[], float]:
    """Return a function that does something and returns how long that took."""

    def timed() -> float:
        began = time.perf_counter()
        action()
        return time.perf_counter() - began

    return timed


def processor_seconds() -> float:
    """Return the processor time of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def told(
    place: Place, pythons: tuple[Path, Path], program: str, *, pairs: int, cwd: Path
) -> dict[str, Sides]:
    """Run a program that prints a JSON object of numbers in two interpreters, in turns; return each name's sides."""
    plain, shim = pythons
    floor, mvenv = alternately(
        lambda: _answer(place, plain, program, cwd), lambda: _answer(place, shim, program, cwd), pairs=pairs
    )
    return {name: ([each[name] for each in floor], [each[name] for each in mvenv]) for name in floor[0]}


def _answer(place: Place, python: Path, program: str, cwd: Path) -> dict[str, float]:
    """Run a program in an interpreter, and return the JSON object that it prints last."""
    found: dict[str, float] = json.loads(run(place, python, "-c", program, cwd=cwd).splitlines()[-1])
    return found


def instructions(place: Place, python: Path, program: str, cwd: Path) -> float | None:
    """Count the instructions that a whole process takes, without the kernel's; None where that cannot be done.

    With a fixed seed for hashes and one thread the number is the same every time.
    """
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    command = (valgrind, "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
    try:
        words = said(place, *command, python, "-c", program, cwd=cwd)
    except CommandError as error:
        print(f"valgrind: {error}", file=sys.stderr)
        return None
    counted = _INSTRUCTIONS.search(words)
    return float(counted[1].replace(",", "")) if counted else None
