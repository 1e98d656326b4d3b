"""The groups of an earlier grouping, which a new one should change as little as it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.grouping.group import by_size
from orchestrator.grouping.hypergraph import bits, fits, mask_of
from orchestrator.grouping.oracle import NO_PINS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.grouping.colouring import Classes
    from orchestrator.grouping.hypergraph import Component


class Previous:
    """Which requirements were together, and with which pins.

    A class of a new colouring *continues* a previous group: the first class the largest one, and so on. Where
    there are fewer classes than previous groups, the smallest groups are not continued.

    :param count: number of requirements.
    :param groups: disjoint sets of indices; an index in none of them is new.
    :param pins: the versions of each group; may be empty.
    :raises ValueError: if a group is none of those requirements, groups overlap, or not all have pins.
    """

    def __init__(
        self, count: int, groups: Sequence[frozenset[int]], pins: Sequence[Mapping[str, str]]
    ) -> None:
        self._known = frozenset[int]().union(*groups)
        if len(self._known) != sum(map(len, groups)) or not self._known <= frozenset(range(count)):
            raise ValueError(f"not disjoint groups among {count} requirements: {[*map(sorted, groups)]}")
        if pins and len(pins) != len(groups):
            raise ValueError(f"pins of {len(pins)} groups for {len(groups)} previous groups")
        self._groups = tuple(groups)
        self._pins = tuple(pins)
        self._by_size = sorted(
            (each for each in groups if each), key=lambda each: by_size(tuple(sorted(each)))
        )

    @property
    def has_pins(self) -> bool:
        """Whether there are versions to keep to."""
        return bool(self._pins)

    def homes(self, colours: int) -> dict[int, int]:
        """Return vertex → the class that continues its group, where there are so many classes."""
        return {member: colour for colour, group in enumerate(self._by_size[:colours]) for member in group}

    def classes(self, colouring: Sequence[frozenset[int]]) -> list[frozenset[int]]:
        """Partition as before, and the new ones as in a colouring."""
        return [*self._by_size, *(new for each in colouring if (new := each - self._known))]

    def pins_for(self, members: frozenset[int]) -> Mapping[str, str]:
        """Return the pins of the group that most of these members were in, the first of several."""
        if not self._pins or not members & self._known:
            return NO_PINS
        shared = [len(group & members) for group in self._groups]
        return self._pins[shared.index(max(shared))]


def stay_at_home(component: Component, colours: int, homes: Mapping[int, int]) -> Classes | None:
    """Colour a component in a simple way that leaves most vertices in their homes; None if that fails."""
    neighbours, large = component.neighbours(), component.large_edges()
    classes = [0] * colours
    waiting = []
    for vertex in bits(component.vertices):
        home = homes.get(vertex)
        if home is not None and fits(vertex, classes[home], neighbours, large):
            classes[home] |= 1 << vertex
        else:
            waiting.append(vertex)
    for vertex in waiting:
        fitting = (each for each, mask in enumerate(classes) if fits(vertex, mask, neighbours, large))
        colour = next(fitting, None)
        if colour is None:
            return None
        classes[colour] |= 1 << vertex
    return tuple(classes)


def send_home(vertices: int, colours: int, homes: Mapping[int, int]) -> Classes:
    """Colour vertices without any conflict: each in its home, or else in the first class."""
    classes = [0] * colours
    for colour in range(colours):
        classes[colour] = vertices & mask_of(vertex for vertex, home in homes.items() if home == colour)
    if classes:
        classes[0] |= vertices & ~sum(classes)
    return tuple(classes)
