"""What each section of a project needs in a group of which other sections have requirements, too.

A resolution says who depends on whom, and not for the sake of which extra: where one section requires `black` and
another one `black[d]`, `black` depends on `aiohttp`. uv is asked what a section's requirements come to by themselves,
in the group's versions, wherever the edges could lead to more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.config.model import DirectRequirement
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.outcome import Groups, ResolvedGroup
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.uv.model import Demand


def with_reaches(found: Groups, items: Sequence[Sequence[Item]], resolver: Resolver) -> Groups:
    """Return the groups with what each section reaches in them, where their edges say more.

    :param items: what each group is of.
    :raises ResolutionError: the index cannot be reached.
    """
    groups = (
        _with_reaches(group, members, resolver) for group, members in zip(found.groups, items, strict=True)
    )
    return replace(found, groups=tuple(groups))


def _with_reaches(group: ResolvedGroup, items: Sequence[Item], resolver: Resolver) -> ResolvedGroup:
    owned = [(each, _demands(each, item)) for item in items for each in item.direct]
    if len({each.sections for each, _ in owned}) < 2:
        return group  # all of it is taken, or nothing
    pins = group.resolution.pins
    questions = {}
    for section in sorted({section for each, _ in owned for section in each.sections}):
        demands = [demand for each, found in owned if section in each.sections for demand in found]
        others = {
            name for each, _ in owned if section not in each.sections for name in (each.name, *each.added)
        }
        if _may_be_more(group.resolution, demands, others):
            questions[section] = demands
    if not questions:
        return group
    bounded = resolver.constrained(
        f"{name}=={pin.version}"
        for name, pin in pins.items()
        if pin.specification == f"{name}=={pin.version}"
    )
    answers = bounded.resolve_many([(demands, {}) for demands in questions.values()])
    reaches = {
        section: frozenset(answer.pins) & pins.keys()
        for (section, demands), answer in zip(questions.items(), answers, strict=True)
        if isinstance(answer, Resolution)
    }
    return replace(
        group,
        reaches={
            section: names
            for section, names in reaches.items()
            if names != _by_edges(group.resolution, questions[section])
        },
    )


def _demands(requirement: DirectRequirement, item: Item) -> list[Demand]:
    """Return the demands of an item that are there for one of its requirements."""
    return [
        each
        for each in item.demands
        if (each.name if len(each.chain) == 1 else each.chain[1][0]) == requirement.name
    ]


def _by_edges(resolution: Resolution, demands: Iterable[Demand]) -> frozenset[str]:
    names = (name for demand in demands for name in demand.names if name in resolution.pins)
    return frozenset[str]().union(*map(resolution.reachable, names))


def _may_be_more(resolution: Resolution, demands: Iterable[Demand], others: set[str]) -> bool:
    """Whether something that is reached depends on something, and is there for somebody else as well.

    Only somebody else can have asked for an extra of it that is not wanted here.
    """
    reached = _by_edges(resolution, demands)
    shared = others | {
        name for requirer, needed in resolution.requires.items() if requirer not in reached for name in needed
    }
    return any(resolution.requires.get(name) for name in reached & shared)
