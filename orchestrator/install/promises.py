"""What the metadata of installed distributions says of their commands, and of what only extras require."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.install.extras import extras_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.environments.site import Staged
    from orchestrator.plan.model import Plan
    from orchestrator.uv.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Promises:
    """What one distribution says of itself."""

    commands: Mapping[str, str] = field(default_factory=dict)
    """Console or GUI script → what it calls, ``module:attribute``, without those that need an extra."""
    extras: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Extra, as it spells it → canonical names of what it requires beyond the rest."""


def promises(staged: Staged, plan: Plan, interpreter: Interpreter) -> dict[tuple[str, str], Promises]:
    """Return (canonical name, version) → what it says, for all that is asked for: requirements, aliases, parts."""
    names = {
        name
        for group in plan.groups
        for name in (*group.direct, *group.aliased.values(), *(part.name for part in group.parts))
    }
    found: dict[tuple[str, str], Promises] = {}
    planned = {environment.name: environment for environment in plan.everywhere()}
    for site in staged.everywhere():
        folder = venv.site_packages(site.folder, interpreter)
        for name, pin in planned[site.environment.name].pins.items():
            if name in names:
                for distribution in metadata.distributions(name=name, path=[str(folder)]):
                    found[name, pin.version] = read(distribution)
    return found


def read(distribution: metadata.Distribution) -> Promises:
    """Return what one distribution says of itself; of files that are no metadata nothing."""
    try:
        commands = {
            entry.name: f"{entry.module}:{entry.attr}" if entry.attr else entry.module
            for group in ("console_scripts", "gui_scripts")
            for entry in distribution.entry_points.select(group=group)
            if entry.pattern.match(entry.value) and not entry.extras
        }
    # Of importlib.metadata, which expects what build back ends write.
    except (ValueError, TypeError, LookupError):
        commands = {}
    needed: set[str] = set()
    extras: dict[str, set[str]] = {}
    for text in _requires(distribution):
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        name = canonicalize_name(requirement.name)
        asking = extras_in(str(requirement.marker or ""))
        for extra in asking:
            extras.setdefault(extra, set()).add(name)
        if not asking:
            needed.add(name)
    return Promises(
        commands,
        {extra: frozenset(names - needed) for extra, names in extras.items()},
    )


def _requires(distribution: metadata.Distribution) -> list[str]:
    try:
        return distribution.requires or []
    except (ValueError, TypeError, LookupError):
        return []
