"""Who requires a distribution: the shortest chain from each direct requirement."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_Node = TypeVar("_Node", bound=Any)  # hashable, and sorted where the order of equals has to be settled


def chains_to(
    targets: Iterable[_Node], starts: Iterable[_Node], requires: Mapping[_Node, Iterable[_Node]]
) -> dict[_Node, tuple[_Node, ...]]:
    """Return start → the shortest chain from it to any of *targets*, both included.

    Starts from which nothing leads there are left out. Of equally short chains it is the first in sorted order.

    :param requires: distribution → those it depends on; may hold cycles.
    """
    requirers: dict[_Node, list[_Node]] = {}
    for requirer, needed in sorted(requires.items()):
        for other in needed:
            requirers.setdefault(other, []).append(requirer)
    waiting = deque(sorted(targets))
    after: dict[_Node, _Node | None] = dict.fromkeys(waiting)
    while waiting:
        current = waiting.popleft()
        for requirer in requirers.get(current, ()):
            if requirer not in after:
                after[requirer] = current
                waiting.append(requirer)
    return {start: tuple(_follow(start, after)) for start in starts if start in after}


def _follow(start: _Node, after: Mapping[_Node, _Node | None]) -> Iterable[_Node]:
    current: _Node | None = start
    while current is not None:
        yield current
        current = after[current]
