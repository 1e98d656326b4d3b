"""Which requirements of the project belong together, by what they depend on.

The number of groups is proved; where it leaves a choice, a requirement that depends on another one of the project goes
where that one is: it is meant to use the version that the application uses (``pandas`` beside ``numpy==2.0.2`` rather
than beside the ``numba`` that needs another numpy). And nobody is put beside a requirement for whose sake its
dependencies would have to be far older than they are without it, as long as there is another place.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from orchestrator.grouping import Affinities
from orchestrator.resolution.lag import SHARED, Step
from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.grouping import Grouping
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.resolver import Resolver

# What one requirement is to another, and how much it is worth that they are together.
_REQUIRES = 8
_EXTENDS = 6
_REQUIRES_INDIRECTLY = 2

Kin = frozenset[tuple[str, str]]
"""Pairs of distributions (canonical names) of which one extends the other without requiring it."""


def affinities(
    found: Grouping, items: Sequence[Item], resolver: Resolver, kin: Kin = frozenset()
) -> Affinities:
    """Return what a first answer tells of the items.

    :param kin: what has been learned of distributions otherwise.
    """
    resolutions = {
        index: group.verdict.resolution
        for group in found.groups
        for index in group.members
        if isinstance(group.verdict.resolution, Resolution)
    }
    return Affinities(_together(resolutions, items, kin), _apart(found, resolutions, items, resolver))


def _together(
    resolutions: Mapping[int, Resolution], items: Sequence[Item], kin: Kin
) -> dict[frozenset[int], int]:
    called = {each.name: index for index, item in enumerate(items) for each in item.direct if not each.alias}
    worth: dict[frozenset[int], int] = {}

    def note(index: int, other: int | None, value: int) -> None:
        if other is not None and other != index:
            pair = frozenset({index, other})
            worth[pair] = max(worth.get(pair, 0), value)

    for index, resolution in resolutions.items():
        for name in (each.name for each in items[index].direct):
            near = resolution.requires.get(name, frozenset())
            reached = resolution.reachable(name)
            for other in reached - {name}:
                note(index, called.get(other), _REQUIRES if other in near else _REQUIRES_INDIRECTLY)
            for one, another in kin:
                if one == name or (one in reached and one not in called):
                    note(index, called.get(another), _EXTENDS)
                elif another == name or (another in reached and another not in called):
                    note(index, called.get(one), _EXTENDS)
    return worth


def _apart(
    found: Grouping, resolutions: Mapping[int, Resolution], items: Sequence[Item], resolver: Resolver
) -> dict[frozenset[int], int]:
    """Return which pairs would pull a dependency of one of them far back, by what each has without the other.

    Only where groups of the first answer are that far apart in the versions of something is anybody asked about.
    """
    versions = _versions(group.verdict.pins for group in found.groups)
    steps = {step for name in versions for step in _steps(name, versions[name])}
    far_apart = {step.name for step in resolver.calendar.too_far(steps, resolver.project.lag, times=SHARED)}
    if not far_apart:
        return {}
    concerned = {
        index
        for index, resolution in resolutions.items()
        if any(not far_apart.isdisjoint(resolution.reachable(each.name)) for each in items[index].direct)
    }
    ordered = sorted(concerned)
    answers = resolver.resolve_many([(items[index].demands, {}) for index in ordered])
    alone = {
        index: {name: pin.version for name, pin in answer.pins.items() if name in far_apart}
        for index, answer in zip(ordered, answers, strict=True)
        if isinstance(answer, Resolution)
    }
    between = {
        (one, other): {
            step
            for name in alone[one].keys() & alone[other].keys()
            for step in _steps(name, {alone[one][name], alone[other][name]})
        }
        for one, other in combinations(sorted(alone), 2)
    }
    far = resolver.calendar.too_far(
        {step for found in between.values() for step in found}, resolver.project.lag, times=SHARED
    )
    return {frozenset(pair): worth for pair, steps in between.items() if (worth := len(steps & far))}


def _versions(answers: Iterable[Mapping[str, str]]) -> dict[str, set[str]]:
    """Return distribution → its versions, of those in several."""
    found: dict[str, set[str]] = defaultdict(set)
    for pins in answers:
        for name, version in pins.items():
            found[name].add(version)
    return {name: versions for name, versions in sorted(found.items()) if len(versions) > 1}


def _steps(name: str, versions: Iterable[str]) -> set[Step]:
    return {
        step for one in versions for other in versions if (step := Step(name, newer=one, older=other)).is_back
    }
