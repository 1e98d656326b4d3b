"""Environments whose libraries load each other, and the process-wide symbols that set them apart."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from orchestrator.native.model import Place
    from orchestrator.native.resolve import Key


class Worlds:
    """Places in groups: those whose objects load each other's are one C++ program, and share its statics."""

    def __init__(self, places: Sequence[Place], found: Mapping[Key, Mapping[str, Key]]) -> None:
        self._places = places
        self._representative = {place.name: place.name for place in places}
        for key, targets in found.items():
            for home, _ in targets.values():
                self._join(key[0], home)

    def _find(self, name: str) -> str:
        while self._representative[name] != name:
            name = self._representative[name]
        return name

    def _join(self, one: str, other: str) -> None:
        one, other = self._find(one), self._find(other)
        if one != other:
            self._representative[other] = one

    def separated(self, shared: Mapping[Key, str], except_for: re.Pattern[str]) -> dict[str, frozenset[str]]:
        """Return place → the unique symbols that it needs under other names.

        :param shared: objects of which a process loads one for several places → what stands for them all.
        :param except_for: symbols that are left alone.
        """
        definers: dict[str, dict[str, set[object]]] = defaultdict(lambda: defaultdict(set))
        order: list[str] = []
        settled: set[str] = set()
        members: dict[str, list[Place]] = defaultdict(list)
        for place in self._places:
            world = self._find(place.name)
            members[world].append(place)
            if world not in order:
                order.append(world)
            if place.settled:
                settled.add(world)
            for each in place.objects:
                key = (place.name, each.path)
                for symbol in each.unique:
                    definers[symbol][world].add(shared.get(key, key))
        found: dict[str, set[str]] = defaultdict(set)
        for symbol, worlds in definers.items():
            if len(worlds) == 1 or except_for.match(symbol):
                continue
            keepers: list[str] = []
            for world in order:
                if world not in worlds:
                    continue
                mine = worlds[world]
                clashing = any(not (mine <= worlds[keeper] or worlds[keeper] <= mine) for keeper in keepers)
                if clashing and world not in settled:
                    found[world].add(symbol)
                else:
                    keepers.append(world)
        return {
            place.name: frozenset(symbols) for world, symbols in found.items() for place in members[world]
        }
