"""Versions that only the installed distribution knows: of local projects with a dynamic version, and of URLs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.plan.model import Knowledge, Plan, PlannedEnvironment
    from orchestrator.uv.model import Pin, Release

_COMMIT = 40  # letters and digits of a commit that uv has looked up


def with_actual_versions(plan: Plan, knowledge: Knowledge) -> tuple[Plan, Knowledge]:
    """Return *plan* and *knowledge* with the versions that installing has brought to light."""
    actual = _actual(plan, knowledge)
    if not actual:
        return plan, knowledge

    def version_of(name: str, version: str) -> str:
        return actual.get((name, version), version)

    def pins(known: Mapping[str, Pin]) -> dict[str, Pin]:
        return {name: replace(pin, version=version_of(name, pin.version)) for name, pin in known.items()}

    def environment(known: PlannedEnvironment) -> PlannedEnvironment:
        return replace(known, pins=pins(known.pins))

    groups = tuple(
        replace(group, resolution=replace(group.resolution, pins=pins(group.resolution.pins)))
        for group in plan.groups
    )
    versioned = {
        name: tuple(version_of(name, version) for version in versions)
        for name, versions in plan.versioned.items()
    }
    contents = {
        (name, version_of(name, version)): found for (name, version), found in knowledge.contents.items()
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


def _actual(plan: Plan, knowledge: Knowledge) -> dict[Release, str]:
    """Return (canonical name, what stands for its version) → its version, of what is planned.

    Two commits of one version keep what tells them apart.
    """
    planned = {(name, pin.version) for group in plan.groups for name, pin in group.resolution.pins.items()}
    found = {
        release: knowledge.contents[release].version
        for release in planned & knowledge.contents.keys()
        if not _is_version(release[1])
    }
    meant = Counter((name, found.get((name, version), version)) for name, version in planned)
    return {release: version for release, version in found.items() if meant[release[0], version] == 1}


def _is_version(text: str) -> bool:
    """Whether it may be one; a commit of digits alone is none."""
    try:
        return len(str(Version(text).major)) < _COMMIT
    except InvalidVersion:
        return False
