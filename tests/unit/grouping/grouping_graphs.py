"""Graphs that are hard to colour, by formula."""

from __future__ import annotations

import itertools

Graph = tuple[int, list[tuple[int, ...]]]


def complete(count: int) -> Graph:
    return count, list(itertools.combinations(range(count), 2))


def cycle(count: int) -> Graph:
    return count, [(each, (each + 1) % count) for each in range(count)]


def wheel(count: int) -> Graph:
    return count + 1, cycle(count)[1] + [(each, count) for each in range(count)]


def crown(half: int) -> Graph:
    """Where first-fit in alternating order needs `half` colours instead of two."""
    return 2 * half, [(2 * a, 2 * b + 1) for a in range(half) for b in range(half) if a != b]


def mycielski(graph: Graph) -> Graph:
    """One colour more, and not one triangle more."""
    count, edges = graph
    copies = [pair for a, b in edges for pair in ((a, count + b), (b, count + a))]
    return 2 * count + 1, edges + copies + [(count + each, 2 * count) for each in range(count)]


def queens(size: int) -> Graph:
    squares = list(itertools.product(range(size), repeat=2))
    return size * size, [
        (one, other)
        for (one, (r, c)), (other, (s, d)) in itertools.combinations(enumerate(squares), 2)
        if r == s or c == d or abs(r - s) == abs(c - d)
    ]


def kneser(n: int, k: int) -> Graph:
    sets = list(itertools.combinations(range(n), k))
    return len(sets), [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(enumerate(sets), 2)
        if not set(a) & set(b)
    ]


FANO: Graph = (7, [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)])
GROETZSCH = mycielski(cycle(5))
