"""The choice among colourings with the same number of colours.

Preferred is the largest first class, then the largest second class, and so on; among equal sizes the first class
whose members come first in pyproject, then the second class. All of this is one sum over the vertices: a vertex
in a class contributes a fixed weight, with the parts of the order as the digits of one large integer. So
unconnected parts can be decided one by one, and a part that falls apart while it is being coloured as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from orchestrator.grouping.colouring import Classes, most_constrained
from orchestrator.grouping.hypergraph import Component, bits

Halves = tuple[tuple[int, int], ...]
"""What is left of edges of three or more: the uncoloured vertices, and the colour of the others."""

_UNCOLOURED = -1


@dataclass(slots=True)
class NodeBudget:
    """How many nodes the searches may still visit.

    Nodes rather than seconds, so that the same input gives the same output on every machine.
    """

    nodes: int


class Weights:
    """The preference order as numbers: the better of two colourings has the larger sum.

    :param count: number of vertices.
    :param colours: number of classes.
    """

    def __init__(self, count: int, colours: int) -> None:
        digit = count.bit_length()
        sizes = [1 << (colours * count + (colours - 1 - colour) * digit) for colour in range(colours)]
        self._table = tuple(
            tuple(
                sizes[colour] + (1 << ((colours - 1 - colour) * count + count - 1 - vertex))
                for vertex in range(count)
            )
            for colour in range(colours)
        )

    def of(self, vertex: int, colour: int) -> int:
        """The contribution of one vertex in one class."""
        return self._table[colour][vertex]

    def total(self, classes: Classes) -> int:
        """The worth of a whole colouring."""
        return sum(self.of(vertex, colour) for colour, mask in enumerate(classes) for vertex in bits(mask))


def find_preferred(component: Component, classes: Classes, count: int, budget: NodeBudget) -> Classes:
    """Find the preferred colouring of a component with as many colours as `classes`, a valid colouring.

    When the budget runs out: the best colouring found, at least as good as `classes`.
    """
    weights = Weights(count, len(classes))
    settled = _settle(component, classes)
    found = _Search(component, weights, len(classes), budget).run()
    if found is None or weights.total(found) < weights.total(settled):
        return settled
    return found


def _settle(component: Component, classes: Classes) -> Classes:
    """Improve a colouring cheaply: order the classes, and move vertices to earlier ones until none can."""
    current = list(classes)
    moved = True
    while moved:
        moved = False
        current.sort(key=lambda mask: (-mask.bit_count(), list(bits(mask))))
        for later in range(1, len(current)):
            for vertex in bits(current[later]):
                bit = 1 << vertex
                for earlier in range(later):
                    joined = current[earlier] | bit
                    if not any(edge & bit and not edge & ~joined for edge in component.edges):
                        current[earlier], current[later] = joined, current[later] ^ bit
                        moved = True
                        break
    return tuple(current)


class _State(NamedTuple):
    """A partial colouring, as far as it matters for the vertices that are left."""

    uncoloured: int
    """The vertices left."""
    allowed: tuple[int, ...]
    """For each colour, those of them that may get it."""
    halves: Halves
    """The edges of three or more that are not yet decided."""


class _Search:
    """Branch and bound that splits a state into its unconnected parts and remembers what each is worth."""

    def __init__(self, component: Component, weights: Weights, colours: int, budget: NodeBudget) -> None:
        self._weights = weights
        self._colours = colours
        self._budget = budget
        self._neighbours = component.neighbours()
        self._start = _State(
            component.vertices,
            (component.vertices,) * colours,
            tuple((edge, _UNCOLOURED) for edge in component.edges if edge.bit_count() > 2),
        )
        self._solved: dict[_State, _Solution | None] = {}

    def run(self) -> Classes | None:
        """Return the best colouring; if the budget runs out, the best one seen, or None."""
        found = self._solve(self._start)
        return None if found is None else found.classes

    def _solve(self, state: _State) -> _Solution | None:
        """Colour a connected state in the best way; None if that is impossible or the budget is used up."""
        if state in self._solved:
            return self._solved[state]
        if self._budget.nodes <= 0:
            return None
        self._budget.nodes -= 1
        best: _Solution | None = None
        vertex = self._branching_vertex(state)
        for colour in range(self._colours):
            if state.allowed[colour] >> vertex & 1:
                worth = self._weights.of(vertex, colour)
                floor = -1 if best is None else best.worth - worth
                rest = self._solve_parts(self._split(self._assign(state, vertex, colour)), floor)
                if rest is not None:
                    classes = list(rest.classes)
                    classes[colour] |= 1 << vertex
                    best = _Solution(rest.worth + worth, tuple(classes))
        if self._budget.nodes > 0:
            self._solved[state] = best
        return best

    def _solve_parts(self, parts: list[_State], floor: int) -> _Solution | None:
        """Colour unconnected states in the best way, if together they are worth more than `floor`."""
        hopes = []
        for part in parts:
            hope = self._bound(part)
            if hope is None:
                return None
            hopes.append(hope)
        worth = sum(hopes)
        classes = [0] * self._colours
        for part, hope in zip(parts, hopes, strict=True):
            if worth <= floor:
                return None
            found = self._solve(part)
            if found is None:
                return None
            worth += found.worth - hope
            classes = [one | other for one, other in zip(classes, found.classes, strict=True)]
        return _Solution(worth, tuple(classes)) if worth > floor else None

    def _branching_vertex(self, state: _State) -> int:
        """Choose a vertex without choice if there is one, else the one with the most uncoloured neighbours."""
        left, candidates = most_constrained(state.uncoloured, state.allowed)
        return max(
            bits(candidates if left < 2 else state.uncoloured),
            key=lambda each: (
                (self._neighbours[each] & state.uncoloured).bit_count()
                + sum(mask >> each & 1 for mask, _ in state.halves)
            ),
        )

    def _assign(self, state: _State, vertex: int, colour: int) -> _State:
        """Give a vertex a colour that it is allowed, and draw the consequences for the others."""
        bit = 1 << vertex
        blocked = self._neighbours[vertex]
        halves: list[tuple[int, int]] = []
        for mask, taken in state.halves:
            if not mask & bit:
                halves.append((mask, taken))
            elif taken in (_UNCOLOURED, colour):
                rest = mask ^ bit
                if rest & (rest - 1):
                    halves.append((rest, colour))
                else:
                    blocked |= rest
        allowed = tuple(
            mask & ~bit & ~blocked if each == colour else mask & ~bit for each, mask in enumerate(state.allowed)
        )
        return _State(
            state.uncoloured ^ bit,
            allowed,
            tuple(half for half in halves if half[1] == _UNCOLOURED or not half[0] & ~allowed[half[1]]),
        )

    def _split(self, state: _State) -> list[_State]:
        """Take a state apart into its unconnected parts."""
        parts = []
        remaining = state.uncoloured
        while remaining:
            part = frontier = remaining & -remaining
            while frontier:
                reached = 0
                for vertex in bits(frontier):
                    reached |= self._neighbours[vertex]
                for mask, _ in state.halves:
                    if mask & frontier:
                        reached |= mask
                frontier = reached & remaining & ~part
                part |= frontier
            remaining &= ~part
            parts.append(
                _State(
                    part,
                    tuple(mask & part for mask in state.allowed),
                    tuple(half for half in state.halves if half[0] & part),
                )
            )
        return parts

    def _bound(self, state: _State) -> int | None:
        """Say what a state is worth at most; None if it cannot be coloured.

        Covered by cliques: no two vertices of a clique share a colour.
        """
        worth = 0
        remaining = state.uncoloured
        while remaining:
            clique, candidates = 0, remaining
            while candidates:
                low = candidates & -candidates
                clique |= low
                candidates &= self._neighbours[low.bit_length() - 1]
            remaining &= ~clique
            missing = clique.bit_count()
            for colour, mask in enumerate(state.allowed):
                usable = mask & clique
                if usable and missing:
                    worth += self._weights.of((usable & -usable).bit_length() - 1, colour)
                    missing -= 1
            if missing:
                return None
        return worth


class _Solution(NamedTuple):
    """A colouring of a state's vertices and what it is worth."""

    worth: int
    classes: Classes
