"""The conflict hypergraph, with sets of vertices as bit masks: vertex v is bit ``1 << v``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


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


def fits(vertex: int, mask: int, neighbours: Mapping[int, int], large: Mapping[int, tuple[int, ...]]) -> bool:
    """Tell whether a vertex completes no edge among some vertices.

    :param neighbours: those of :meth:`Component.neighbours`.
    :param large: the edges of :meth:`Component.large_edges`.
    """
    if mask & neighbours[vertex]:
        return False
    joined = mask | 1 << vertex
    return all(edge & ~joined for edge in large[vertex])


def components(edges: Iterable[int]) -> tuple[Component, ...]:
    """Split a hypergraph, given by its edges, into its connected parts, by their first vertex."""
    edges = sorted(edges)
    beside: dict[int, int] = {}
    for edge in edges:
        for vertex in bits(edge):
            beside[vertex] = beside.get(vertex, 0) | edge
    part_of: dict[int, int] = {}
    for first in sorted(beside):
        if first not in part_of:
            part = _reachable(first, beside)
            part_of |= dict.fromkeys(bits(part), part)
    inside: dict[int, list[int]] = {part: [] for part in part_of.values()}
    for edge in edges:
        inside[part_of[edge.bit_length() - 1]].append(edge)
    return tuple(Component(part, tuple(own)) for part, own in inside.items())


def _reachable(first: int, beside: Mapping[int, int]) -> int:
    """Return the mask of the vertices that edges connect with one; *beside* has those next to each."""
    reached = waiting = 1 << first
    while waiting:
        vertex = waiting.bit_length() - 1
        new = beside[vertex] & ~reached
        reached |= new
        waiting = waiting ^ 1 << vertex | new
    return reached
