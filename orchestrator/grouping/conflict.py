"""Conflicts: sets of requirements that cannot be installed together although every smaller part can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.grouping.sets_within import innermost

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Conflict:
    """A minimal unsatisfiable set of requirements.

    :param members: indices of the requirements.
    :param reason: why they cannot be together, in the oracle's words.
    :param about: the names that the reason is about.
    """

    members: frozenset[int]
    reason: str
    about: frozenset[str] = frozenset()


def minimal_conflicts(conflicts: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Leave out duplicates and conflicts that contain another one; sort the rest by members."""
    first: dict[frozenset[int], Conflict] = {}
    for conflict in sorted(conflicts, key=lambda each: each.reason):
        first.setdefault(conflict.members, conflict)
    return tuple(first[members] for members in sorted(innermost(first), key=sorted))
