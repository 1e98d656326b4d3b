"""Sets of requirements, of which those inside another set are found quickly: most are pairs, thousands at times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.grouping.hypergraph import bits, mask_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class SetsWithin:
    """A growing collection of sets of small numbers."""

    def __init__(self, sets: Iterable[frozenset[int]] = ()) -> None:
        # Member → the mask of those it is a pair with. Looking for a pair costs a step for each member asked about,
        # not one for each pair that is known.
        self._partners: dict[int, int] = {}
        self._not_pairs: dict[frozenset[int], int] = {}
        for members in sets:
            self.add(members)

    def add(self, members: frozenset[int]) -> None:
        """Take up a set."""
        if len(members) == 2:
            one, other = members
            self._partners[one] = self._partners.get(one, 0) | 1 << other
            self._partners[other] = self._partners.get(other, 0) | 1 << one
        else:
            self._not_pairs[members] = mask_of(members)

    def smallest(self, members: frozenset[int]) -> frozenset[int] | None:
        """Return the smallest set inside *members*, of equally small ones that whose members come first."""
        return min(self._candidates(members), key=lambda each: (len(each), sorted(each)), default=None)

    def any(self, members: frozenset[int]) -> bool:
        """Tell whether a set is inside *members*."""
        return next(self._candidates(members), None) is not None

    def _candidates(self, members: frozenset[int]) -> Iterator[frozenset[int]]:
        """Yield sets inside *members*: of the pairs the first one alone."""
        mask = mask_of(members)
        for member in sorted(members):
            if partners := self._partners.get(member, 0) & mask:
                yield frozenset({member, next(bits(partners))})
                break
        for each, own in self._not_pairs.items():
            if not own & ~mask:
                yield each


def innermost(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    """Return the sets that no other one is inside of, each once, the smallest first."""
    found = SetsWithin()
    kept = []
    for members in sorted(sets, key=lambda each: (len(each), sorted(each))):
        if not found.any(members):
            found.add(members)
            kept.append(members)
    return kept
