"""Whether a build would make what is there already: an edit of pyproject.toml need not mean anything to it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from orchestrator import __version__
from orchestrator.environments import venv
from orchestrator.environments.site import is_complete
from orchestrator.install import installer
from orchestrator.manifest.importmap import relative
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline.converge import planned
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.model import APPLICATION, Knowledge
from orchestrator.plan.views import application_view
from orchestrator.reports.graph.document import graph_document
from orchestrator.state import freshness

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.pipeline.inputs import Prepared
    from orchestrator.plan.model import Plan
    from orchestrator.plan.views import View


def graph_of(prepared: Prepared, plan: Plan, view: View, folders: Mapping[str, Path]) -> dict[str, Any]:
    """Return the graph document of a plan, and of the environments' *folders*."""
    return graph_document(
        plan,
        prepared.project,
        folders,
        view.borrowed,
        requirements=prepared.requirements,
        overrides=prepared.overrides,
    )


def made_from(prepared: Prepared, plan: Plan, knowledge: Knowledge, graph: Mapping[str, Any]) -> str:
    """Return a digest of all that decides what a build writes beside the installed distributions."""
    pinned = {(name, pin.version) for each in plan.everywhere() for name, pin in each.pins.items()}
    names = {name for name, _ in pinned}
    relevant = Knowledge(
        {key: contents for key, contents in knowledge.contents.items() if key in pinned},
        frozenset(pair for pair in knowledge.clashes if pair <= names),
    )
    described = {
        "mvenv": __version__,
        "python": [prepared.interpreter.executable, *prepared.interpreter.version],
        "graph": graph,
        "knowledge": remember(relevant),
        "direct": prepared.direct,
        "aliases": [
            [alias.requirement.alias, alias.requirement.text, alias.module]
            for alias in prepared.project.aliases
        ],
        "overrides": prepared.overrides_file.text,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def is_unchanged(prepared: Prepared, record: dict[str, Any] | None) -> bool:
    """Whether the environments that *record* describes are there, and are what a build from the lock would make."""
    root = prepared.project.root
    if record is None or prepared.answer is None or prepared.overrides_file.changed_root:
        return False
    if not freshness.is_complete(root, record):
        return False
    known = prepared.knowledge(record)
    plan, knowledge = with_actual_versions(planned(prepared, prepared.answer, known), known)
    sites = installer.isolated_sites(plan, root, prepared.interpreter)
    folders = {site.environment.name: site.lives_at for site in sites}
    if record.get("environments") != [relative(site.lives_at, root) for site in sites]:
        return False
    if record.get("content") != installer.content(plan.application, plan, prepared.interpreter):
        return False
    if not all(is_complete(site) for site in sites):
        return False
    view = application_view(plan, knowledge, prepared.direct)
    graph = graph_of(prepared, plan, view, {APPLICATION: root / ".venv", **folders})
    return bool(record.get("made_from") == made_from(prepared, plan, knowledge, graph))


def note(root: Path, record: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Record that what is there is up to date with other inputs than before."""
    venv.mark(root / ".venv", {**record, **changes})
