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

    The project runs the host that it requires; that another group has a copy of the host helps nobody there. If it
    requires the host through others, that is one which the plug-in has not brought itself, where there is such a one.
    """
    holding = [group for group in groups if host in group.direct]
    if not holding:
        having = [group for group in groups if host in group.resolution.pins]
        holding = [group for group in having if not _only_through(name, host, group)] or having
    return any({name, host} <= group.resolution.pins.keys() for group in holding)


def _only_through(name: str, host: str, group: ResolvedGroup) -> bool:
    """Whether *host* is in a group for the sake of one of its requirements alone."""
    return name in group.direct and not any(
        host in group.resolution.reachable(each) for each in group.direct if each != name
    )
