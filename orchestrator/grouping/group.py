"""The result of a grouping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.grouping.conflict import Conflict
    from orchestrator.grouping.oracle import Verdict


@dataclass(frozen=True, slots=True)
class Group:
    """Requirements that are installed together.

    :param members: indices of the requirements, ascending.
    :param verdict: the oracle's own verdict on exactly these members; always satisfiable.
    """

    members: tuple[int, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Grouping:
    """A partition of the requirements into satisfiable groups.

    :param groups: largest first; groups of one size in the order of their members.
    :param conflicts: why they are apart: the conflicts learned and those given as known, sorted by members.
    :param lower_bound: no partition has fewer groups: the conflicts alone need that many.
    :param proved: whether `lower_bound` groups were reached, so that there is no smaller partition.
    :param calls: questions that the oracle was asked.
    :param seconds: time taken, the oracle's included.
    """

    groups: tuple[Group, ...]
    conflicts: tuple[Conflict, ...]
    lower_bound: int
    proved: bool
    calls: int
    seconds: float


def by_size(members: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Sort key of groups: larger first, then the order of the requirements."""
    return -len(members), members
