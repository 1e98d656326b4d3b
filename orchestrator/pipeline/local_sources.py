"""The local folders that a build depends on: their state is part of its record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.system.paths import relative_nearby

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.config.model import Project
    from orchestrator.plan.model import Plan
    from orchestrator.state.documents import Record, SourceEntry


def local_sources(project: Project) -> dict[str, bool]:
    """Return the folders that the project's own file names, as the record has them → whether they are editable.

    Those of ``tool.uv.sources``, the project's if it is installed itself, and the file of its workspace.
    """
    sources = {relative_nearby(project.root, project.root): True} if project.package else {}
    if project.workspace is not None:  # its sources are the project's
        sources[relative_nearby(project.workspace / "pyproject.toml", project.root)] = False
    for source in project.uv_sources.values():
        if isinstance(source, dict) and "path" in source:
            folder = relative_nearby(project.root / source["path"], project.root)
            sources[folder] = bool(source.get("editable", False))
    return sources


def all_sources(project: Project, record: Record | None) -> dict[str, bool]:
    """Return the local projects of a build from those that *record* knows, as `pyproject.toml` has them now."""
    sources = {} if record is None else record["inputs"]["sources"]
    known = {folder: entry["editable"] for folder, entry in sources.items()}
    return {**known, **local_sources(project)}


def installed_from(
    project: Project, before: Mapping[str, SourceEntry], staged: Mapping[str, SourceEntry]
) -> dict[str, SourceEntry]:
    """Return the states of all that a build depends on.

    :param before: states of :func:`all_sources`, from before anything of them was read.
    :param staged: what was installed from, from before that: resolving has brought to light some of it.
    """
    known = {
        folder: state
        for folder, state in before.items()
        if folder in staged and state["editable"] == staged[folder]["editable"]
    }
    return {**staged, **known, **{folder: before[folder] for folder in local_sources(project)}}


def local_pins(plan: Plan, root: Path) -> dict[str, bool]:
    """Return the folders that are installed from: those named by URL, and those that local projects need."""
    return {
        relative_nearby(Path(pin.source), root): pin.specification.startswith("-e ")
        for environment in plan.everywhere()
        for pin in environment.pins.values()
        if pin.source is not None
    }
