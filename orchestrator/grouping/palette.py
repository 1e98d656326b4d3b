"""The colouring that the conflicts known so far allow: fewest classes, and the preferred ones among them."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from orchestrator.grouping.affinity import NO_AFFINITIES
from orchestrator.grouping.colouring import Classes, colour_greedily, find_clique, find_colouring
from orchestrator.grouping.hypergraph import Component, bits, components, mask_of
from orchestrator.grouping.improving import repaired
from orchestrator.grouping.previous import send_home, stay_at_home
from orchestrator.grouping.tiebreak import NodeBudget, find_preferred
from orchestrator.grouping.weights import NO_HOMES, Weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from orchestrator.grouping.affinity import Affinities
    from orchestrator.grouping.previous import Previous

# A quick look costs about as much as one question to the oracle; all thorough ones together about a second.
_QUICK_NODES = 500
_THOROUGH_NODES = 20_000


class Palette:
    """Colours a growing set of conflicts again and again, and remembers what did not change.

    :param count: number of requirements.
    :param tick: called at every node of the exact search; may raise to give up.
    :param previous: the groups to keep to where that takes no more classes.
    :param affinities: which pairs are better together, or apart.
    """

    def __init__(
        self,
        count: int,
        tick: Callable[[], None],
        previous: Previous | None = None,
        affinities: Affinities = NO_AFFINITIES,
    ) -> None:
        self._count = count
        self._tick = tick
        self._previous = previous
        self._affinities = affinities
        self._pairs = tuple(map(mask_of, sorted(map(sorted, {*affinities.together, *affinities.apart}))))
        self._thorough = NodeBudget(_THOROUGH_NODES)
        self._coloured: dict[tuple[Component, int], Classes | None] = {}
        self._preferred: dict[tuple[Component, int], tuple[Classes, bool]] = {}
        # The vertices of a part, and colours → how they were coloured last, with fewer conflicts.
        self._latest: dict[tuple[int, int], Classes] = {}
        self.colours = min(count, 1)
        """So many classes are needed at least; grows with the conflicts."""

    def classes(self, conflicts: Iterable[frozenset[int]], *, thorough: bool) -> tuple[frozenset[int], ...]:
        """Partition the requirements into the fewest classes that hold no conflict.

        The preferred one of these partitions is found as long as the budget of the search for it lasts.

        :param conflicts: at least those of the call before.
        :param thorough: spend the large budget rather than the small one.
        """
        parts = components(mask_of(conflict) for conflict in conflicts)
        for part in parts:
            self.colours = max(self.colours, find_clique(part).bit_count())
            while self._colour(part) is None:
                self.colours += 1
        return self._preferred_classes(parts, thorough=thorough)

    def classes_in_haste(self, conflicts: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
        """Partition into classes that hold no conflict, few of them, without a search for the fewest.

        :param conflicts: as for :meth:`classes`.
        """
        parts = components(mask_of(conflict) for conflict in conflicts)
        coloured = [colour_greedily(part) for part in parts]
        self.colours = max(self.colours, *(find_clique(part).bit_count() for part in parts), 0)
        joined = [sum(masks) for masks in zip_longest(*coloured, fillvalue=0)] or [0]
        joined[0] |= mask_of(range(self._count)) & ~sum(joined)
        return tuple(frozenset(bits(mask)) for mask in joined)

    def foresee(self, conflicts: Iterable[frozenset[int]]) -> tuple[frozenset[int], ...]:
        """Partition likewise under conflicts that are not proved; empty if they need more classes."""
        parts = components(mask_of(conflict) for conflict in conflicts)
        if any(self._colour(part) is None for part in parts):
            return ()
        return self._preferred_classes(parts, thorough=False)

    def _colour(self, part: Component) -> Classes | None:
        """Colour a part somehow with the present number of classes."""
        key = part, self.colours
        if key not in self._coloured:
            self._coloured[key] = find_colouring(part, self.colours, self._tick)
        return self._coloured[key]

    def _preferred_classes(
        self, parts: tuple[Component, ...], *, thorough: bool
    ) -> tuple[frozenset[int], ...]:
        tied = self._tied(parts)
        return self._join(tied, [self._prefer(part, parts, thorough=thorough) for part in tied])

    def _tied(self, parts: tuple[Component, ...]) -> tuple[Component, ...]:
        """Return the parts in which the preference has to be decided: those that pairs connect are one."""
        if not self._pairs:
            return parts
        edges = {edge for part in parts for edge in part.edges}
        return tuple(
            Component(part.vertices, tuple(edge for edge in part.edges if edge in edges))
            for part in components((*edges, *self._pairs))
        )

    def _prefer(self, part: Component, inside: Iterable[Component], *, thorough: bool) -> Classes:
        """Find the preferred colouring of a part that can be coloured, as far as the budget goes.

        :param inside: the parts by conflicts alone, of which each lies inside or outside of this one.
        """
        key = part, self.colours
        known = self._preferred.get(key)
        if known is not None and (known[1] or not thorough):
            return known[0]
        homes = self._homes()
        start = known[0] if known is not None else stay_at_home(part, self.colours, homes) if homes else None
        start = start or self._start(part, [each for each in inside if each.vertices & part.vertices])
        starts = [start]
        latest = self._latest.get((part.vertices, self.colours))
        if latest is not None and (again := repaired(part, latest, self._weights(homes))) is not None:
            starts.append(again)
        budget = self._thorough if thorough else NodeBudget(_QUICK_NODES)
        classes = find_preferred(
            part, starts, self._count, budget, homes, self._affinities, thorough=thorough
        )
        self._latest[part.vertices, self.colours] = classes
        self._preferred[key] = classes, budget.nodes > 0
        return classes

    def _weights(self, homes: Mapping[int, int]) -> Weights:
        return Weights(self._count, self.colours, homes, self._affinities)

    def _start(self, part: Component, inside: Iterable[Component]) -> Classes:
        """Colour a part somehow: what is in no conflict is in the first class."""
        classes = [0] * self.colours
        for each in inside:
            coloured = self._colour(each)
            assert coloured is not None
            classes = [one | other for one, other in zip(classes, coloured, strict=True)]
        classes[0] |= part.vertices & ~sum(classes)
        return tuple(classes)

    def _join(self, parts: tuple[Component, ...], coloured: list[Classes]) -> tuple[frozenset[int], ...]:
        """Put the colourings of the parts together."""
        # Requirements without a conflict fit anywhere: the new ones make the first group larger.
        free = mask_of(range(self._count)) & ~sum(part.vertices for part in parts)
        masks = list(send_home(free, self.colours, self._homes()))
        for classes in coloured:
            masks = [one | other for one, other in zip(masks, classes, strict=True)]
        return tuple(frozenset(bits(mask)) for mask in masks)

    def _homes(self) -> Mapping[int, int]:
        return self._previous.homes(self.colours) if self._previous else NO_HOMES
