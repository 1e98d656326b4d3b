"""Overrides of releases that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime_shim.overrides.rules import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.resolution.outcome import Groups
    from orchestrator.uv.model import Release
    from runtime_shim.overrides.rules import Rule


def idle(rules: Sequence[Rule], groups: Groups, itself: Release) -> tuple[Rule, ...]:
    """Return the rules of which *groups* do not hold every release that imports: they change nothing.

    :param itself: name and version of the project, which may be named like any other.
    """
    there = {comparable(itself)}
    for group in groups.groups:
        there |= {comparable((name, pin.version)) for name, pin in group.resolution.pins.items()}
    return tuple(rule for rule in rules if not there.issuperset(rule.condition))


def versions(groups: Groups, names: frozenset[str]) -> dict[str, frozenset[str]]:
    """Return in which versions some distributions are there."""
    return {
        name: frozenset(
            group.resolution.pins[name].version for group in groups.groups if name in group.resolution.pins
        )
        for name in names
    }
