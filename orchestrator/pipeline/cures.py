"""What to write so that an import which has failed works: found by trying, after what is installed is in place."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.config.request import LockUse
from orchestrator.errors import MvenvError
from orchestrator.install import recorded_imports, rehearsal
from orchestrator.install.advice import plain_name
from orchestrator.resolution.cures import CureFinder
from orchestrator.resolution.items import item_of
from orchestrator.resolution.resolver import Resolver
from orchestrator.uv.model import Resolution
from runtime_shim.overrides.rules import rules

if TYPE_CHECKING:
    from orchestrator.install.advice import Advised
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.ready import Ready
    from orchestrator.pipeline.trial import Trial
    from orchestrator.plan.model import Plan
    from orchestrator.resolution.outcome import ResolvedGroup
    from orchestrator.system.console import Reporter
    from orchestrator.uv.model import Demand

SECONDS = 60.0
"""So long is looked for cures in one build; an import that is being tried then is waited for."""
SECONDS_ASKED_FOR = 1200.0
"""The same where that is what somebody has asked for."""


class _OutOfTimeError(Exception):
    """The search takes too long."""


def with_cures(inputs: BuildInputs, ready: Ready, trial: Trial, reporter: Reporter) -> Trial:
    """Return what came of a trial with the constraints that would let more of it work.

    Nothing is looked for where the lock is not to change, and what the last build has found for the same failure holds.
    """
    if not trial.failures or trial.imports is None or inputs.request.lock is not LockUse.UPDATE:
        return trial
    again = inputs.request.try_again
    found = () if inputs.record is None else recorded_imports.failed(inputs.record)
    known = {_key(each): each for each in found if each.cure or (each.sought and not again)}
    deadline = time.monotonic() + (SECONDS_ASKED_FOR if again else SECONDS)
    failures = []
    for each in trial.failures:
        before = known.get(_key(each))
        if before is not None:
            failures.append(replace(before, failure=each.failure))
            continue
        try:
            cure = _cure(each, inputs, ready, deadline, reporter)
        except _OutOfTimeError:
            failures.append(each.sought_further())
        else:
            failures.append(each.cured(cure) if cure else replace(each, sought=True))
    return replace(
        trial,
        failures=tuple(failures),
        imports={**trial.imports, "failed": recorded_imports.entries(failures)},
    )


def _key(advised: Advised) -> tuple[str, str, str]:
    failure = advised.failure
    return failure.requirement, failure.module, failure.message


def _cure(
    advised: Advised, inputs: BuildInputs, ready: Ready, deadline: float, reporter: Reporter
) -> tuple[str, ...]:
    plan, failure = ready.converged.plan, advised.failure
    group = plan.groups[failure.group]
    demand = _demand(failure.requirement, group, inputs)
    if demand is None:
        return ()
    reporter.stage(f"Looking for what lets `{failure.requirement}` be imported")
    installed = _installed(demand.name, group, plan)
    if installed is None:
        return ()
    module = plain_name(failure.module, installed.pins[demand.name].version)

    def works(resolution: Resolution) -> bool:
        if time.monotonic() > deadline:
            raise _OutOfTimeError
        return rehearsal.imports(module, resolution, inputs.project, inputs.interpreter)

    resolver = Resolver(inputs.project, inputs.interpreter, rules(inputs.overrides))
    beside = {name: pin.version for name, pin in group.resolution.pins.items()}
    try:
        return CureFinder(resolver, demand, installed, works, beside).find(advised.guess)
    except MvenvError:  # the build is done; there only is nothing to advise
        return ()


def _demand(key: str, group: ResolvedGroup, inputs: BuildInputs) -> Demand | None:
    """Return what the project requires under a name in `[tool.mvenv.constraints]`, in the version that is installed."""
    requirement = next((each for each in inputs.selected if key == (each.alias or each.name)), None)
    pin = None if requirement is None else group.resolution.pins.get(requirement.name)
    if requirement is None or pin is None:
        return None
    [demand] = item_of((requirement,), (inputs.project.name, inputs.project.version)).demands
    if pin.specification != f"{pin.name}=={pin.version}":
        return demand  # a folder or a URL has one version
    return replace(demand, constraints=(*demand.constraints, pin.specification))


def _installed(name: str, group: ResolvedGroup, plan: Plan) -> Resolution | None:
    """Return how a requirement is installed, with its dependencies; None if they are in several groups."""
    pins, requires = group.resolution.pins, group.resolution.requires
    reached = group.resolution.reachable(name)
    if not reached.isdisjoint(group.redirects) or plan.isolated & reached - {name}:
        return None
    return Resolution(
        {each: pins[each] for each in reached},
        {each: requires.get(each, frozenset()) for each in reached},
        frozenset({name}),
    )
