"""The order of preference among colourings, as numbers.

Preferred is, in this order: most worth of pairs that are better together; most vertices in their home, the class that
they were in before; most worth of pairs that are better apart; then the largest first class, the largest second
class, and so on; among equal sizes the first class whose members come first in pyproject, then the second class. With
the parts of this order as the digits of one large integer, a vertex in a class contributes a fixed weight, and so
does a pair that is, or is not, in one class; the better colouring has the larger sum.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.grouping.affinity import NO_AFFINITIES
from orchestrator.grouping.hypergraph import bits, mask_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.grouping.affinity import Affinities
    from orchestrator.grouping.colouring import Classes

NO_HOMES: Mapping[int, int] = MappingProxyType({})


class Tie(NamedTuple):
    """What one vertex' class means for another vertex."""

    other: int
    together: int
    """The contribution of the pair if they are in one class."""
    apart: int
    """The contribution if they are not."""


class Weights:
    """What each vertex contributes in each class, and each pair.

    :param count: number of vertices.
    :param colours: number of classes.
    :param homes: vertex → its class in the previous colouring.
    """

    def __init__(
        self,
        count: int,
        colours: int,
        homes: Mapping[int, int] = NO_HOMES,
        affinities: Affinities = NO_AFFINITIES,
    ) -> None:
        self._homes = tuple(
            mask_of(vertex for vertex, home in homes.items() if home == colour) for colour in range(colours)
        )
        self._has_homes = any(self._homes)
        digit = count.bit_length()
        sizes = [1 << (colours * count + (colours - 1 - colour) * digit) for colour in range(colours)]
        apart = 1 << (colours * (count + digit) + 1)
        at_home = apart << sum(affinities.apart.values()).bit_length()
        together = at_home << digit
        self._table = tuple(
            tuple(
                sizes[colour]
                + (1 << ((colours - 1 - colour) * count + count - 1 - vertex))
                + (at_home if homes.get(vertex) == colour else 0)
                for vertex in range(count)
            )
            for colour in range(colours)
        )
        self._ties: dict[int, list[Tie]] = {}
        for pair in affinities.together.keys() | affinities.apart.keys():
            worth = (affinities.together.get(pair, 0) * together, affinities.apart.get(pair, 0) * apart)
            one, other = sorted(pair)
            self._ties.setdefault(one, []).append(Tie(other, *worth))
            self._ties.setdefault(other, []).append(Tie(one, *worth))

    def of(self, vertex: int, colour: int) -> int:
        """The contribution of one vertex in one class."""
        return self._table[colour][vertex]

    def most(self, vertices: int, colour: int) -> int:
        """The contribution of that one of some vertices, at least one, which contributes most in a class."""
        best = vertices & self._homes[colour] or vertices
        return self._table[colour][(best & -best).bit_length() - 1]

    def order(self, vertex: int) -> Iterable[int]:
        """The classes for a vertex, the preferred one first."""
        colours = range(len(self._table))
        if not self._has_homes:
            return colours
        return sorted(colours, key=lambda colour: -self._table[colour][vertex])

    def ties(self, vertex: int) -> Sequence[Tie]:
        """The pairs that a vertex is in."""
        return self._ties.get(vertex, ())

    def beside(self, vertex: int, colour: int, classes: Sequence[int]) -> int:
        """The contribution of one vertex in one class, where all others are in *classes*, with its pairs'."""
        mask = classes[colour]
        return self.of(vertex, colour) + sum(
            tie.together if mask >> tie.other & 1 else tie.apart for tie in self.ties(vertex)
        )

    def in_each(self, vertex: int, classes: Sequence[int]) -> list[int]:
        """What :meth:`beside` is for each class, less what is the same for all."""
        worth = [row[vertex] for row in self._table]
        for tie in self.ties(vertex):
            for colour, mask in enumerate(classes):
                if mask >> tie.other & 1:
                    worth[colour] += tie.together - tie.apart
                    break
        return worth

    def total(self, classes: Classes) -> int:
        """The worth of a whole colouring."""
        colour_of = {vertex: colour for colour, mask in enumerate(classes) for vertex in bits(mask)}
        return sum(
            self.of(vertex, colour)
            + sum(
                tie.together if colour_of[tie.other] == colour else tie.apart
                for tie in self.ties(vertex)
                if tie.other < vertex
            )
            for vertex, colour in colour_of.items()
        )
