"""The order of preference among colourings, as numbers.

Preferred is the largest first class, then the largest second class, and so on; among equal sizes the first
class whose members come first in pyproject, then the second class. With the parts of this order as the digits
of one large integer, a vertex in a class contributes a fixed weight; the better colouring has the larger sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.grouping.hypergraph import bits

if TYPE_CHECKING:
    from orchestrator.grouping.colouring import Classes


class Weights:
    """What each vertex contributes in each class.

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
