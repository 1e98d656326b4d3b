"""Who lives where: unversioned distributions with the application, each versioned instance in one home."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.plan.instances import Instances
from orchestrator.plan.model import APPLICATION, Plan, PlannedEnvironment
from orchestrator.uv.model import version_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.plan.instances import Instance
    from orchestrator.plan.model import Knowledge
    from orchestrator.plan.versioned import Node
    from orchestrator.resolution.outcome import Groups, ResolvedGroup
    from orchestrator.uv.model import Pin


def make_plan(found: Groups, knowledge: Knowledge, isolated: frozenset[str] = frozenset()) -> Plan:
    """Return where every distribution of the groups is installed, and who sees it.

    An instance needed by several groups has its home in the first of them; the others borrow it. What a
    distribution finds in another group (`redirects`) is borrowed likewise.

    :param isolated: distributions of which each instance gets an environment of its own, which sees the rest
        of its group.
    """
    groups = found.groups
    instances = Instances(groups, knowledge, isolated)
    versioned = instances.versioned
    apart = _apart(groups, isolated & versioned)
    contested = {
        each.requirement
        for conflict in found.conflicts
        for member in conflict.members
        for each in member
        if each.importer is None
    }
    names = _EnvironmentNames(groups, versioned, apart, contested)
    home_of: dict[Instance, str] = {}
    own: dict[str, dict[str, Pin]] = {}
    residents: dict[str, Node] = {}
    for number, group in enumerate(groups):
        for name in _in_order(group, versioned):
            node = number, name
            instance = instances.of[node]
            if instance not in home_of:
                home = home_of[instance] = names.of(node)
                own.setdefault(home, {})[name] = group.resolution.pins[name]
                residents.setdefault(home, node)
    homes = tuple(
        {name: home_of[instances.of[number, name]] for name in _in_order(group, versioned)}
        for number, group in enumerate(groups)
    )
    environments = []
    for home, pins in own.items():
        number, name = residents[home]
        alone = residents[home] in apart
        seen = {**homes[number], **_found_elsewhere(groups[number], homes, name if alone else None)}
        environments.append(
            PlannedEnvironment(
                home,
                _requirements(groups[number], pins if alone else None),
                dict(sorted(pins.items())),
                borrowed={other: there for other, there in seen.items() if there != home},
            )
        )
    shared = {
        name: pin for group in groups for name, pin in group.resolution.pins.items() if name not in versioned
    }
    return Plan(
        groups=groups,
        application=PlannedEnvironment(
            APPLICATION,
            tuple(text for group in groups for text in group.requirements),
            dict(sorted(shared.items())),
        ),
        environments=tuple(_with_copies(environments)),
        versioned={
            name: _ascending(
                {group.resolution.pins[name].version for group in groups if name in group.resolution.pins}
            )
            for name in sorted(versioned)
        },
        conflicts=found.conflicts,
        lower_bound=found.lower_bound,
        proved=found.proved,
        homes=homes,
        isolated=isolated,
        doubled=instances.doubled,
    )


def _in_order(group: ResolvedGroup, versioned: frozenset[str]) -> list[str]:
    return [name for name in group.resolution.pins if name in versioned]


def _apart(groups: Sequence[ResolvedGroup], isolated: frozenset[str]) -> frozenset[Node]:
    """Return what cannot live with its group: isolated distributions, and those that need another version.

    The latter find a dependency elsewhere of which their own group holds a version, for others.
    """
    return frozenset(
        (number, name)
        for number, group in enumerate(groups)
        for name in group.resolution.pins
        if name in isolated or group.redirects.get(name, {}).keys() & group.resolution.pins.keys()
    )


def _found_elsewhere(
    group: ResolvedGroup, homes: Sequence[Mapping[str, str]], resident: str | None
) -> dict[str, str]:
    """Return what an environment of *group* sees of other groups: distribution → environment.

    :param resident: the distribution that has the environment to itself; None for the group's common one,
        where a version of the group's own comes first.
    """
    found = {
        dependency: homes[number][dependency]
        for importer, elsewhere in group.redirects.items()
        for dependency, number in elsewhere.items()
        if dependency in homes[number] and (importer == resident or dependency not in group.resolution.pins)
    }
    own = group.redirects.get(resident, {}) if resident is not None else {}
    return {
        **found,
        **{name: homes[number][name] for name, number in own.items() if name in homes[number]},
    }


def _requirements(group: ResolvedGroup, alone: Mapping[str, Pin] | None) -> tuple[str, ...]:
    """Return the direct requirements of an environment: the group's, or those for what lives there *alone*."""
    return tuple(
        text
        for text, name in zip(group.requirements, group.direct, strict=True)
        if alone is None or name in alone
    )


class _EnvironmentNames:
    """Names of environments: a group's after the first of its direct requirements that lives there.

    One that is in a conflict is preferred: it says what the group is there for. What else lives there may be the
    application's own, in the version that it asks for, and would seem to be somebody else's.
    """

    def __init__(
        self,
        groups: Sequence[ResolvedGroup],
        versioned: frozenset[str],
        apart: frozenset[Node],
        contested: Collection[str],
    ) -> None:
        self._taken = {APPLICATION}
        self._apart = apart
        self._given: dict[Node | int, str] = {}
        self._candidates = [
            _first(group, versioned - {name for there, name in apart if there == number}, contested)
            for number, group in enumerate(groups)
        ]

    def of(self, node: Node) -> str:
        """Return the name of the environment that an instance lives in if nobody has it yet."""
        alone = node in self._apart
        key = node if alone else node[0]
        if key not in self._given:
            wanted = node[1] if alone else self._candidates[node[0]]
            name, number = wanted, 2
            while name in self._taken:
                name = f"{wanted}-{number}"
                number += 1
            self._taken.add(name)
            self._given[key] = name
        return self._given[key]


def _first(group: ResolvedGroup, versioned: frozenset[str], contested: Collection[str]) -> str:
    """Name a group after what it is asked for; an alias is the better name for what has one."""
    asked = [
        *zip(group.direct, group.direct, group.requirements, strict=True),
        *((name, alias, group.aliases[alias]) for alias, name in group.aliased.items()),
        *((part.name, part.name, "") for part in group.parts),
    ]
    here = [(called, text) for name, called, text in asked if name in versioned]
    return next((called for called, text in here if text in contested), here[0][0] if here else asked[0][1])


def _with_copies(environments: Sequence[PlannedEnvironment]) -> list[PlannedEnvironment]:
    """Mark every distribution that stands in an earlier environment already, in the same version.

    glibc's ``dlopen`` tells libraries apart by inode: two hard links to one extension file are one library,
    whose static state would be set up twice.
    """
    seen: dict[str, set[str]] = defaultdict(set)
    marked = []
    for environment in environments:
        copied = frozenset(name for name, pin in environment.pins.items() if pin.specification in seen[name])
        for name, pin in environment.pins.items():
            seen[name].add(pin.specification)
        marked.append(replace(environment, copied=copied))
    return marked


def _ascending(versions: set[str]) -> tuple[str, ...]:
    return tuple(sorted(versions, key=version_key))
