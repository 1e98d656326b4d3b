"""Which of a project's requirements a build is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.faults import did_you_mean, quote
from orchestrator.config.location import show_path
from orchestrator.config.model import Selection
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.config.model import DirectRequirement, Project


def make_selection(groups: Iterable[str] = (), extras: Iterable[str] = ()) -> Selection:
    """Make a selection of names as people write them."""
    return Selection(
        groups=tuple(sorted({canonicalize_name(name) for name in groups})),
        extras=tuple(sorted({canonicalize_name(name) for name in extras})),
    )


def selected(project: Project, selection: Selection) -> tuple[DirectRequirement, ...]:
    """Return the project's dependencies, those of the selected extras and groups, and the aliases'.

    Of entries that say the same (text and constraints) the first stands for all.

    :raises ConfigError: the project has no such extra or dependency group.
    """
    chosen = list(project.requirements)
    for name in selection.extras:
        chosen += _known(project.extras, name, "extra", project)
    for name in selection.groups:
        chosen += _known(project.groups, name, "dependency group", project)
    chosen += [alias.requirement for alias in project.aliases]
    distinct: dict[tuple[object, ...], DirectRequirement] = {}
    for requirement in chosen:
        same = (requirement.text, requirement.constraints, requirement.additions, requirement.alias)
        distinct.setdefault(same, requirement)
    return tuple(distinct.values())


def _known(
    entries: Mapping[str, tuple[DirectRequirement, ...]], name: str, kind: str, project: Project
) -> tuple[DirectRequirement, ...]:
    if name in entries:
        return entries[name]
    hint = f"the project has no {kind}s"
    if entries:
        hint = did_you_mean(name, entries, otherwise=f"the {kind}s are")
    raise ConfigError(
        f"there is no {kind} {quote(name)}", causes=(show_path(project.pyproject),), hints=(hint,)
    )
