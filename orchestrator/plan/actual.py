"""Versions that only the installed distribution knows: those of local projects with a dynamic version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.uv.model import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.plan.model import Knowledge, Plan, PlannedEnvironment
    from orchestrator.uv.model import Pin


def with_actual_versions(plan: Plan, knowledge: Knowledge) -> tuple[Plan, Knowledge]:
    """Return *plan* and *knowledge* with the versions that installing has brought to light."""
    actual = {
        name: contents.version for (name, version), contents in knowledge.contents.items() if version == LOCAL
    }
    if not actual:
        return plan, knowledge

    def pins(known: Mapping[str, Pin]) -> dict[str, Pin]:
        return {
            name: replace(pin, version=actual[name]) if pin.version == LOCAL and name in actual else pin
            for name, pin in known.items()
        }

    def environment(known: PlannedEnvironment) -> PlannedEnvironment:
        return replace(known, pins=pins(known.pins))

    groups = tuple(
        replace(group, resolution=replace(group.resolution, pins=pins(group.resolution.pins)))
        for group in plan.groups
    )
    versioned = {
        name: tuple(actual.get(name, version) if version == LOCAL else version for version in versions)
        for name, versions in plan.versioned.items()
    }
    contents = {
        (name, found.version if version == LOCAL else version): found
        for (name, version), found in knowledge.contents.items()
    }
    return (
        replace(
            plan,
            groups=groups,
            application=environment(plan.application),
            environments=tuple(map(environment, plan.environments)),
            versioned=versioned,
        ),
        replace(knowledge, contents=contents),
    )
