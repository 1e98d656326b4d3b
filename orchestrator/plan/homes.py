"""Who lives where: unversioned distributions with the application, each versioned instance in one home."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from orchestrator.plan.model import (
    APPLICATION,
    Environment,
    Knowledge,
    Plan,
    PlannedConflict,
    PlannedGroup,
)
from orchestrator.plan.versioned import edges, versioned_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.resolution.model import Pin

Instance = tuple[str, frozenset[tuple[str, str]]]
"""A distribution with everything versioned that it needs: installed once, wherever it is used."""


def make_plan(
    groups: Sequence[PlannedGroup],
    conflicts: Sequence[PlannedConflict],
    knowledge: Knowledge,
    *,
    lower_bound: int,
    proved: bool,
) -> Plan:
    """Return where every distribution of *groups* is installed, and who sees it.

    An instance needed by several groups has its home in the first of them; the others borrow it.
    """
    versioned = versioned_names([group.resolution for group in groups], knowledge)
    shared: dict[str, Pin] = {}
    homes: dict[Instance, str] = {}
    environments: list[Environment] = []
    names = _names(groups, versioned)
    for group, name in zip(groups, names, strict=True):
        own: dict[str, Pin] = {}
        borrowed: dict[str, str] = {}
        instances = _instances(group, versioned, knowledge)
        for distribution, pin in group.resolution.pins.items():
            if distribution not in versioned:
                shared[distribution] = pin
                continue
            home = homes.setdefault(instances[distribution], name)
            if home == name:
                own[distribution] = pin
            else:
                borrowed[distribution] = home
        if own or borrowed:
            environments.append(Environment(name, group.requirements, own, borrowed=borrowed))
    return Plan(
        groups=tuple(groups),
        application=Environment(
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
        conflicts=tuple(conflicts),
        lower_bound=lower_bound,
        proved=proved,
    )


def _instances(group: PlannedGroup, versioned: frozenset[str], knowledge: Knowledge) -> dict[str, Instance]:
    needed = edges(group.resolution, knowledge)
    pins = group.resolution.pins
    found: dict[str, Instance] = {}
    for name in pins.keys() & versioned:
        closure: set[str] = set()
        waiting = [name]
        while waiting:
            current = waiting.pop()
            if current in versioned and current not in closure:
                closure.add(current)
                waiting.extend(needed[current])
        found[name] = (name, frozenset((member, pins[member].specification) for member in closure))
    return found


def _names(groups: Sequence[PlannedGroup], versioned: frozenset[str]) -> list[str]:
    """Name each environment after the first of its direct requirements that is versioned."""
    taken: set[str] = set()
    names = []
    for group in groups:
        candidates = [name for name in group.direct if name in versioned] or list(group.direct)
        name = candidates[0]
        number = 2
        while name in taken or name == APPLICATION:
            name = f"{candidates[0]}-{number}"
            number += 1
        taken.add(name)
        names.append(name)
    return names


def _with_copies(environments: Sequence[Environment]) -> list[Environment]:
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
        marked.append(
            Environment(
                environment.name, environment.requirements, environment.pins, copied, environment.borrowed
            )
        )
    return marked


def _ascending(versions: set[str]) -> tuple[str, ...]:
    return tuple(sorted(versions, key=_version_key))


def _version_key(version: str) -> tuple[int, Version, str]:
    try:
        return 1, Version(version), version
    except InvalidVersion:
        return 0, Version("0"), version
