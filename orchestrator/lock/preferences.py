"""What a new resolution keeps of a lock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.plan.model import Groups
    from orchestrator.request import Request


def preferred(groups: Groups, request: Request) -> Groups:
    """Return *groups* without the pins that *request* wants to be chosen anew.

    Who is with whom stays a preference in any case: upgrading reshuffles nothing that need not move.
    """
    if request.upgrade:
        return _keeping(groups, lambda _: False)
    if request.upgrade_packages:
        return _keeping(groups, lambda name: name not in request.upgrade_packages)
    return groups


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
