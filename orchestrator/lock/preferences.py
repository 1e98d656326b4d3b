"""What a new resolution keeps of a lock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestrator.uv.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from packaging.specifiers import SpecifierSet

    from orchestrator.config.request import Request
    from orchestrator.lock.model import Lock, LockInputs
    from orchestrator.resolution.outcome import Groups
    from orchestrator.uv.model import Pin


def preferred(
    lock: Lock,
    now: LockInputs,
    request: Request,
    built_here: frozenset[str] = frozenset(),
    idle: Collection[str] = (),
) -> Groups:
    """Return the groups of *lock* without the pins that are to be chosen anew.

    Those are the pins that *request* upgrades, those that would have to be compiled here, and those of distributions
    about which the overrides say something else than when the lock was made: a version that was forced is nobody's
    choice. Nor is one a preference anywhere that the project itself no longer allows: a bound that was raised for
    safety's sake is to reach everybody. Who is with whom stays a preference in any case: upgrading reshuffles nothing
    that need not move.

    :param now: what decides the answer today.
    :param built_here: canonical names of what has wheels for others, and none for today's Python.
    :param idle: overrides that change nothing, as `LockInputs.overrides` has them.
    """
    if request.upgrade:
        return _keeping(lock.groups, lambda _: False)
    changed = (set(lock.inputs.overrides) ^ set(now.overrides)).difference(idle)
    forced = {rule.rpartition(" → ")[2].partition(" ")[0] for rule in changed}
    anew = request.upgrade_packages | forced | built_here
    before, today = _bounds(lock.inputs), _bounds(now)
    bounds = {name: found for name, found in today.items() if before.get(name) != found}

    def is_kept(pin: Pin) -> bool:
        return pin.name not in anew and (
            pin.name not in bounds
            or _allows(bounds[pin.name], pin.version)
            or not _allows(before.get(pin.name, ()), pin.version)
        )

    return _keeping(lock.groups, is_kept) if anew or bounds else lock.groups


def _bounds(inputs: LockInputs) -> dict[str, tuple[SpecifierSet, ...]]:
    """Return what the project says of distributions that it requires under their own names."""
    found: dict[str, tuple[SpecifierSet, ...]] = {}
    for entry in inputs.requirements:
        if not entry.alias:
            requirement = Requirement(entry.text)
            name = canonicalize_name(requirement.name)
            found[name] = (*found.get(name, ()), requirement.specifier)
    return found


def _allows(bounds: Sequence[SpecifierSet], version: str) -> bool:
    return not bounds or version == LOCAL or any(each.contains(version, prereleases=True) for each in bounds)


def _keeping(groups: Groups, is_kept: Callable[[Pin], bool]) -> Groups:
    return replace(
        groups,
        groups=tuple(
            replace(
                group,
                resolution=replace(
                    group.resolution,
                    pins={name: pin for name, pin in group.resolution.pins.items() if is_kept(pin)},
                ),
            )
            for group in groups.groups
        ),
    )
