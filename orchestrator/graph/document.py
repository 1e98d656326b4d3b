"""The plan as plain data: what ``mvenv graph --format json`` prints and what a build records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestrator.graph import SCHEMA
from orchestrator.manifest.importmap import relative
from orchestrator.plan.model import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.model import Project
    from orchestrator.plan.model import Environment, Plan, PlannedGroup


def graph_document(
    plan: Plan, project: Project, folders: Mapping[str, Path], seen: Mapping[str, str]
) -> dict[str, Any]:
    """Return the plan as JSON-able data.

    :param folders: environment name → where it lives, absolute.
    :param seen: distribution → environment, of what the application sees and an environment holds.
    """
    return {
        "schema": SCHEMA,
        "project": {"name": project.name, "version": project.version},
        "groups": [list(group.requirements) for group in plan.groups],
        "dependencies": [_dependencies(group, project) for group in plan.groups],
        "environments": [
            {
                "name": environment.name,
                "path": relative(folders[environment.name], project.root),
                "requirements": list(environment.requirements),
                "distributions": _distributions(environment),
                "borrowed": dict(environment.borrowed),
            }
            for environment in plan.environments
        ],
        "application": {
            "name": APPLICATION,
            "path": ".venv",
            "distributions": _distributions(plan.application),
            "sees": dict(seen),
        },
        "conflicts": [
            {"requirements": list(conflict.requirements), "reason": conflict.reason}
            for conflict in plan.conflicts
        ],
        "lower_bound": plan.lower_bound,
        "proved": plan.proved,
        "versioned": {name: list(versions) for name, versions in plan.versioned.items()},
        "direct": _direct(plan),
    }


def _distributions(environment: Environment) -> list[dict[str, str]]:
    return [{"name": name, "version": pin.version} for name, pin in environment.pins.items()]


def _dependencies(group: PlannedGroup, project: Project) -> dict[str, list[str]]:
    """Return who depends on whom in a group; what `[tool.mvenv.constraints]` adds counts as depended on."""
    pins = group.resolution.pins
    added = {
        requirement.text: {canonicalize_name(Requirement(text).name) for text in requirement.additions}
        for requirement in project.requirements
    }
    needed = {name: set(group.resolution.requires.get(name, ())) for name in pins}
    for text, name in zip(group.requirements, group.direct, strict=True):
        if name in needed:
            needed[name] |= added.get(text, set()) & pins.keys() - {name}
    return {name: sorted(others) for name, others in needed.items()}


def _direct(plan: Plan) -> list[dict[str, str]]:
    """Each direct requirement with the environment that holds it."""
    homes = {
        (text, name): home
        for environment in plan.environments
        for text in environment.requirements
        for name, home in {
            **dict.fromkeys(environment.pins, environment.name),
            **environment.borrowed,
        }.items()
    }
    return [
        {
            "requirement": text,
            "distribution": name,
            "version": group.resolution.pins[name].version if name in group.resolution.pins else "",
            "environment": homes.get((text, name), APPLICATION),
        }
        for group in plan.groups
        for text, name in zip(group.requirements, group.direct, strict=True)
    ]
