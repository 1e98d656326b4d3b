"""Who requires a distribution: the shortest chain from each direct requirement."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def chains_to(
    name: str, direct: Iterable[str], requires: Mapping[str, Iterable[str]]
) -> dict[str, tuple[str, ...]]:
    """Return direct distribution → the shortest chain from it to *name*, both included.

    Those from which nothing leads there are left out. Of equally short chains it is the first by name.

    :param requires: distribution → those it depends on; may hold cycles.
    """
    requirers: dict[str, list[str]] = {}
    for requirer, needed in sorted(requires.items()):
        for other in needed:
            requirers.setdefault(other, []).append(requirer)
    after: dict[str, str] = {}
    waiting = deque([name])
    reached = {name}
    while waiting:
        current = waiting.popleft()
        for requirer in requirers.get(current, ()):
            if requirer not in reached:
                reached.add(requirer)
                after[requirer] = current
                waiting.append(requirer)
    return {first: tuple(_follow(first, name, after)) for first in direct if first in reached}


def _follow(first: str, last: str, after: Mapping[str, str]) -> Iterable[str]:
    current = first
    while current != last:
        yield current
        current = after[current]
    yield last
