"""What a lock says of a project of which nothing is built: the same documents that a build leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.request import Request
from orchestrator.install import installer
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline.converge import planned
from orchestrator.pipeline.inputs import read_inputs
from orchestrator.pipeline.same_outcome import graph_of
from orchestrator.plan.model import APPLICATION
from orchestrator.plan.views import application_view
from orchestrator.system.names import APPLICATION_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.state.documents import Shown


def locked_graph(root: Path) -> tuple[Shown, tuple[str, ...]] | None:
    """Return what a plain build from the lock would leave for those who show it; None if there is no lock.

    The second value says in which points the lock is not what the project asks for.

    :raises MvenvError: the project, the lock or the Python are not as they have to be.
    """
    inputs = read_inputs(root / "pyproject.toml", Request(), None)
    if inputs.lock is None:
        return None
    known, hashes = inputs.lock.knowledge, inputs.lock.hashes
    plan = planned(inputs, inputs.of_selected(inputs.lock.groups, known), known)
    sites = installer.isolated_sites(plan, root, inputs.interpreter, hashes)
    folders = {
        APPLICATION: root / APPLICATION_FOLDER,
        **{each.environment.name: each.lives_at for each in sites},
    }
    graph = graph_of(inputs, plan, application_view(plan, known, inputs.direct), folders)
    return {"graph": graph, "knowledge": remember(known)}, inputs.outdated
