"""The trials of `scripts/exceptions`: their order, what is kept of them, and the table of what came of it."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

T = TypeVar("T")
COLUMNS = ("exception", "at lines of the shim", "in all operations", "not come to", "wrong")


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


def told(trials: Sequence[tuple[str, str, T]], kept: Sequence[Kept]) -> str:
    """Return a table of what is kept, a row an exception: at how many lines, and how often in all.

    :param trials: all there are, in the order of the numbers in *kept*.
    """
    kinds = sorted({kind for kind, _, _ in trials})
    of = {kind: [one for one in kept if one.kind == kind] for kind in kinds}
    return table(
        COLUMNS,
        (_row(kind, [each for each in trials if each[0] == kind], trials, of[kind]) for kind in kinds),
    )


def _row(
    kind: str,
    all_of_kind: Sequence[tuple[str, str, T]],
    trials: Sequence[tuple[str, str, T]],
    kept: Sequence[Kept],
) -> str:
    missed = sum(one.missed for one in kept)
    tried = [trials[number] for one in kept for number in one.numbers]
    lines = f"{len({line for *_, line in tried}):,} of {len({line for *_, line in all_of_kind}):,}"
    times = f"{len(tried) - missed:,} of {len(all_of_kind):,}"
    return row([f"`{kind}`", lines, times, f"{missed:,}", str(sum(len(one.problems) for one in kept))])
