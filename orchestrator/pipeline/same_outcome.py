"""Whether a build would make what is in place already: an edit of pyproject.toml need not mean anything to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.environments.site import Site, Staged, is_complete
from orchestrator.install import installer, project_itself
from orchestrator.manifest.remembered import remember
from orchestrator.native.step import Separation
from orchestrator.pipeline.converge import Converged, planned
from orchestrator.pipeline.environment_files import Beside
from orchestrator.pipeline.ready import Ready
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.aliases import application_aliases
from orchestrator.plan.model import Knowledge
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
    from orchestrator.state.documents import GraphDocument, Record


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


def made_from(inputs: BuildInputs, plan: Plan, knowledge: Knowledge, graph: GraphDocument) -> str:
    """Return a digest of all that decides what a build writes beside the installed distributions."""
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
        "itself": project_itself.state(inputs.project) if inputs.takes_itself else None,
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def in_place(inputs: BuildInputs) -> Ready | None:
    """Return what the last build has put in place, if that is what a build from the lock would make; else None.

    What that build has told (what it has kept apart, which commands it has left out) is not in it.
    """
    root, record = inputs.project.root, inputs.record
    if record is None or inputs.answer is None or inputs.overrides_file.changed_root:
        return None
    if inputs.housing.repairs or not freshness.is_complete(root, record):
        return None
    assert inputs.lock is not None
    known, hashes = inputs.knowledge(), dict(inputs.lock.hashes)
    chosen = inputs.of_selected(inputs.answer, known)
    locked = planned(inputs, chosen, known)
    plan, knowledge = with_actual_versions(locked, known)
    sites = inputs.housing.housed(installer.isolated_sites(plan, root, inputs.interpreter, hashes))
    if record["environments"] != [relative_nearby(site.lives_at, root) for site in sites]:
        return None
    content = installer.content(plan.application, plan, inputs.interpreter, root, hashes)
    if record["content"] != content or not all(is_complete(site) for site in sites):
        return None
    folder = root / APPLICATION_FOLDER
    staged = Staged(Site(plan.application, folder, folder, content), tuple(sites))
    view = application_view(plan, knowledge, inputs.direct)
    graph = graph_of(inputs, plan, view, staged.folders())
    if record["made_from"] != made_from(inputs, plan, knowledge, graph):
        return None
    resolved = Converged(
        inputs.answer, chosen, locked, application_view(locked, known, inputs.direct), staged, known, hashes
    )
    converged = replace(resolved, plan=plan, view=view, knowledge=knowledge)
    aliases = application_aliases(plan, knowledge, inputs.project.aliases, view)
    return Ready(resolved, converged, Separation(), aliases, Beside())


def note(root: Path, record: Record) -> None:
    """Record that what is there is up to date with other inputs than before."""
    write_record(root / APPLICATION_FOLDER, record)
