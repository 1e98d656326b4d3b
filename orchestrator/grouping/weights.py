"""The order of preference among colourings, as numbers.

Preferred is the most vertices in their home, the class that they were in before; then the largest first class,
the largest second class, and so on; among equal sizes the first class whose members come first in pyproject,
then the second class. With the parts of this order as the digits of one large integer, a vertex in a class
contributes a fixed weight; the better colouring has the larger sum.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.grouping.hypergraph import bits, mask_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.grouping.colouring import Classes

NO_HOMES: Mapping[int, int] = MappingProxyType({})


class Weights:
    """What each vertex contributes in each class.

    :param count: number of vertices.
    :param colours: number of classes.
    :param homes: vertex → its class in the previous colouring.
    """

    def __init__(self, count: int, colours: int, homes: Mapping[int, int] = NO_HOMES) -> None:
        self._homes = tuple(
            mask_of(vertex for vertex, home in homes.items() if home == colour) for colour in range(colours)
        )
        self._has_homes = any(self._homes)
        digit = count.bit_length()
        sizes = [1 << (colours * count + (colours - 1 - colour) * digit) for colour in range(colours)]
        at_home = 1 << (colours * (count + digit) + 1)
        self._table = tuple(
            tuple(
                sizes[colour]
                + (1 << ((colours - 1 - colour) * count + count - 1 - vertex))
                + (at_home if homes.get(vertex) == colour else 0)
                for vertex in range(count)
            )
            for colour in range(colours)
        )

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

    def total(self, classes: Classes) -> int:
        """The worth of a whole colouring."""
        return sum(self.of(vertex, colour) for colour, mask in enumerate(classes) for vertex in bits(mask))
