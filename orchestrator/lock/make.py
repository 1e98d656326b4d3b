"""Making a lock of what was resolved, planned and learned."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.lock.model import Lock, LockedEnvironment
from orchestrator.plan.common_view import views_of
from orchestrator.plan.model import Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.lock.model import LockInputs
    from orchestrator.plan.common_view import Views
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
        environments=tuple(_environments(plan, application, views_of(plan, knowledge, application))),
    )


def _environments(plan: Plan, application: View, views: Views) -> Iterator[LockedEnvironment]:
    """Yield what is told of each environment; of what one imports only what the application has not told already.

    Where many environments see the same, that would be most of the lock.
    """
    yield _environment(plan.application, application.borrowed, application.imports)
    common = views.common_imports
    others = [
        name for name in views.application.imports if name in common
    ]  # the application has not what most have
    for environment in plan.environments:
        seen = views.environments[environment.name]
        imports = {
            name: home
            for name, home in seen.imports.items()
            if home is not None and application.imports.get(name) != home
        }
        imports.update((name, common[name]) for name in others if name not in seen.imports)
        yield _environment(environment, {**environment.borrowed, **environment.optional}, imports)


def _environment(
    environment: PlannedEnvironment, borrowed: Mapping[str, str], imports: Mapping[str, str]
) -> LockedEnvironment:
    return LockedEnvironment(
        name=environment.name,
        pins=tuple(f"{name}=={pin.version}" for name, pin in sorted(environment.pins.items())),
        borrowed=dict(sorted(borrowed.items())),
        imports=dict(sorted(imports.items())),
    )
