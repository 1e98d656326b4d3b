"""Distributions that belong together although neither requires the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from orchestrator.resolution.outcome import ResolvedGroup


class Kin(NamedTuple):
    """One distribution and another that it means something to."""

    name: str
    """The plug-in, or what can be there: canonical name."""
    host: str
    """What reads the plug-in's entry points, or can use it: canonical name."""
    kind: Literal["extends", "optional"]
    """``extends``: it has entry points that the host reads. ``optional``: the host requires it for an extra, or
    imports it without requiring it."""


def beside(name: str, host: str, groups: Collection[ResolvedGroup]) -> bool:
    """Whether *host* has *name* in its group: where the project requires the host itself, in that group.

    The project runs the host that it requires; that another group has a copy of the host helps nobody there.
    """
    holding = [group for group in groups if host in group.direct] or groups
    return any({name, host} <= group.resolution.pins.keys() for group in holding)
