"""Environments whose libraries load each other, and the process-wide symbols that set them apart."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from orchestrator.native.model import NativePlace
    from orchestrator.native.resolve import Key


class LinkedGroups:
    """Places in groups: those whose objects load each other's are one C++ program, and share its statics."""

    def __init__(self, places: Sequence[NativePlace], found: Mapping[Key, Mapping[str, Key]]) -> None:
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
        in_use: set[str] = set()
        members: dict[str, list[NativePlace]] = defaultdict(list)
        for place in self._places:
            group = self._find(place.name)
            members[group].append(place)
            if group not in order:
                order.append(group)
            if place.in_use:
                in_use.add(group)
            for each in place.objects:
                key = (place.name, each.path)
                for symbol in each.unique:
                    definers[symbol][group].add(shared.get(key, key))
        found: dict[str, set[str]] = defaultdict(set)
        for symbol, groups in definers.items():
            if len(groups) == 1 or except_for.match(symbol):
                continue
            keepers: list[str] = []
            for group in order:
                if group not in groups:
                    continue
                mine = groups[group]
                clashing = any(not (mine <= groups[keeper] or groups[keeper] <= mine) for keeper in keepers)
                if clashing and group not in in_use:
                    found[group].add(symbol)
                else:
                    keepers.append(group)
        return {
            place.name: frozenset(symbols) for group, symbols in found.items() for place in members[group]
        }
