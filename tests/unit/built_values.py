"""Short ways to write what a build leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.config.model import Project
from orchestrator.manifest.remembered import remember
from orchestrator.plan.homes import make_plan
from orchestrator.plan.model import Knowledge
from orchestrator.reports.graph.built import BuiltProject, read
from orchestrator.reports.graph.document import graph_document
from orchestrator.resolution.outcome import Groups, Part, ResolvedConflict, ResolvedGroup
from tests.unit.plan_values import resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.state.documents import RecordedRequest

ROOT = Path("/somewhere/project")
PROJECT = Project(ROOT, "my-app", "1", "", (), None, None, {}, ())

# `big` needs low<2 and `odd`, which needs low>=2: `odd` was cut from it, and `far` needs `odd` through it.
SPLIT = (
    ResolvedGroup(
        ("far", "big"),
        ("far", "big"),
        resolved("far==1 big==1 low==1", far="big", big="low"),
        redirects={"big": {"odd": 1}},
    ),
    ResolvedGroup((), (), resolved("odd==3 low==2", odd="low"), parts=(Part("odd>=2", "odd", ("big", "1")),)),
)


def recorded_request(*groups: str, frozen: bool = False) -> RecordedRequest:
    """Return what the record of a build with some dependency groups says of its options."""
    return {
        "groups": list(groups),
        "extras": [],
        "no_groups": [],
        "only_groups": [],
        "no_default_groups": False,
        "all_groups": False,
        "all_extras": False,
        "frozen": frozen,
    }


def built(
    *groups: ResolvedGroup,
    conflicts: tuple[ResolvedConflict, ...] = (),
    knowledge: Knowledge | None = None,
    overrides: Mapping[str, Any] | None = None,
    isolated: frozenset[str] = frozenset(),
    project: Project = PROJECT,
    seen: Mapping[str, str] | None = None,
) -> BuiltProject:
    """Return what is read from the record of a build of some groups.

    :param seen: what the application sees of the environments, by default nothing.
    """
    known = knowledge or Knowledge()
    plan = make_plan(Groups(tuple(groups), tuple(conflicts), 1, proved=True), known, isolated)
    folders = {place.name: ROOT / "py_modules" / place.name for place in plan.everywhere()}
    graph = graph_document(plan, project, folders, seen or {}, overrides=overrides)
    return read(graph, remember(known))
