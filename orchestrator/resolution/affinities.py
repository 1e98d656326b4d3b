"""Which requirements of the project belong together, by what they depend on.

The number of groups is proved; where it leaves a choice, a requirement that depends on another one of the project goes
where that one is: it is meant to use the version that the application uses (``pandas`` beside ``numpy==2.0.2`` rather
than beside the ``numba`` that needs another numpy). And nobody is put beside a requirement for whose sake its
dependencies would have to be far older than they are without it, as long as there is another place.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.grouping import Affinities, SetsWithin
from orchestrator.resolution.lag import SHARED, Step
from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.grouping import Grouping
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.kin import Kin
    from orchestrator.resolution.resolver import Resolver

# What one requirement is to another, and how much it is worth that they are together.
_REQUIRES = 8
_EXTENDS = 6
_REQUIRES_INDIRECTLY = 2
_CAN_USE = 1


def affinities(
    found: Grouping,
    items: Sequence[Item],
    resolver: Resolver,
    kin: Collection[Kin] = (),
    before: Affinities | None = None,
) -> Affinities:
    """Return what an answer tells of the items.

    :param kin: what has been learned of distributions otherwise.
    :param before: what an earlier answer has told; nobody is asked again who is better apart.
    """
    resolutions = {
        index: group.verdict.resolution
        for group in found.groups
        for index in group.members
        if isinstance(group.verdict.resolution, Resolution)
    }
    apart = _apart(found, resolutions, items, resolver) if before is None else before.apart
    return Affinities(_together(resolutions, items, kin), apart)


def _together(
    resolutions: Mapping[int, Resolution], items: Sequence[Item], kin: Collection[Kin]
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
            for one, host, kind in kin:
                for here, there in ((one, host), (host, one)):
                    if here == name or (here in reached and here not in called):
                        note(index, called.get(there), _EXTENDS if kind == "extends" else _CAN_USE)
    return worth


def _apart(
    found: Grouping, resolutions: Mapping[int, Resolution], items: Sequence[Item], resolver: Resolver
) -> dict[frozenset[int], int]:
    """Return which pairs are better apart: one would pull a dependency of the other far back.

    Asked about are only those that no conflict keeps where they are, and that have a dependency in a version which is
    far older than another group's. With which versions of it they would be content by themselves is the question.
    """
    conflicting = SetsWithin(conflict.members for conflict in found.conflicts)
    others = {
        index: [
            group
            for group in found.groups
            if index in group.members or not conflicting.any(frozenset({index, *group.members}))
        ]
        for index in sorted(_older_elsewhere(found, resolutions, items, resolver))
    }
    asked = [index for index, places in others.items() if len(places) > 1]
    answers = resolver.resolve_many([(items[index].demands, {}) for index in asked])
    steps = {
        (index, group.members, name): Step(name, newer=pin.version, older=group.verdict.pins[name])
        for index, answer in zip(asked, answers, strict=True)
        if isinstance(answer, Resolution)
        for group in others[index]
        for name, pin in answer.pins.items()
        if name in group.verdict.pins
    }
    far = resolver.calendar.too_far(steps.values(), resolver.project.lag, times=SHARED)
    pulled = [place for place, step in steps.items() if step in far]
    worth: dict[frozenset[int], int] = {}
    for index in asked:
        names = {
            group.members: [name for who, members, name in pulled if (who, members) == (index, group.members)]
            for group in others[index]
        }
        least = min(map(len, names.values()))
        if len(next(names[members] for members in names if index in members)) == least:
            continue  # there is no better place
        for members in (each for each in names if len(names[each]) > least):
            # Who brings most of what is pulled back, and is not pulled back with it, stands for all that do.
            blame = {
                other: sum(
                    name in _brought(other, resolutions, items) and (other, members, name) not in pulled
                    for name in names[members]
                )
                for other in members
                if other != index
            }
            culprit = max(blame, key=lambda each: (blame[each], -each), default=None)
            if culprit is not None and blame[culprit]:
                worth[frozenset({index, culprit})] = blame[culprit]
    return worth


def _older_elsewhere(
    found: Grouping, resolutions: Mapping[int, Resolution], items: Sequence[Item], resolver: Resolver
) -> set[int]:
    """Return which items have a dependency in a version that is far older than another group's."""
    versions = _versions(group.verdict.pins for group in found.groups)
    steps = {step for name, several in versions.items() for step in _steps(name, several)}
    older = {
        (step.name, step.older)
        for step in resolver.calendar.too_far(steps, resolver.project.lag, times=SHARED)
    }
    return {
        index
        for index, resolution in resolutions.items()
        if older
        and any(
            (name, resolution.pins[name].version) in older for name in _brought(index, resolutions, items)
        )
    }


def _brought(index: int, resolutions: Mapping[int, Resolution], items: Sequence[Item]) -> frozenset[str]:
    resolution = resolutions.get(index)
    if resolution is None:
        return frozenset()
    return frozenset[str]().union(*(resolution.reachable(each.name) for each in items[index].direct))


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
