"""``mvenv build --dry-run``: what a build would change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.config.request import LockUse
from orchestrator.environments import ownership
from orchestrator.environments.site import is_complete
from orchestrator.install import installer
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.built_request import asks_for_what_is_built
from orchestrator.pipeline.converge import hashes_of, planned
from orchestrator.pipeline.elsewhere import reasons
from orchestrator.pipeline.inputs import read_inputs
from orchestrator.pipeline.same_outcome import in_place
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.model import APPLICATION
from orchestrator.state import freshness
from orchestrator.state.record import read_record
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.paths import relative_nearby
from orchestrator.uv.run import builds_told_to, network_use

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.request import Request
    from orchestrator.plan.model import Plan
    from orchestrator.resolution.outcome import Groups
    from orchestrator.state.documents import GraphDocument
    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class EnvironmentChange:
    """What would become of one environment."""

    name: str
    action: str
    """``make``, ``replace``, ``remove`` or ``keep``."""
    path: str
    """Its folder then, relative to the project; of one that is removed, its folder now."""
    added: Mapping[str, str] = field(default_factory=dict)
    """Distribution → version."""
    removed: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Distribution → version now, version then."""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a build would do, as far as that is known before anything is installed."""

    is_fresh: bool
    """Nothing at all."""
    lock: str
    """What would become of the lock: ``make``, ``replace`` or ``keep``."""
    reasons: tuple[str, ...] = ()
    """Why the lock would not do."""
    environments: tuple[EnvironmentChange, ...] = ()
    groups: Groups | None = None
    """Of what is selected."""


def dry_run_of(pyproject: Path, reporter: Reporter, request: Request) -> DryRun:
    """Return what :func:`orchestrator.pipeline.build.build` would do; touches nothing in the project.

    :raises MvenvError: where a build would, before it installs.
    """
    root = pyproject.parent
    record = read_record(root)
    if (
        record is not None
        and freshness.is_fresh(root, record)
        and asks_for_what_is_built(request, record["request"])
    ):
        return DryRun(is_fresh=True, lock="keep")
    with reporter.progress(), network_use(request), builds_told_to(reporter):
        ownership.check(root, replaces=request.replace)
        inputs = read_inputs(pyproject, request, record)
        elsewhere = reasons(inputs) if request.lock is LockUse.UPDATE else ()
        if in_place(inputs) is not None and not elsewhere:
            return DryRun(is_fresh=True, lock="keep")
        knowledge = inputs.knowledge()
        groups = resolve(inputs, knowledge, reporter)
        chosen = inputs.of_selected(groups, knowledge)
        plan = planned(inputs, chosen, knowledge)
        hashes = hashes_of(inputs, groups)
        sites = inputs.housing.housed(installer.isolated_sites(plan, root, inputs.interpreter, hashes))
    folders = {site.environment.name: relative_nearby(site.lives_at, root) for site in sites}
    complete = frozenset(site.environment.name for site in sites if is_complete(site))
    actual, _ = with_actual_versions(plan, knowledge)
    lacking = inputs.lock is not None and inputs.lock.hashes != hashes
    unlike = (
        inputs.lock is None
        or inputs.lock.groups.groups != groups.groups
        or bool(inputs.outdated or elsewhere)
        or lacking
    )
    lock = "keep"
    if unlike and request.lock is LockUse.UPDATE:
        lock = "make" if inputs.lock is None else "replace"
    changes = changed_environments(None if record is None else record["graph"], actual, folders, complete)
    return DryRun(False, lock, (*inputs.outdated, *elsewhere), changes, chosen)


def changed_environments(
    graph: GraphDocument | None, plan: Plan, folders: Mapping[str, str], complete: frozenset[str]
) -> tuple[EnvironmentChange, ...]:
    """Compare what is built with a plan: the application, then the environments of the plan, then those that go.

    :param graph: the graph document of what is built, None if nothing is.
    :param folders: isolated environment → its folder in the plan.
    :param complete: isolated environments that are on disk with exactly the planned content.
    """
    now: dict[str, tuple[str, dict[str, str]]] = {}
    if graph is not None:
        for built in (graph["application"], *graph["environments"]):
            now[built["name"]] = (
                built["path"],
                {distribution["name"]: distribution["version"] for distribution in built["distributions"]},
            )
    changes = []
    for environment in plan.everywhere():
        held = now.pop(environment.name, None)
        before = {} if held is None else held[1]
        then = {name: pin.version for name, pin in environment.pins.items()}
        action = "make" if held is None else "replace"
        if environment.name in complete or (environment.name == APPLICATION and held and before == then):
            action = "keep"
        changes.append(
            EnvironmentChange(
                name=environment.name,
                action=action,
                path=folders.get(environment.name, APPLICATION_FOLDER),
                added={name: then[name] for name in sorted(then.keys() - before.keys())},
                removed={name: before[name] for name in sorted(before.keys() - then.keys())},
                changed={
                    name: (before[name], then[name])
                    for name in sorted(before.keys() & then.keys())
                    if before[name] != then[name]
                },
            )
        )
    changes += [
        EnvironmentChange(name, "remove", path, removed=dict(sorted(held.items())))
        for name, (path, held) in now.items()
    ]
    return tuple(changes)
