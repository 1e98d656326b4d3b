"""Walking directed graphs, cycles or not."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_Node = TypeVar("_Node", bound=Any)  # hashable, and sorted where the order of equals has to be decided


def reachable(starts: Iterable[_Node], after: Callable[[_Node], Iterable[_Node]]) -> dict[_Node, None]:
    """Return *starts* and all that can be reached from them, in the order in which it was found.

    :param after: the nodes that an edge leads to from a node.
    """
    found: dict[_Node, None] = {}
    waiting = list(starts)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found[node] = None
            waiting.extend(after(node))
    return found


def turned(edges: Mapping[_Node, Iterable[_Node]]) -> dict[_Node, list[_Node]]:
    """Return node → the nodes from which an edge leads to it, sorted."""
    before: dict[_Node, list[_Node]] = {}
    for node, others in sorted(edges.items()):
        for other in others:
            before.setdefault(other, []).append(node)
    return before


def shortest_chains(
    targets: Iterable[_Node], starts: Iterable[_Node], before: Mapping[_Node, Iterable[_Node]]
) -> dict[_Node, tuple[_Node, ...]]:
    """Return start → the shortest chain from it to any of *targets*, both included.

    Starts from which nothing leads there are left out. Of equally short chains it is the first in sorted order.

    :param before: node → the nodes from which an edge leads to it, sorted (:func:`turned`).
    """
    waiting = deque(sorted(targets))
    after: dict[_Node, _Node | None] = dict.fromkeys(waiting)
    while waiting:
        current = waiting.popleft()
        for node in before.get(current, ()):
            if node not in after:
                after[node] = current
                waiting.append(node)
    return {start: tuple(_followed(start, after)) for start in starts if start in after}


def _followed(start: _Node, after: Mapping[_Node, _Node | None]) -> Iterable[_Node]:
    current: _Node | None = start
    while current is not None:
        yield current
        current = after[current]
