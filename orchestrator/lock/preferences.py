"""What a new resolution keeps of a lock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.config.request import Request
    from orchestrator.lock.model import Lock, LockInputs
    from orchestrator.resolution.outcome import Groups


def preferred(
    lock: Lock, now: LockInputs, request: Request, built_here: frozenset[str] = frozenset()
) -> Groups:
    """Return the groups of *lock* without the pins that are to be chosen anew.

    Those are the pins that *request* upgrades, those that would have to be compiled here, and those of distributions
    about which the overrides say something else than when the lock was made: a version that was forced is nobody's
    choice. Who is with whom stays a preference in any case: upgrading reshuffles nothing that need not move.

    :param now: what decides the answer today.
    :param built_here: canonical names of what has wheels for others, and none for today's Python.
    """
    if request.upgrade:
        return _keeping(lock.groups, lambda _: False)
    changed = set(lock.inputs.overrides) ^ set(now.overrides)
    forced = {rule.rpartition(" → ")[2].partition(" ")[0] for rule in changed}
    anew = request.upgrade_packages | forced | built_here
    return _keeping(lock.groups, lambda name: name not in anew) if anew else lock.groups


def _keeping(groups: Groups, is_kept: Callable[[str], bool]) -> Groups:
    return replace(
        groups,
        groups=tuple(
            replace(
                group,
                resolution=replace(
                    group.resolution,
                    pins={name: pin for name, pin in group.resolution.pins.items() if is_kept(name)},
                ),
            )
            for group in groups.groups
        ),
    )
