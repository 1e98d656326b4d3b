"""What an earlier answer says about the items of a new question, so that little changes where little has to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestrator.resolution.items import member_of
from orchestrator.resolution.outcome import ConflictMember

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.grouping import Group, Grouping
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.outcome import Groups, ResolvedGroup


@dataclass(frozen=True, slots=True)
class Continuity:
    """An earlier answer in terms of the items of today."""

    together: tuple[tuple[int, ...], ...]
    """For each earlier group its items, in the order they had there."""
    pins: tuple[Mapping[str, str], ...]
    """For each earlier group its versions; those of local projects and URLs left out."""
    conflicts: tuple[frozenset[int], ...]
    """Sets of items that excluded each other."""

    def preferences(self) -> dict[str, Any]:
        """Return them as arguments of the solver."""
        return {
            "previous": [frozenset(members) for members in self.together],
            "previous_pins": self.pins,
            "known_hints": self.conflicts,
        }

    def ordered(self, found: Grouping) -> Grouping:
        """Put groups, and the items in each, into their earlier order; new ones come last.

        Homes and names of environments go by that order, and so does what has to be installed anew.
        """
        position = {index: place for members in self.together for place, index in enumerate(members)}

        def continued(group: Group) -> int:
            shared = [len(set(members) & set(group.members)) for members in self.together]
            most = max(shared, default=0)
            return shared.index(most) if most else len(shared)

        def inside(group: Group) -> Group:
            members = sorted(group.members, key=lambda index: (position.get(index, len(position)), index))
            return replace(group, members=tuple(members))

        return replace(found, groups=tuple(map(inside, sorted(found.groups, key=continued))))


@dataclass(frozen=True, slots=True)
class _Alias:
    """An item, by the import name that the application uses."""

    alias: str


@dataclass(frozen=True, slots=True)
class _Named:
    """An item, by its distribution, whatever its bounds."""

    name: str


_Key = ConflictMember | _Alias | _Named


def continuity(previous: Groups | None, items: Sequence[Item]) -> Continuity:
    """Return what *previous* says about *items*; nothing if there was none."""
    if previous is None:
        return Continuity((), (), ())
    called = _called(items)
    taken: set[int] = set()
    together = []
    for group in previous.groups:
        members = dict.fromkeys(
            index for key in _keys(group) if (index := called.get(key)) is not None and index not in taken
        )
        together.append(tuple(members))
        taken |= members.keys()
    conflicts = [
        frozenset(called[each] for member in conflict.members for each in member)
        for conflict in previous.conflicts
        if all(each in called for member in conflict.members for each in member)
    ]
    return Continuity(
        tuple(together),
        tuple(
            {name: pin.version for name, pin in group.resolution.pins.items() if "==" in pin.specification}
            for group in previous.groups
        ),
        tuple(members for members in conflicts if len(members) > 1),
    )


def _called(items: Sequence[Item]) -> dict[_Key, int]:
    """Return what an item may have been called → its index: by what it says, or, with another bound, by its name."""
    called: dict[_Key, int] = {}
    for index, item in enumerate(items):
        for each in item.direct:
            called.setdefault(_Alias(each.alias) if each.alias else ConflictMember(each.text), index)
        for demand in item.demands:
            if len(demand.chain) > 1 and not demand.bare:
                called.setdefault(member_of(demand), index)
    for index, item in enumerate(items):
        for each in item.direct:
            if not each.alias:
                called.setdefault(_Named(each.name), index)
    return called


def _keys(group: ResolvedGroup) -> Iterable[_Key]:
    for text, name in zip(group.requirements, group.direct, strict=True):
        yield from (ConflictMember(text), _Named(name))
    yield from map(_Alias, group.aliases)
    yield from (part.member for part in group.parts)
