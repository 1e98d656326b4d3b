"""The choice among colourings with the same number of colours.

The order of preference is a sum over the vertices and over pairs of them (see :mod:`orchestrator.grouping.weights`). So
parts that neither a conflict nor a pair connects can be decided one by one, also those into which a part falls while it
is being coloured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.grouping.affinity import NO_AFFINITIES
from orchestrator.grouping.colouring import Classes, most_constrained
from orchestrator.grouping.hypergraph import Component, bits, mask_of
from orchestrator.grouping.improving import improve, improve_further
from orchestrator.grouping.weights import NO_HOMES, Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.grouping.affinity import Affinities

Halves = tuple[tuple[int, int], ...]
"""What is left of edges of three or more: the uncoloured vertices, and the colour of the others."""
Pulls = tuple[tuple[int, tuple[int, ...]], ...]
"""What is left of pairs of which one vertex is coloured: the other one, and what each colour is worth for it."""

_UNCOLOURED = -1
# What a state is worth that cannot be coloured: less than any colouring.
_HOPELESS = -1
# The search takes two stack frames for a vertex, and Python's default limit is 1,000.
_MOST_VERTICES = 400
# A node is meant to be as much work as with so many vertices times colours: with twice as many it takes four times as
# long, and counts for as many.
_SIZE = 240
# A node takes so many times as long where pairs have to be looked at.
_NODES_WITH_PAIRS = 8


@dataclass(slots=True)
class NodeBudget:
    """How many nodes the searches may still visit.

    Nodes rather than seconds, so that the same input gives the same output on every machine.
    """

    nodes: int


def find_preferred(
    component: Component,
    starts: Sequence[Classes],
    count: int,
    budget: NodeBudget,
    homes: Mapping[int, int] = NO_HOMES,
    affinities: Affinities = NO_AFFINITIES,
    *,
    thorough: bool = False,
) -> Classes:
    """Find the preferred colouring of a component with as many colours as `starts`, valid colourings.

    When the budget runs out: the best colouring found, at least as good as each of `starts`.

    :param homes: vertex → the colour that it had before.
    :param affinities: of pairs that are in the component, or outside of it.
    :param thorough: whether more is done for pairs, with which the search is slow.
    """
    weights = Weights(count, len(starts[0]), homes, affinities)
    improved = max((improve(component, each, weights) for each in starts), key=weights.total)
    if thorough and any(map(weights.ties, bits(component.vertices))):
        improved = improve_further(component, improved, weights)
    if component.vertices.bit_count() > _MOST_VERTICES:
        return improved
    search = _ColouringSearch(component, weights, len(improved), budget)
    return search.run(weights.total(improved)) or improved


class _State(NamedTuple):
    """A partial colouring, as far as it matters for the vertices that are left."""

    uncoloured: int
    """The vertices left."""
    allowed: tuple[int, ...]
    """For each colour, those of them that may get it."""
    halves: Halves
    """The edges of three or more that are not yet decided."""
    pulls: Pulls
    """The pairs that are half decided."""

    def pull(self, vertex: int) -> tuple[int, ...] | None:
        """Return what each colour is worth to a vertex because of coloured ones; None if it is in no such pair."""
        return next((worth for each, worth in self.pulls if each == vertex), None)


class _Solution(NamedTuple):
    """A colouring of a state's vertices and what it is worth."""

    worth: int
    classes: Classes


