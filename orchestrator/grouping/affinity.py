"""Which requirements are better together, and which better apart, where the number of groups leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Pair = frozenset[int]
"""Two requirements."""


@dataclass(frozen=True, slots=True)
class Affinities:
    """What a choice among partitions with equally few groups goes by, pair by pair.

    Both are sums over pairs: what is gained by one pair can make up for another.
    """

    together: Mapping[Pair, int] = field(default_factory=dict)
    """How much it is worth that two share a group; comes before everything else."""
    apart: Mapping[Pair, int] = field(default_factory=dict)
    """How much it is worth that two do not; comes after keeping to an earlier grouping."""

    def checked(self, count: int) -> Affinities:
        """Return the same if it is about *count* requirements.

        :raises ValueError: a pair is none of these, or is worth nothing.
        """
        for pair, worth in (*self.together.items(), *self.apart.items()):
            if len(pair) != 2 or not pair <= frozenset(range(count)) or worth < 1:
                raise ValueError(f"no affinity among {count} requirements: {sorted(pair)}, {worth}")
        return self


NO_AFFINITIES = Affinities()
