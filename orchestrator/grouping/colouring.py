"""Exact colouring of the conflict hypergraph: no class may hold a whole conflict.

Branch and bound in the order of DSATUR (Brélaz 1979), after vertices that can always be coloured last are
set aside, and with the vertices of a large clique first.
"""

from __future__ import annotations

from contextlib import suppress
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from orchestrator.grouping.deadline import OutOfTimeError
from orchestrator.grouping.hypergraph import Component, bits, components, fits, mask_of
from orchestrator.grouping.sets_within import innermost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from orchestrator.grouping.deadline import Deadline

Classes = tuple[int, ...]
"""A colouring: the mask of each colour's vertices; some may be empty."""
_State = tuple[int, tuple[int, ...], Classes]
"""A partial colouring: the uncoloured vertices, for each colour those that may still get it, and the classes."""


def find_clique(component: Component) -> int:
    """Find a large set of pairwise conflicting vertices: greedily from each vertex, the largest of these."""
    neighbours = component.neighbours()
    best = 0
    for start in neighbours:
        clique, candidates = 1 << start, neighbours[start]
        while candidates and (clique | candidates).bit_count() > best.bit_count():
            vertex = max(bits(candidates), key=lambda each: (neighbours[each] & candidates).bit_count())
            clique |= 1 << vertex
            candidates &= neighbours[vertex]
        if clique.bit_count() > best.bit_count():
            best = clique
    return best


def fewest_colours(conflicts: Iterable[frozenset[int]], deadline: Deadline | None = None) -> int:
    """Return how many classes are needed so that none holds a whole conflict; 0 if there is no conflict.

    :param conflicts: of two vertices or more each.
    :param deadline: when it has passed, what is proved by then is returned: no fewer are enough.
    """
    tick = (lambda: None) if deadline is None else deadline.check
    colours = 0
    for part in components(map(mask_of, innermost(conflicts))):
        colours = max(colours, find_clique(part).bit_count(), 2)
        with suppress(OutOfTimeError):
            while find_colouring(part, colours, tick) is None:
                colours += 1
    return colours


def find_colouring(component: Component, colours: int, tick: Callable[[], None]) -> Classes | None:
    """Colour a component with so many colours, or prove (None) that it is impossible.

    :param tick: called at every node of the search; may raise to give up.
    """
    core, postponed = _set_aside(component, colours)
    classes = [0] * colours
    for part in components(core):
        everything = (part.vertices,) * colours
        found = _Dsatur(part, colours, tick).search(part.vertices, everything, (0,) * colours)
        if found is None:
            return None
        classes = [one | other for one, other in zip(classes, found, strict=True)]
    neighbours, large = component.neighbours(), component.large_edges()
    for vertex in reversed(postponed):
        colour = next(each for each, mask in enumerate(classes) if fits(vertex, mask, neighbours, large))
        classes[colour] |= 1 << vertex
    return tuple(classes)


def colour_greedily(component: Component) -> Classes:
    """Colour a component without a search: with few colours, and not with the fewest."""
    neighbours, large = component.neighbours(), component.large_edges()
    classes: list[int] = []
    for vertex in sorted(
        neighbours, key=lambda each: (-neighbours[each].bit_count() - len(large[each]), each)
    ):
        fitting = (number for number, mask in enumerate(classes) if fits(vertex, mask, neighbours, large))
        colour = next(fitting, len(classes))
        classes[colour:] = classes[colour:] or [0]
        classes[colour] |= 1 << vertex
    return tuple(classes)


def _set_aside(component: Component, colours: int) -> tuple[list[int], list[int]]:
    """Take out, again and again, the vertices with fewer edges than there are colours.

    An edge takes at most one colour from its last vertex, so these always find one, in reverse order.

    :return: the edges that remain, and the vertices taken out.
    """
    edges_of: dict[int, set[int]] = {vertex: set() for vertex in bits(component.vertices)}
    for edge in component.edges:
        for vertex in bits(edge):
            edges_of[vertex].add(edge)
    easy = [vertex for vertex, edges in edges_of.items() if len(edges) < colours]  # ascending, so a heap
    postponed: list[int] = []
    while easy:
        taken = heappop(easy)
        postponed.append(taken)
        for edge in edges_of.pop(taken):
            for vertex in bits(edge ^ 1 << taken):
                edges_of[vertex].remove(edge)
                if len(edges_of[vertex]) == colours - 1:
                    heappush(easy, vertex)
    return sorted(set().union(*edges_of.values())), postponed


def most_constrained(uncoloured: int, allowed: tuple[int, ...]) -> tuple[int, int]:
    """Find the vertices with the fewest colours left: how many these are, and the mask of the vertices."""
    at_least = [uncoloured]
    for mask in allowed:
        at_least.append(0)
        for fewer in range(len(at_least) - 2, -1, -1):
            at_least[fewer + 1] |= at_least[fewer] & mask
    for number in range(len(allowed)):
        exactly = at_least[number] & ~at_least[number + 1]
        if exactly:
            return number, exactly
    return len(allowed), at_least[len(allowed)]


class _Dsatur:
    """The search for one component and number of colours."""

    def __init__(self, component: Component, colours: int, tick: Callable[[], None]) -> None:
        self._colours = colours
        self._tick = tick
        self._neighbours = component.neighbours()
        self._large = component.large_edges()
        self._clique = find_clique(component)

    def search(self, uncoloured: int, allowed: tuple[int, ...], classes: Classes) -> Classes | None:
        """Complete a partial colouring; `allowed` has for each colour the vertices that may still get it.

        The depth is that of the uncoloured vertices, of which there can be more than Python has levels of calls.
        """
        state = uncoloured, allowed, classes
        branches: list[Iterator[_State]] = []
        while state[0]:
            branches.append(self._branches(*state))
            following = next(branches[-1], None)
            while following is None:
                branches.pop()
                if not branches:
                    return None
                following = next(branches[-1], None)
            state = following
        return state[2]

    def _branches(self, uncoloured: int, allowed: tuple[int, ...], classes: Classes) -> Iterator[_State]:
        """Yield what becomes of a partial colouring with each colour that one more vertex may get."""
        self._tick()
        left, candidates = most_constrained(uncoloured, allowed)
        if not left:
            return
        # With one colour left there is nothing to choose, and no reason to look for the one that bounds others most.
        vertex = candidates.bit_length() - 1 if left == 1 else self._foremost(candidates, uncoloured)
        bit = 1 << vertex
        for colour in range(self._colours):
            if allowed[colour] & bit:
                taken = classes[colour] | bit
                blocked = self._neighbours[vertex] | mask_of_last(self._large[vertex], taken)
                yield (
                    uncoloured ^ bit,
                    (*allowed[:colour], allowed[colour] & ~blocked, *allowed[colour + 1 :]),
                    (*classes[:colour], taken, *classes[colour + 1 :]),
                )
            if not classes[colour]:
                return  # the unused colours are alike: what fails with one of them fails with each

    def _foremost(self, candidates: int, uncoloured: int) -> int:
        """Return the one of some vertices that the choice for the others depends on most."""
        return max(
            bits(candidates & self._clique or candidates),
            key=lambda each: (self._neighbours[each] & uncoloured).bit_count() + len(self._large[each]),
        )


def mask_of_last(edges: tuple[int, ...], taken: int) -> int:
    """Find the vertices that would complete an edge if they joined `taken`."""
    return mask_of(
        (rest.bit_length() - 1) for edge in edges if (rest := edge & ~taken) and not rest & (rest - 1)
    )
