"""Trees for people, in the form of ``cargo tree`` and ``uv tree``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.marks import MINE, SEVERAL, legend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from orchestrator.reports.tree.model import Branch

_REPEATED = "(*) shown above with all that is below it"


def drawn(trees: Sequence[Branch]) -> str:
    """Return trees as plain text: one after the other, then what the marks mean."""
    lines = [line for tree in trees for line in _lines(tree, "", "")]
    every = list(_all(trees))
    meant = [
        *([_REPEATED] if any(branch.repeated for branch in every) else []),
        *legend(
            several=any(branch.several for branch in every),
            mine=any(branch.mine for branch in every),
            width=len(_REPEATED.partition(" ")[0]),
        ),
    ]
    return "\n".join([*lines, *([""] if meant else []), *meant])


def _lines(branch: Branch, first: str, rest: str) -> Iterator[str]:
    yield first + _title(branch)
    for number, below in enumerate(branch.below, start=1):
        last = number == len(branch.below)
        yield from _lines(below, rest + ("└── " if last else "├── "), rest + ("    " if last else "│   "))


def _title(branch: Branch) -> str:
    words = [branch.name, branch.version]
    if branch.environment != APPLICATION:
        words.append(f"[{branch.environment}]")
    if branch.several:
        words += [SEVERAL, MINE] if branch.mine else [SEVERAL]
    words += [f"({note})" for note in branch.notes]
    if branch.repeated:
        words.append("(*)")
    return " ".join(words)


def _all(trees: Iterable[Branch]) -> Iterator[Branch]:
    for tree in trees:
        yield tree
        yield from _all(tree.below)
