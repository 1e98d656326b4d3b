"""Whether a build would make what is there already: an edit of pyproject.toml need not mean anything to it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.environments.site import is_complete
from orchestrator.install import installer, project_itself
from orchestrator.manifest.build_digest import build_digest
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline.converge import planned
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.model import APPLICATION, Knowledge
from orchestrator.plan.views import application_view
from orchestrator.reports.graph.document import graph_document
from orchestrator.state import freshness
from orchestrator.state.record import write_record
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.paths import relative_nearby

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Plan
    from orchestrator.plan.views import View
    from orchestrator.resolution.outcome import Groups
    from orchestrator.state.documents import AskedFor, GraphDocument, Record


def graph_of(inputs: BuildInputs, plan: Plan, view: View, folders: Mapping[str, Path]) -> GraphDocument:
    """Return the graph document of a plan, and of the environments' *folders*."""
    return graph_document(
        plan,
        inputs.project,
        folders,
        view.borrowed,
        requirements=inputs.selected,
        overrides=inputs.overrides,
    )


def made_from(
    inputs: BuildInputs, groups: Groups, plan: Plan, knowledge: Knowledge, graph: GraphDocument
) -> str:
    """Return a digest of all that decides what a build writes beside the installed distributions.

    :param groups: those of the whole project.
    """
    pinned = {(name, pin.version) for each in plan.everywhere() for name, pin in each.pins.items()}
    names = {name for name, _ in pinned}
    relevant = Knowledge(
        {key: contents for key, contents in knowledge.contents.items() if key in pinned},
        frozenset(pair for pair in knowledge.clashes if pair <= names),
        frozenset(each for each in knowledge.kin if {each.name, each.host} <= names),
    )
    described = {
        "mvenv": __version__,
        "python": [inputs.interpreter.executable, *inputs.interpreter.version],
        "graph": graph,
        "knowledge": remember(relevant),
        "direct": inputs.direct,
        "aliases": [
            [alias.requirement.alias, alias.requirement.text, alias.module]
            for alias in inputs.project.aliases
        ],
        "overrides": inputs.overrides_file.text,
        "build": [build_digest(groups), inputs.project.other_builds],
        "itself": project_itself.state(inputs.project) if inputs.takes_itself else None,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def would_be_the_same(inputs: BuildInputs) -> bool:
    """Whether the environments of the last build are there, and are what a build from the lock would make."""
    root, record = inputs.project.root, inputs.record
    if record is None or inputs.answer is None or inputs.overrides_file.changed_root:
        return False
    if inputs.housing.repairs or not freshness.is_complete(root, record):
        return False
    assert inputs.lock is not None
    known, hashes = inputs.knowledge(), inputs.lock.hashes
    chosen = inputs.of_selected(inputs.answer, known)
    plan, knowledge = with_actual_versions(planned(inputs, chosen, known), known)
    sites = inputs.housing.housed(installer.isolated_sites(plan, root, inputs.interpreter, hashes))
    folders = {site.environment.name: site.lives_at for site in sites}
    if record["environments"] != [relative_nearby(site.lives_at, root) for site in sites]:
        return False
    if record["content"] != installer.content(plan.application, plan, inputs.interpreter, root, hashes):
        return False
    if not all(is_complete(site) for site in sites):
        return False
    view = application_view(plan, knowledge, inputs.direct)
    graph = graph_of(inputs, plan, view, {APPLICATION: root / APPLICATION_FOLDER, **folders})
    return record["made_from"] == made_from(inputs, inputs.answer, plan, knowledge, graph)


def note(root: Path, record: Record, asked: AskedFor) -> None:
    """Record that what is there is up to date with other inputs than before."""
    write_record(root / APPLICATION_FOLDER, {**record, **asked})
