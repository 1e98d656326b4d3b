"""Making a lock of what was resolved, planned and learned."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.lock.model import Lock, LockedEnvironment
from orchestrator.plan.model import Knowledge
from orchestrator.plan.views import environment_view

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.lock.model import LockInputs
    from orchestrator.plan.model import Plan, PlannedEnvironment
    from orchestrator.plan.views import View
    from orchestrator.resolution.outcome import Groups


def make_lock(
    inputs: LockInputs,
    groups: Groups,
    plan: Plan,
    knowledge: Knowledge,
    application: View,
    hashes: Mapping[tuple[str, str], tuple[str, ...]],
    root: Path,
) -> Lock:
    """Return the lock; of *knowledge* and *hashes* it keeps what concerns *groups*.

    :param plan: made from *groups* and *knowledge*.
    :param application: what the application sees.
    :param root: the project's folder, which is not named in the lock.
    """
    pinned = {(name, pin.version) for group in groups.groups for name, pin in group.resolution.pins.items()}
    names = {name for name, _ in pinned}
    return Lock(
        inputs=inputs,
        groups=replace(
            groups,
            conflicts=tuple(
                replace(conflict, reason=conflict.reason.replace(f"{root}/", ""))
                for conflict in groups.conflicts
            ),
            calls=0,
            seconds=0.0,
            setbacks=(),
        ),
        knowledge=Knowledge(
            {
                # The key's version: a local project may have another one with every commit.
                (name, version): replace(contents, version=version)
                for (name, version), contents in sorted(knowledge.contents.items())
                if (name, version) in pinned
            },
            frozenset(pair for pair in knowledge.clashes if pair <= names),
            frozenset(each for each in knowledge.kin if {each.name, each.host} <= names),
        ),
        hashes={key: found for key, found in sorted(hashes.items()) if key in pinned},
        environments=(
            _environment(plan.application, application),
            *(
                _environment(each, environment_view(each, plan, knowledge), application.imports)
                for each in plan.environments
            ),
        ),
    )


def _environment(
    environment: PlannedEnvironment, view: View, known: Mapping[str, str] = MappingProxyType({})
) -> LockedEnvironment:
    """Return what is told of an environment.

    :param known: imports that are told already: where many environments see the same, that would be most of the lock.
    """
    return LockedEnvironment(
        name=environment.name,
        pins=tuple(f"{name}=={pin.version}" for name, pin in sorted(environment.pins.items())),
        borrowed=dict(sorted(view.borrowed.items())),
        imports={name: home for name, home in sorted(view.imports.items()) if known.get(name) != home},
    )
