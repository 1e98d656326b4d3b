"""From what a build has left to trees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.tree.model import Branch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.reports.graph.built import BuiltProject, BuiltRequirement, Node

Copy: TypeAlias = tuple[str, str]
"""One installation: distribution and environment. The project itself is its name with no environment."""
_Step: TypeAlias = tuple[Copy, tuple[str, ...]]
"""What is below a copy, with notes on how it came there."""

# In the order in which pyproject.toml is read: (a key that an entry begins with, how to say it).
_SECTIONS = (
    ("project.dependencies", ""),
    ("project.optional-dependencies.", "extra "),
    ("dependency-groups.", "group "),
    ("tool.mvenv.aliases.", ""),
)
_INDEX = re.compile(r"\[(\d+)\]$")


def project_tree(project: BuiltProject, depth: int | None = None) -> Branch:
    """Return the tree of the whole project, its direct requirements in the order of pyproject.toml.

    :param depth: how many levels to show below the project; all by default.
    """
    return _Grower(project, _downwards(project)).grow(_itself(project), (), depth)


def trees_of(name: str, project: BuiltProject, depth: int | None = None) -> tuple[Branch, ...]:
    """Return the tree of each copy of a distribution: what it requires.

    :param name: canonical.
    """
    grower = _Grower(project, _downwards(project))
    return tuple(grower.grow(copy, (), depth) for copy in _copies(name, project))


def inverted_trees_of(name: str, project: BuiltProject, depth: int | None = None) -> tuple[Branch, ...]:
    """Return the tree of each copy of a distribution upwards: who requires it, up to the project.

    :param name: canonical.
    """
    upwards: dict[Copy, list[_Step]] = {}
    for each in sorted(project.requirements, key=_position):
        upwards.setdefault(_copy(each.node, project), []).append(
            (_itself(project), (each.text, *_notes(each)))
        )
    for requirer, needed in sorted(_requires(project).items()):
        for copy, _ in needed:
            upwards.setdefault(copy, []).append((requirer, ()))
    grower = _Grower(project, upwards)
    return tuple(grower.grow(copy, (), depth) for copy in _copies(name, project))


def _itself(project: BuiltProject) -> Copy:
    return project.name, ""


def _copies(name: str, project: BuiltProject) -> list[Copy]:
    return [(name, place.name) for place in project.everywhere() if name in place.versions]


def _copy(node: Node, project: BuiltProject) -> Copy:
    return node[1], project.homes[node].name


def _downwards(project: BuiltProject) -> dict[Copy, list[_Step]]:
    direct = [
        (_copy(each.node, project), _notes(each)) for each in sorted(project.requirements, key=_position)
    ]
    return {**_requires(project), _itself(project): direct}


def _requires(project: BuiltProject) -> dict[Copy, list[_Step]]:
    """Return what each copy requires, by name.

    Groups that share a copy may require different things of it (its extras): it requires them all.
    """
    found: dict[Copy, dict[Copy, tuple[str, ...]]] = {}
    for node, needed in project.requires.items():
        below = found.setdefault(_copy(node, project), {})
        for other in needed:
            cut = other[0] != node[0]
            notes = (f"apart from {node[1]} {project.version_of(node)}",) if cut else ()
            below.setdefault(_copy(other, project), notes)
    return {copy: sorted(below.items()) for copy, below in found.items()}


def _position(requirement: BuiltRequirement) -> tuple[int, str, int]:
    """Sort by where requirements are written: as pyproject.toml is read, unknown places last."""
    entry = requirement.entry
    section = next((rank for rank, (key, _) in enumerate(_SECTIONS) if entry.startswith(key)), len(_SECTIONS))
    index = _INDEX.search(entry)
    return section, _INDEX.sub("", entry), int(index[1]) if index is not None else 0


def _notes(requirement: BuiltRequirement) -> tuple[str, ...]:
    if requirement.alias:
        return (f"as {requirement.alias}",)
    for key, said in _SECTIONS:
        if said and requirement.entry.startswith(key):
            return (said + _INDEX.sub("", requirement.entry.removeprefix(key)),)
    return ()


class _Grower:
    """Grows trees that show what is below each copy once, at its first place."""

    def __init__(self, project: BuiltProject, steps: Mapping[Copy, Sequence[_Step]]) -> None:
        self._project = project
        self._steps = steps
        self._versions = {
            (name, place.name): version
            for place in project.everywhere()
            for name, version in place.versions.items()
        }
        self._shown: set[Copy] = set()

    def grow(self, copy: Copy, notes: tuple[str, ...], depth: int | None) -> Branch:
        name, environment = copy
        steps = self._steps.get(copy, ())
        ends = not steps or depth == 0
        repeated = not ends and copy in self._shown
        if not ends:
            self._shown.add(copy)
        below = () if ends or repeated else self._below(steps, None if depth is None else depth - 1)
        application = self._project.application
        is_several = len(self._project.versioned.get(name, ())) > 1
        return Branch(
            name,
            self._versions.get(copy, self._project.version),
            environment or APPLICATION,
            notes,
            is_several,
            is_several and application.borrowed.get(name, application.name) == environment,
            repeated,
            below,
        )

    def _below(self, steps: Iterable[_Step], depth: int | None) -> tuple[Branch, ...]:
        return tuple(self.grow(copy, notes, depth) for copy, notes in steps)
