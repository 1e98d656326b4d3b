"""The groups of a project: the lock's where they are what is asked for, else as near to them as can be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.faults import did_you_mean, quote
from orchestrator.errors import ConfigError
from orchestrator.lock import hashes
from orchestrator.lock.inputs import same_platform
from orchestrator.lock.preferences import preferred
from orchestrator.lock.several import answers, shown
from orchestrator.resolution.groups import find_groups
from orchestrator.resolution.idle_overrides import idle, versions
from runtime_shim.overrides.rules import rules

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Knowledge
    from orchestrator.resolution.outcome import Groups, Unusable
    from orchestrator.system.console import Reporter
    from runtime_shim.overrides.rules import Rule


def resolve(
    inputs: BuildInputs,
    knowledge: Knowledge,
    reporter: Reporter,
    *,
    latest: Groups | None = None,
    anew: bool = False,
    unusable: Collection[Unusable] = (),
) -> Groups:
    """Return the lock's groups if they are what is asked for; else find groups that are as near as can be.

    :param latest: an answer that installing has refuted since.
    :param anew: search even if the lock answers.
    :param unusable: what has been installed together and did not work.
    :raises ConfigError: what is to be upgraded is no distribution of the project.
    """
    if latest is None and inputs.answer is not None and not anew:
        return inputs.answer
    if inputs.lock is not None and not inputs.outdated:
        _check_upgrades(inputs, inputs.lock.groups)
    decided = rules(inputs.overrides)
    whose = f" for {shown(*inputs.interpreter.made_for)}" if inputs.interpreter.target else ""
    reporter.stage(f"Resolving {len(inputs.requirements)} requirements{whose}")

    def find(decided: Sequence[Rule], previous: Groups | None) -> Groups:
        return find_groups(
            inputs.project,
            inputs.requirements,
            inputs.interpreter,
            knowledge.clashes,
            reporter,
            rules=decided,
            previous=previous,
            solve_timeout=inputs.request.solve_timeout,
            refresh=inputs.request.upgrade or bool(inputs.request.upgrade_packages),
            kin=sorted(knowledge.kin),
            unusable=unusable,
            settled={} if previous is None else _settled(inputs, previous),
            resolvers=inputs.resolvers,
        )

    found = find(decided, latest or _previous(inputs))
    _check_upgrades(inputs, found)
    useless = idle_overrides(inputs, found)
    if useless:
        # What they say of a dependency has cost it the version that it had.
        useful = tuple(rule for rule in decided if rule not in useless)
        previous = latest or _previous(inputs, frozenset(map(str, useless)))
        names = frozenset(rule.dependency for rule in useless) - {rule.dependency for rule in useful}
        if previous is not None and _has_moved(versions(previous, names), versions(found, names)):
            again = find(useful, previous)
            found = again if idle_overrides(inputs, again) == useless else found
    return _as_before(found, inputs)


def idle_overrides(inputs: BuildInputs, groups: Groups) -> tuple[Rule, ...]:
    """Return the overrides that change nothing in *groups*: not all that they name as importers is there."""
    itself = canonicalize_name(inputs.project.name), inputs.project.version
    return idle(rules(inputs.overrides), groups, itself)


def _previous(inputs: BuildInputs, useless: frozenset[str] = frozenset()) -> Groups | None:
    if inputs.lock is None:
        return None
    return preferred(inputs.lock, inputs.lock_inputs, inputs.request, _built_here(inputs), useless)


def _settled(inputs: BuildInputs, previous: Groups) -> dict[str, frozenset[str]]:
    """Return the versions in which the lock has what the project requires, as far as they are still preferred.

    None of them if it was made with another idea of what is too old.
    """
    lock, now = inputs.lock, inputs.lock_inputs
    if lock is None or (lock.inputs.prefer, lock.inputs.lag) != (now.prefer, now.lag):
        return {}
    found: dict[str, frozenset[str]] = {}
    for group in previous.groups:
        for name in group.direct:
            pin = group.resolution.pins.get(name)
            if pin is not None:
                found[name] = found.get(name, frozenset()) | {pin.version}
    return found


def _has_moved(before: dict[str, frozenset[str]], now: dict[str, frozenset[str]]) -> bool:
    return any(found and found != now[name] for name, found in before.items())


def _check_upgrades(inputs: BuildInputs, groups: Groups) -> None:
    """Refuse to upgrade what is not there."""
    known = {name for group in groups.groups for name in group.resolution.pins}
    if inputs.lock is not None:
        found = (group for each in answers(inputs.lock) for group in each.groups.groups)
        known |= {name for group in found for name in group.resolution.pins}
    for name in sorted(inputs.request.upgrade_packages - known):
        raise ConfigError(
            f"there is no distribution {quote(name)} in the project to upgrade",
            hints=(did_you_mean(name, sorted(known), otherwise="there are"),),
        )


def _built_here(inputs: BuildInputs) -> frozenset[str]:
    """Return what a lock of another Python or platform pins and would have to be compiled for today's."""
    lock = inputs.lock
    if lock is None or same_platform(lock.inputs, inputs.lock_inputs):
        return frozenset()
    pins = [pin for group in lock.groups.groups for pin in group.resolution.pins.values()]
    return hashes.built_here(pins, lock.hashes, inputs.project, inputs.interpreter)


def _as_before(found: Groups, inputs: BuildInputs) -> Groups:
    """Return the lock's answer instead if it is the same: of several reasons to be apart a search finds some."""
    lock = inputs.lock
    if lock is None or inputs.outdated or not lock.groups.proved or lock.groups.groups != found.groups:
        return found
    return replace(lock.groups, calls=found.calls, seconds=found.seconds, setbacks=found.setbacks)
