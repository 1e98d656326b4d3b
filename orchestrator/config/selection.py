"""The sections of a project, and which of them a build is about.

A section is a part of the project that asks for requirements: its own dependencies (:data:`PROJECT`), an extra
(``extra:fast``) or a dependency group (``group:dev``). What is resolved is what all of them ask for; what is installed,
what some of them do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.default_groups import DEV
from orchestrator.config.faults import did_you_mean, quote
from orchestrator.config.location import show_path
from orchestrator.config.model import Selection
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from orchestrator.config.model import DirectRequirement, Project

PROJECT = "project"
"""The section of `project.dependencies` and of the aliases."""


def group_section(name: str) -> str:
    """Return the section of a dependency group."""
    return f"group:{name}"


def extra_section(name: str) -> str:
    """Return the section of an extra."""
    return f"extra:{name}"


def make_selection(
    groups: Iterable[str] = (),
    extras: Iterable[str] = (),
    no_groups: Iterable[str] = (),
    only_groups: Iterable[str] = (),
    *,
    no_default_groups: bool = False,
    all_groups: bool = False,
    all_extras: bool = False,
) -> Selection:
    """Make a selection of names as people write them."""
    return Selection(
        _normalized(groups),
        _normalized(extras),
        _normalized(no_groups),
        _normalized(only_groups),
        no_default_groups,
        all_groups,
        all_extras,
    )


def all_requirements(project: Project) -> tuple[DirectRequirement, ...]:
    """Return what all sections of a project ask for, with the sections: dependencies, extras, groups, aliases.

    Of entries that say the same (text and constraints) the first stands for all.
    """
    written = [(PROJECT, each) for each in project.requirements]
    for name, entries in sorted(project.extras.items()):
        written += [(extra_section(name), each) for each in entries]
    for name, entries in sorted(project.groups.items()):
        written += [(group_section(name), each) for each in entries]
    written += [(PROJECT, alias.requirement) for alias in project.aliases]
    distinct: dict[tuple[object, ...], DirectRequirement] = {}
    sections: dict[tuple[object, ...], list[str]] = {}
    for section, requirement in written:
        same = (requirement.text, requirement.constraints, requirement.additions, requirement.alias)
        distinct.setdefault(same, requirement)
        sections.setdefault(same, []).append(section)
    return tuple(
        replace(requirement, sections=tuple(dict.fromkeys(sections[same])))
        for same, requirement in distinct.items()
    )


def selected(
    requirements: Iterable[DirectRequirement], sections: Collection[str]
) -> tuple[DirectRequirement, ...]:
    """Return what some sections ask for."""
    return tuple(each for each in requirements if not set(each.sections).isdisjoint(sections))


def selected_sections(
    selection: Selection,
    groups: Collection[str],
    extras: Collection[str],
    default_groups: Iterable[str],
    place: str,
) -> frozenset[str]:
    """Return the sections that are selected of those that there are.

    :param place: where the names of *groups* and *extras* come from, for errors.
    :raises ConfigError: there is no such extra or dependency group.
    """
    named = (*selection.groups, *selection.only_groups, *selection.no_groups)
    for name in named:
        # As with uv: whoever builds for production says `--no-dev` whether or not there is anything to leave out.
        if name not in groups and not (name == DEV and name in selection.no_groups):
            raise _unknown(name, groups, "dependency group", place)
    for name in selection.extras:
        if name not in extras:
            raise _unknown(name, extras, "extra", place)
    if selection.only_groups:
        return frozenset(map(group_section, set(selection.only_groups) - set(selection.no_groups)))
    taken = {*selection.groups}
    taken |= set() if selection.no_default_groups else {*default_groups}
    taken |= {*groups} if selection.all_groups else set()
    wanted_extras = extras if selection.all_extras else selection.extras
    return frozenset(
        (PROJECT, *map(group_section, taken - {*selection.no_groups}), *map(extra_section, wanted_extras))
    )


def surviving(selection: Selection, project: Project) -> Selection:
    """Return a selection without groups and extras that the project has no more: nobody asks for them now."""

    def known(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in names if name in project.groups)

    return replace(
        selection,
        groups=known(selection.groups),
        extras=tuple(name for name in selection.extras if name in project.extras),
        no_groups=known(selection.no_groups),
        only_groups=known(selection.only_groups),
    )


def including(selection: Selection, project: Project, *, group: str = "", extra: str = "") -> Selection:
    """Return a selection that takes in a group or an extra of the project besides; the same if it does already."""
    names = [str(canonicalize_name(name)) for name in (group, extra)]
    wanted = [
        section(name) for section, name in zip((group_section, extra_section), names, strict=True) if name
    ]
    kept = replace(selection, no_groups=tuple(name for name in selection.no_groups if name != names[0]))
    sections = selected_sections(
        kept, project.groups, project.extras, project.default_groups, show_path(project.pyproject)
    )
    if sections.issuperset(wanted):
        return kept
    more = _normalized(filter(None, names[:1]))
    if kept.only_groups:
        return replace(kept, only_groups=_normalized((*kept.only_groups, *more)))
    return replace(
        kept,
        groups=_normalized((*kept.groups, *more)),
        extras=_normalized((*kept.extras, *filter(None, names[1:]))),
    )


def _normalized(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({canonicalize_name(name) for name in names}))


def _unknown(name: str, known: Collection[str], kind: str, place: str) -> ConfigError:
    hint = f"the project has no {kind}s"
    if known:
        hint = did_you_mean(name, known, otherwise=f"the {kind}s are")
    return ConfigError(f"there is no {kind} {quote(name)}", causes=(place,), hints=(hint,))
