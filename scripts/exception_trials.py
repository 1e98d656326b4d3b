"""The trials of `scripts/exceptions`: their order, what is kept of them, and the table of what came of it."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

T = TypeVar("T")
COLUMNS = ("exception", "lines of all operations", "raised at", "not come to", "wrong")


class Kept(NamedTuple):
    """What came of trials of one exception."""

    kind: str
    numbers: list[int]
    """Of the trials, in the order of the seed."""
    missed: int
    """How many lines were not come to."""
    problems: list[list[str]]


def in_order(trials: Sequence[tuple[str, str, T]], seed: int) -> list[tuple[str, str, T]]:
    """Return trials (exception, operation, line) by chance, but each line of all once before any a second time.

    The same line is another trial in another operation.
    """
    shuffled = random.Random(seed).sample(trials, len(trials))
    came = Counter[tuple[str, T]]()
    times = []
    for kind, _, line in shuffled:
        came[kind, line] += 1
        times.append(came[kind, line])
    return [shuffled[number] for number in sorted(range(len(shuffled)), key=times.__getitem__)]


def read(file: Path) -> list[Kept]:
    """Return what a file of `keep` holds, nothing if there is none."""
    return [Kept(*json.loads(line)) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def keep(file: Path, found: Kept) -> None:
    """Add to a file; what it has stays, whenever the run ends."""
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(found) + "\n")


def told(lines: Mapping[str, int], kept: Iterable[Kept]) -> str:
    """Return a table of what is kept, a row an exception.

    :param lines: exception → how many trials there are in all.
    """
    counts = {kind: Counter[str]() for kind in lines}
    for one in kept:
        counts[one.kind].update(tried=len(one.numbers), missed=one.missed, wrong=len(one.problems))
    return table(
        COLUMNS,
        (
            row(
                [
                    f"`{kind}`",
                    f"{lines[kind]:,}",
                    f"{n['tried'] - n['missed']:,}",
                    f"{n['missed']:,}",
                    str(n["wrong"]),
                ]
            )
            for kind, n in counts.items()
        ),
    )
