"""The conflict hypergraph, with sets of vertices as bit masks: vertex v is bit ``1 << v``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def bits(mask: int) -> Iterator[int]:
    """Iterate over the vertices of a mask, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def mask_of(members: Iterable[int]) -> int:
    """Make the mask of some vertices."""
    mask = 0
    for member in members:
        mask |= 1 << member
    return mask


@dataclass(frozen=True, slots=True)
class Component:
    """A connected part of the hypergraph.

    :param vertices: mask of the vertices.
    :param edges: masks of at least two vertices each, none inside another, ascending.
    """

    vertices: int
    edges: tuple[int, ...]

    def neighbours(self) -> dict[int, int]:
        """Each vertex's neighbours by edges of two, as masks."""
        found = dict.fromkeys(bits(self.vertices), 0)
        for edge in self.edges:
            if edge.bit_count() == 2:
                low = edge & -edge
                high = edge ^ low
                found[low.bit_length() - 1] |= high
                found[high.bit_length() - 1] |= low
        return found

    def large_edges(self) -> dict[int, tuple[int, ...]]:
        """Each vertex's edges of three or more."""
        large = [edge for edge in self.edges if edge.bit_count() > 2]  # mostly few
        return {vertex: tuple(edge for edge in large if edge >> vertex & 1) for vertex in bits(self.vertices)}


def components(edges: Iterable[int]) -> tuple[Component, ...]:
    """Split a hypergraph, given by its edges, into its connected parts, by their first vertex."""
    parts: list[tuple[int, list[int]]] = []
    for edge in edges:
        vertices, joined = edge, [edge]
        apart: list[tuple[int, list[int]]] = []
        for part in parts:
            if part[0] & edge:
                vertices |= part[0]
                joined += part[1]
            else:
                apart.append(part)
        parts = [*apart, (vertices, joined)]
    return tuple(
        Component(vertices, tuple(sorted(joined)))
        for vertices, joined in sorted(parts, key=lambda part: part[0] & -part[0])
    )
