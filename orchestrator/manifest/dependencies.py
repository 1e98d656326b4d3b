"""The documents' files: ``versioned_packages.json`` and ``default_dependencies_versions.json``.

Their form is that of "dependencies done right": distributions under the names they give themselves, each
version of a versioned distribution with the versions of its versioned dependencies.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.uv.model import version_key

if TYPE_CHECKING:
    from orchestrator.config.model import Project
    from orchestrator.plan.model import Knowledge, Plan


def versioned_packages(plan: Plan, knowledge: Knowledge) -> list[str]:
    """Return the names of all versioned distributions, sorted."""
    return sorted(
        {
            _spelling(name, version, knowledge)
            for name, versions in plan.versioned.items()
            for version in versions
        }
    )


def default_dependencies(
    plan: Plan, knowledge: Knowledge, project: Project, direct: tuple[str, ...]
) -> dict[str, dict[str, dict[str, str]]]:
    """Return distribution → version → {versioned dependency: version}, the project itself included.

    Where one version of a distribution is used with two versions of a dependency (in two groups), the latest
    is the default, as in the documents.

    :param direct: canonical names of the project's direct requirements.
    """
    table: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    own: dict[str, str] = {}
    for group in plan.groups:
        pins = group.resolution.pins
        for name, needed in group.resolution.requires.items():
            if name not in plan.versioned:
                continue
            elsewhere = group.redirects.get(name, {})
            found = {other: pins[other] for other in needed - elsewhere.keys()}
            found |= {
                other: plan.groups[number].resolution.pins[other] for other, number in elsewhere.items()
            }
            for other in sorted(found.keys() & plan.versioned.keys()):
                entry = table[_spelling(name, pins[name].version, knowledge)][pins[name].version]
                version = found[other].version
                _take_latest(entry, _spelling(other, version, knowledge), version)
        for name in group.direct:
            if name in plan.versioned and name in direct:
                _take_latest(own, _spelling(name, pins[name].version, knowledge), pins[name].version)
    if own:
        table[project.name][project.version] = own
    return {name: dict(versions) for name, versions in table.items()}


def _take_latest(entry: dict[str, str], name: str, version: str) -> None:
    if name not in entry or version_key(entry[name]) < version_key(version):
        entry[name] = version


def _spelling(name: str, version: str, knowledge: Knowledge) -> str:
    contents = knowledge.contents.get((name, version))
    return name if contents is None else contents.name