class _ColouringSearch:
    """Branch and bound that splits a state into its unconnected parts and remembers what each is worth."""

    def __init__(self, component: Component, weights: Weights, colours: int, budget: NodeBudget) -> None:
        self._weights = weights
        self._most = weights.most
        self._colours = colours
        self._budget = budget
        self._neighbours = component.neighbours()
        self._tied = {
            vertex: mask_of(tie.other for tie in weights.ties(vertex)) & component.vertices
            for vertex in bits(component.vertices)
        }
        size = component.vertices.bit_count() * colours
        self._step = max(1, size * size // (_SIZE * _SIZE))
        if any(self._tied.values()):
            self._step *= _NODES_WITH_PAIRS
        self._start = _State(
            component.vertices,
            (component.vertices,) * colours,
            tuple((edge, _UNCOLOURED) for edge in component.edges if edge.bit_count() > 2),
            (),
        )
        self._solved: dict[_State, _Solution] = {}
        self._hopes: dict[_State, int] = {}

    def run(self, floor: int) -> Classes | None:
        """Return the best colouring that the budget lets find, if it is worth more than `floor`."""
        found = self._solve(self._start, floor)
        return None if found is None else found.classes

    def _solve(self, state: _State, floor: int) -> _Solution | None:
        """Colour a connected state in the best way; None if no way is worth more than `floor`."""
        floor = max(floor, _HOPELESS)
        if not state.uncoloured & (state.uncoloured - 1):
            return self._solve_single(state, floor)
        solved = self._solved.get(state)
        if solved is not None:
            return solved if solved.worth > floor else None
        if self._budget.nodes <= 0 or self._hope(state) <= floor:
            return None
        self._budget.nodes -= self._step
        best: _Solution | None = None
        vertex = self._branching_vertex(state)
        for colour, worth in self._choices(state, vertex):
            if state.allowed[colour] >> vertex & 1:
                target = (floor if best is None else best.worth) - worth
                rest = self._solve_parts(self._split(self._assign(state, vertex, colour)), target)
                if rest is not None:
                    classes = list(rest.classes)
                    classes[colour] |= 1 << vertex
                    best = _Solution(rest.worth + worth, tuple(classes))
        self._hopes[state] = floor if best is None else best.worth
        if best is not None:
            self._solved[state] = best
        return best

    def _choices(self, state: _State, vertex: int) -> Iterable[tuple[int, int]]:
        """Return the colours with what the vertex contributes in each, the best one first."""
        pull = state.pull(vertex)
        if pull is None:
            return [(colour, self._weights.of(vertex, colour)) for colour in self._weights.order(vertex)]
        worth = [self._weights.of(vertex, colour) + pulled for colour, pulled in enumerate(pull)]
        return sorted(enumerate(worth), key=lambda choice: -choice[1])

    def _solve_single(self, state: _State, floor: int) -> _Solution | None:
        """Give the only vertex left the best colour that it may have; there is one, else it had no hope."""
        vertex = state.uncoloured.bit_length() - 1
        colour, worth = next(
            (each, worth) for each, worth in self._choices(state, vertex) if state.allowed[each]
        )
        classes = (state.uncoloured if each == colour else 0 for each in range(self._colours))
        return _Solution(worth, tuple(classes)) if worth > floor else None

    def _solve_parts(self, parts: list[_State], floor: int) -> _Solution | None:
        """Colour unconnected states in the best way; None if their sum is not worth more than `floor`."""
        hopes = [self._hope(part) for part in parts]
        if _HOPELESS in hopes:
            return None
        worth = sum(hopes)
        if worth <= floor:
            return None
        classes = [0] * self._colours
        for part, hope in zip(parts, hopes, strict=True):
            found = self._solve(part, floor - (worth - hope))
            if found is None:
                return None
            worth += found.worth - hope
            classes = [one | other for one, other in zip(classes, found.classes, strict=True)]
        return _Solution(worth, tuple(classes))

    def _hope(self, state: _State) -> int:
        """Say what a state is worth at most, as far as is known."""
        hope = self._hopes.get(state)
        if hope is None:
            hope = self._hopes[state] = self._bound(state)
        return hope

    def _branching_vertex(self, state: _State) -> int:
        """Choose a vertex without choice, if there is one, else the one with most uncoloured neighbours."""
        left, candidates = most_constrained(state.uncoloured, state.allowed)
        return max(
            bits(candidates if left < 2 else state.uncoloured),
            key=lambda each: (
                ((self._neighbours[each] | self._tied[each]) & state.uncoloured).bit_count()
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
            mask & ~bit & ~blocked if each == colour else mask & ~bit
            for each, mask in enumerate(state.allowed)
        )
        return _State(
            state.uncoloured ^ bit,
            allowed,
            tuple(half for half in halves if half[1] == _UNCOLOURED or not half[0] & ~allowed[half[1]]),
            self._pulled(state, vertex, colour),
        )

    def _pulled(self, state: _State, vertex: int, colour: int) -> Pulls:
        """Return the half decided pairs once a vertex has a colour."""
        if not self._tied[vertex] and not state.pulls:
            return ()
        pulls = {each: list(worth) for each, worth in state.pulls if each != vertex}
        for tie in self._weights.ties(vertex):
            if state.uncoloured >> tie.other & 1:
                worth = pulls.setdefault(tie.other, [0] * self._colours)
                for each in range(self._colours):
                    worth[each] += tie.together if each == colour else tie.apart
        return tuple((each, tuple(pulls[each])) for each in sorted(pulls))

    def _split(self, state: _State) -> list[_State]:
        """Take a state apart into its unconnected parts."""
        parts = []
        remaining = state.uncoloured
        while remaining:
            part = frontier = remaining & -remaining
            while frontier:
                low = frontier & -frontier
                vertex = low.bit_length() - 1
                reached = self._neighbours[vertex] | self._tied[vertex]
                for mask, _ in state.halves:
                    if mask & low:
                        reached |= mask
                reached &= remaining & ~part
                part |= reached
                frontier = (frontier ^ low) | reached
            remaining &= ~part
            parts.append(
                _State(
                    part,
                    tuple(mask & part for mask in state.allowed),
                    tuple(half for half in state.halves if half[0] & part),
                    tuple(pull for pull in state.pulls if part >> pull[0] & 1),
                )
            )
        return parts

    def _bound(self, state: _State) -> int:
        """Say what a state is worth at most, from a cover by cliques: their vertices differ in colour.

        Pairs count as if each could be had at its best.
        """
        worth = sum(
            max((each for colour, each in enumerate(pull) if state.allowed[colour] >> vertex & 1), default=0)
            for vertex, pull in state.pulls
        )
        worth += sum(
            max(tie.together, tie.apart)
            for vertex in bits(state.uncoloured)
            if self._tied[vertex]
            for tie in self._weights.ties(vertex)
            if tie.other < vertex and state.uncoloured >> tie.other & 1
        )
        remaining = state.uncoloured
        while remaining:
            clique, candidates = 0, remaining
            while candidates:
                low = candidates & -candidates
                clique |= low
                candidates &= self._neighbours[low.bit_length() - 1]
            remaining &= ~clique
            size = clique.bit_count()
            most = [
                self._most(usable, colour)
                for colour, mask in enumerate(state.allowed)
                if (usable := mask & clique)
            ]
            if len(most) < size:
                return _HOPELESS
            if len(most) > size:
                most.sort(reverse=True)
            worth += sum(most[:size])
        return worth
