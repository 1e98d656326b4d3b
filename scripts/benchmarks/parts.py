"""The parts of a benchmark: a function each, and what the page says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks import (
    commands,
    curves,
    first_import,
    memory,
    other_ways,
    repeated,
    resolving,
    start,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.place import Place
    from benchmarks.values import Result


@dataclass(frozen=True, slots=True)
class Part:
    """What can be measured alone."""

    title: str
    text: str
    measure: Callable[[Place], Result]


PARTS = {
    "start": Part(
        "Start",
        "Ten starts at a time, by the clock and of the processor. The floor of a project with a conflict is a copy of "
        "its `.venv` without the line that starts the shim; that of a project without any is made with uv. "
        "Instructions are those of the whole process without the kernel's, counted by valgrind's cachegrind.",
        start.measure,
    ),
    "first-import": Part(
        "First import",
        "In a process of its own, by the application. The floor is the interpreter of the environment that holds the "
        "library, which has no shim and sees the same. Time is that of the statement; instructions, which are the same "
        "every time, are those of the process, by what makes them: the start, the first import from an environment "
        "(which loads the rest of the shim and the import map), and what the library adds.",
        first_import.measure,
    ),
    "repeated": Part(
        "Repeated imports",
        "Of what is loaded already, 1,000 times in a function. One measurement is a process of its own: the least "
        "processor time of 50 rounds.",
        repeated.measure,
    ),
    "work": Part(
        "Work",
        "What modules of an environment do once they are loaded. One measurement is a process of its own: the least "
        "processor time of seven rounds.",
        work.measure,
    ),
    "memory": Part("Memory", "Of a process that has loaded two environments.", memory.measure),
    "commands": Part(
        "Commands",
        "With uv's caches full, and without mvenv's cache of finished environments. By hand is uv alone: `uv venv` and "
        "`uv pip install` of the same pins for each environment, and before that `uv pip compile` for each group where "
        "there is no lock.",
        commands.measure,
    ),
    "resolve": Part(
        "Resolving",
        "More sets are in `scripts/grouping-table`; how questions grow is in "
        "[scale.md](scale.md#requirements-and-groups).",
        resolving.measure,
    ),
    "peers": Part(
        "Other ways",
        "The same imports in the ways of [is it for me?](is-it-for-me.md), and by swapping the entries of "
        "`sys.modules` before each import, which is wrong for other reasons "
        "([decision](decisions/keys-that-compare-by-caller.md)).",
        other_ways.measure,
    ),
    "curves": Part(
        "Curves",
        "The floor of environments, modules and threads is one ordinary environment with the same distributions. "
        "Larger and harder projects are in [scale.md](scale.md).",
        curves.measure,
    ),
}
