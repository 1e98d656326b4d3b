"""The plan as plain data: what ``mvenv graph --format json`` prints and what a build records."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from orchestrator.plan.model import APPLICATION
from orchestrator.system.names import APPLICATION_FOLDER, GRAPH_SCHEMA
from orchestrator.system.paths import relative_nearby

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.plan.model import Plan, PlannedEnvironment
    from orchestrator.resolution.outcome import ResolvedConflict, ResolvedGroup
    from orchestrator.state.documents import (
        AliasEntry,
        ConflictEntry,
        DirectEntry,
        GraphDocument,
        Held,
        NameAndVersion,
        PartEntry,
    )


def graph_document(
    plan: Plan,
    project: Project,
    folders: Mapping[str, Path],
    seen: Mapping[str, str],
    *,
    requirements: Sequence[DirectRequirement] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> GraphDocument:
    """Return the plan as JSON-able data.

    Groups are known by their position: `dependencies`, `homes` and `redirects` run parallel to `groups`, and
    whatever else belongs to a group has its number.

    :param folders: environment name → where it lives, absolute.
    :param seen: distribution → environment, of what the application sees and an environment holds.
    :param requirements: what the build took in (:func:`orchestrator.config.selection.selected`), for the places
        of the direct requirements; everything that the project names if it is not given.
    :param overrides: the content of custom_dependencies_versions.json that is in force.
    """
    asked = tuple(_everything(project) if requirements is None else requirements)
    return {
        "schema": GRAPH_SCHEMA,
        "project": {"name": project.name, "version": project.version},
        "groups": [list(group.requirements) for group in plan.groups],
        "dependencies": [_dependencies(group, asked) for group in plan.groups],
        "homes": [_homes(number, plan) for number in range(len(plan.groups))],
        "redirects": [
            {importer: dict(elsewhere) for importer, elsewhere in group.redirects.items()}
            for group in plan.groups
        ],
        "environments": [
            {
                "name": environment.name,
                "path": relative_nearby(folders[environment.name], project.root),
                "requirements": list(environment.requirements),
                "distributions": _distributions(environment),
                "borrowed": {**environment.borrowed, **environment.optional},
            }
            for environment in plan.environments
        ],
        "application": {
            "name": APPLICATION,
            "path": APPLICATION_FOLDER,
            "distributions": _distributions(plan.application),
            "sees": dict(seen),
        },
        "conflicts": [_conflict(conflict) for conflict in dict.fromkeys(plan.conflicts)],
        "lower_bound": plan.lower_bound,
        "proved": plan.proved,
        "versioned": {name: list(versions) for name, versions in plan.versioned.items()},
        "direct": _direct(plan, asked),
        "parts": _parts(plan),
        "aliases": _aliases(plan, project),
        "isolated": sorted(plan.isolated & plan.versioned.keys()),
        "overrides": dict(overrides or {}),
    }


def _conflict(conflict: ResolvedConflict) -> ConflictEntry:
    return {
        "requirements": list(conflict.requirements),
        "members": [
            [
                {
                    "requirement": each.requirement,
                    "importer": None
                    if each.importer is None
                    else {"name": each.importer[0], "version": each.importer[1]},
                }
                for each in member
            ]
            for member in conflict.members
        ],
        "reason": conflict.reason,
        "about": sorted(conflict.about),
    }


def _everything(project: Project) -> Iterable[DirectRequirement]:
    aliases = (alias.requirement for alias in project.aliases)
    return chain(project.requirements, *project.extras.values(), *project.groups.values(), aliases)


def _distributions(environment: PlannedEnvironment) -> list[NameAndVersion]:
    return [{"name": name, "version": pin.version} for name, pin in environment.pins.items()]


def _dependencies(group: ResolvedGroup, asked: Iterable[DirectRequirement]) -> dict[str, list[str]]:
    """Return who depends on whom in a group; what `[tool.mvenv.constraints]` adds counts as depended on.

    So does what is found in another group.
    """
    pins = group.resolution.pins
    needed = {
        name: {*group.resolution.requires.get(name, ()), *group.redirects.get(name, ())} for name in pins
    }
    for requirement in asked:
        taken = requirement.text in group.requirements
        if requirement.alias:
            taken = group.aliases.get(requirement.alias) == requirement.text
        if taken and requirement.name in needed:
            needed[requirement.name] |= requirement.added & pins.keys() - {requirement.name}
    return {name: sorted(others) for name, others in needed.items()}


def _homes(number: int, plan: Plan) -> dict[str, str]:
    """Return where the distributions of a group are installed: distribution → environment."""
    apart = plan.homes[number] if plan.homes else {}
    return {name: apart.get(name, APPLICATION) for name in plan.groups[number].resolution.pins}


def _direct(plan: Plan, asked: Iterable[DirectRequirement]) -> list[DirectEntry]:
    """Each direct requirement with where it is written, and the environment that holds it."""
    entries: dict[str, list[str]] = {}
    for requirement in asked:
        if not requirement.alias:
            entries.setdefault(requirement.text, []).append(requirement.entry)
    found: list[DirectEntry] = []
    for number, group in enumerate(plan.groups):
        for text, name in zip(group.requirements, group.direct, strict=True):
            written = entries.get(text, [])
            # Entries of one text that differ in their constraints are requirements of their own.
            entry = written.pop(0) if len(written) > 1 else "".join(written)
            found.append({"entry": entry, **_held(text, name, number, plan)})
    return found


def _parts(plan: Plan) -> list[PartEntry]:
    """What is in a group for a distribution of another one."""
    return [
        {
            "importer": {"name": part.importer[0], "version": part.importer[1]},
            **_held(part.requirement, part.name, number, plan),
        }
        for number, group in enumerate(plan.groups)
        for part in group.parts
    ]


def _aliases(plan: Plan, project: Project) -> list[AliasEntry]:
    """What the application imports under another name."""
    entries = {alias.requirement.alias: alias.requirement.entry for alias in project.aliases}
    return [
        {
            "name": name,
            "entry": entries.get(name, ""),
            **_held(text, group.aliased[name], number, plan),
        }
        for number, group in enumerate(plan.groups)
        for name, text in group.aliases.items()
    ]


def _held(requirement: str, name: str, number: int, plan: Plan) -> Held:
    """Return where what was asked for is; no version if it came to nothing."""
    pin = plan.groups[number].resolution.pins.get(name)
    return {
        "requirement": requirement,
        "distribution": name,
        "group": number,
        "version": "" if pin is None else pin.version,
        "environment": _homes(number, plan).get(name, APPLICATION),
    }
