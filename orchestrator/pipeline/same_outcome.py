"""What a build from the lock comes to, and whether that is in place already: not every edit means something to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.environments.site import Site, Staged, is_complete
from orchestrator.install import installer, project_itself
from orchestrator.manifest.build_digest import build_digest
from orchestrator.manifest.remembered import remember
from orchestrator.native.step import Separation
from orchestrator.pipeline.converge import Converged, planned
from orchestrator.pipeline.environment_files import Beside
from orchestrator.pipeline.ready import Ready
from orchestrator.plan.actual import with_actual_versions
from orchestrator.plan.aliases import application_aliases
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

    from orchestrator.lock.hashes import Hashes
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Plan
    from orchestrator.plan.views import View
    from orchestrator.resolution.outcome import Groups
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


def made_from(
    inputs: BuildInputs, groups: Groups, plan: Plan, knowledge: Knowledge, graph: GraphDocument
) -> str:
    """Return a digest of all that decides what a build writes beside the installed distributions.

    But for what the project is called, which other projects are not (:mod:`orchestrator.pipeline.made_own`).

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
        "graph": {**graph, "project": None},
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


@dataclass(frozen=True, slots=True)
class Expected:
    """What a build from the lock comes to."""

    chosen: Groups
    """What the selected requirements need of the lock's groups."""
    locked: Plan
    """With versions as the lock has them."""
    plan: Plan
    """With actual versions."""
    knowledge: Knowledge
    hashes: Hashes
    view: View
    """What the application sees."""
    content: str
    """Of the application environment."""
    sites: tuple[Site, ...]
    """Of the isolated ones."""
    graph: GraphDocument
    made_from: str


def expected(inputs: BuildInputs) -> Expected:
    """Return what a build from the lock of *inputs*, which answers, comes to."""
    assert inputs.answer is not None and inputs.lock is not None
    root, interpreter = inputs.project.root, inputs.interpreter
    known, hashes = inputs.knowledge(), dict(inputs.lock.hashes)
    chosen = inputs.of_selected(inputs.answer, known)
    locked = planned(inputs, chosen, known)
    plan, knowledge = with_actual_versions(locked, known)
    sites = inputs.housing.housed(installer.isolated_sites(plan, root, interpreter, hashes))
    folders = {site.environment.name: site.lives_at for site in sites}
    view = application_view(plan, knowledge, inputs.direct)
    graph = graph_of(inputs, plan, view, {APPLICATION: root / APPLICATION_FOLDER, **folders})
    return Expected(
        chosen=chosen,
        locked=locked,
        plan=plan,
        knowledge=knowledge,
        hashes=hashes,
        view=view,
        content=installer.content(plan.application, plan, interpreter, root, hashes),
        sites=sites,
        graph=graph,
        made_from=made_from(inputs, inputs.answer, plan, knowledge, graph),
    )


def in_place(inputs: BuildInputs) -> Ready | None:
    """Return what the last build has put in place, if that is what a build from the lock would make; else None.

    What that build has told (what it has kept apart, which commands it has left out) is not in it.
    """
    root, record = inputs.project.root, inputs.record
    if record is None or inputs.answer is None or inputs.overrides_file.changed_root:
        return None
    if inputs.housing.repairs or not freshness.is_complete(root, record):
        return None
    asked = expected(inputs)
    if record["environments"] != [relative_nearby(site.lives_at, root) for site in asked.sites]:
        return None
    if record["content"] != asked.content or not all(is_complete(site) for site in asked.sites):
        return None
    if record["graph"]["project"] != asked.graph["project"] or record["made_from"] != asked.made_from:
        return None
    folder, known = root / APPLICATION_FOLDER, inputs.knowledge()
    staged = Staged(Site(asked.plan.application, folder, folder, asked.content), asked.sites)
    resolved = Converged(
        *(inputs.answer, asked.chosen, asked.locked),
        application_view(asked.locked, known, inputs.direct),
        *(staged, known, asked.hashes),
    )
    converged = replace(resolved, plan=asked.plan, view=asked.view, knowledge=asked.knowledge)
    aliases = application_aliases(asked.plan, asked.knowledge, inputs.project.aliases, asked.view)
    return Ready(resolved, converged, Separation(), aliases, Beside())


def note(root: Path, record: Record) -> None:
    """Record that what is there is up to date with other inputs than before."""
    write_record(root / APPLICATION_FOLDER, record)
