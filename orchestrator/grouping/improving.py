"""Improving a colouring step by step, as long as a step helps: what the search for the best one begins with.

Where pairs are better together, hardly anybody gains by moving alone: then whoever is in the way is moved, too.
"""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

from orchestrator.grouping.hypergraph import Component, bits, fits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.grouping.colouring import Classes
    from orchestrator.grouping.weights import Weights

_MOST_SWEEPS = 4
_KICKS = 600
_AT_ONCE = range(2, 9)
_MOST_CLASSES = 1 << 12


def improve(component: Component, classes: Classes, weights: Weights) -> Classes:
    """Improve a colouring cheaply: order the classes, and move vertices to better ones until none can."""
    return _Improvement(component, weights).settled(classes)


def improve_further(component: Component, classes: Classes, weights: Weights) -> Classes:
    """Improve a colouring also by steps that help together.

    First each vertex is moved into each class, and whoever is in its way out of it; then several at once, by chance,
    which is the same every time.
    """
    improvement = _Improvement(component, weights)
    vertices = list(bits(component.vertices))
    best = improvement.settled(classes)
    worth = weights.total(best)
    for _ in range(_MOST_SWEEPS):
        before = worth
        for vertex in vertices:
            for colour in range(len(best)):
                found = improvement.settled(improvement.forced(best, vertex, colour) or best)
                if (total := weights.total(found)) > worth:
                    best, worth = found, total
        if worth == before:
            break
    chance = Random(0)
    for _ in range(_KICKS):
        kicked = best
        for _ in range(chance.choice(_AT_ONCE)):
            colour = chance.randrange(len(best))
            kicked = improvement.forced(kicked, chance.choice(vertices), colour) or kicked
        found = improvement.settled(kicked)
        if (total := weights.total(found)) > worth:
            best, worth = found, total
    return best


def repaired(component: Component, classes: Classes, weights: Weights) -> Classes | None:
    """Return a colouring of another component of the same vertices as one of this; None if that is not easy."""
    improvement = _Improvement(component, weights)
    current = list(classes)
    for edge in component.edges:
        colour = next((each for each, mask in enumerate(current) if not edge & ~mask), None)
        if colour is not None and not improvement.moved_away(current, edge, colour):
            return None
    return tuple(current)


class _Improvement:
    """Steps from one colouring of a component to another."""

    def __init__(self, component: Component, weights: Weights) -> None:
        self._weights = weights
        self._neighbours = component.neighbours()
        self._large = component.large_edges()
        # What stays the same while others move: for a vertex that is in no pair, and a class as a whole.
        self._better_alone: dict[tuple[int, int], list[int]] = {}
        self._worth: dict[int, list[int]] = {}

    def settled(self, classes: Classes) -> Classes:
        """Order the classes, and move vertices to better ones until none can."""
        current = list(classes)
        moved = True
        while moved:
            moved = False
            self._swap(current)
            for colour in range(len(current)):
                for vertex in bits(current[colour]):
                    bit = 1 << vertex
                    for better in self._better(vertex, colour, current):
                        if self._fits(vertex, current[better]):
                            current[better], current[colour] = current[better] | bit, current[colour] ^ bit
                            moved = True
                            break
        return tuple(current)

    def forced(self, classes: Classes, vertex: int, colour: int) -> Classes | None:
        """Move a vertex to another class, and its neighbours there to others; None if that cannot be, or is so."""
        bit = 1 << vertex
        if classes[colour] & bit:
            return None
        current = [mask & ~bit for mask in classes]
        leaving = current[colour] & self._neighbours[vertex]
        current[colour] = current[colour] & ~leaving | bit
        if not self._fits(vertex, current[colour]):
            return None
        for other in bits(leaving):
            if not self._placed(current, other, colour):
                return None
        return tuple(current)

    def moved_away(self, current: list[int], vertices: int, colour: int) -> bool:
        """Move one of some vertices out of a class, if one of them has another place."""
        for vertex in bits(vertices):
            current[colour] ^= 1 << vertex
            if self._placed(current, vertex, colour):
                return True
            current[colour] ^= 1 << vertex
        return False

    def _placed(self, current: list[int], vertex: int, colour: int) -> bool:
        """Put a vertex into the best class but one, if there is a place."""
        places = [
            each for each in range(len(current)) if each != colour and self._fits(vertex, current[each])
        ]
        if places:
            best = max(places, key=lambda each: self._weights.beside(vertex, each, current))
            current[best] |= 1 << vertex
        return bool(places)

    def _fits(self, vertex: int, mask: int) -> bool:
        """Whether a vertex completes no conflict in a class."""
        return fits(vertex, mask, self._neighbours, self._large)

    def _better(self, vertex: int, colour: int, classes: list[int]) -> Iterable[int]:
        """Return the classes in which a vertex contributes more than in its own, the best first."""
        if self._weights.ties(vertex):
            return _better_than(self._weights.in_each(vertex, classes), colour)
        if (vertex, colour) not in self._better_alone:
            self._better_alone[vertex, colour] = _better_than(self._weights.in_each(vertex, classes), colour)
        return self._better_alone[vertex, colour]

    def _swap(self, classes: list[int]) -> None:
        """Let classes change places as long as that is an improvement."""
        worth = [self._worth_in_place(mask, len(classes)) for mask in classes]
        swapped = True
        while swapped:
            swapped = False
            for one, other in combinations(range(len(classes)), 2):
                changed = worth[other][one] + worth[one][other]
                if changed > worth[one][one] + worth[other][other]:
                    classes[one], classes[other] = classes[other], classes[one]
                    worth[one], worth[other] = worth[other], worth[one]
                    swapped = True

    def _worth_in_place(self, mask: int, colours: int) -> list[int]:
        """Return what a class is worth as the first, the second, and so on; most classes stay from step to step."""
        known = self._worth.get(mask)
        if known is None:
            if len(self._worth) >= _MOST_CLASSES:
                self._worth.clear()
            vertices = list(bits(mask))
            known = [sum(self._weights.of(each, colour) for each in vertices) for colour in range(colours)]
            self._worth[mask] = known
        return known


def _better_than(worth: list[int], colour: int) -> list[int]:
    better = [each for each in range(len(worth)) if worth[each] > worth[colour]]
    return sorted(better, key=lambda each: -worth[each])
