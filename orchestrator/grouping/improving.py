"""Improving a colouring step by step, as long as a step helps: what the search for the best one begins with."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from orchestrator.grouping.hypergraph import Component, bits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.grouping.colouring import Classes
    from orchestrator.grouping.weights import Weights


def improve(component: Component, classes: Classes, weights: Weights) -> Classes:
    """Improve a colouring cheaply: order the classes, and move vertices to better ones until none can."""
    current = list(classes)
    moved = True
    while moved:
        moved = False
        _swap(current, weights)
        for colour in range(len(current)):
            for vertex in bits(current[colour]):
                bit = 1 << vertex
                for better in _better(vertex, colour, current, weights):
                    joined = current[better] | bit
                    if not any(edge & bit and not edge & ~joined for edge in component.edges):
                        current[better], current[colour] = joined, current[colour] ^ bit
                        moved = True
                        break
    return tuple(current)


def _better(vertex: int, colour: int, classes: list[int], weights: Weights) -> Iterable[int]:
    """Return the classes in which a vertex contributes more than in its own, the best first."""
    worth = {each: weights.beside(vertex, each, classes) for each in range(len(classes))}
    better = [each for each in worth if worth[each] > worth[colour]]
    return sorted(better, key=lambda each: -worth[each])


def _swap(classes: list[int], weights: Weights) -> None:
    """Let classes change places as long as that is an improvement."""

    def worth(mask: int, colour: int) -> int:
        return sum(weights.of(vertex, colour) for vertex in bits(mask))

    swapped = True
    while swapped:
        swapped = False
        for one, other in combinations(range(len(classes)), 2):
            mask, another = classes[one], classes[other]
            if worth(another, one) + worth(mask, other) > worth(mask, one) + worth(another, other):
                classes[one], classes[other] = another, mask
                swapped = True
