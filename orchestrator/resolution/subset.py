"""Of the groups of a whole project those parts that some of its requirements reach, in the same versions.

Nothing is resolved again. A group of which nothing is needed goes; who is with whom stays as it was, unless nothing
keeps anybody apart any more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.grouping import fewest_colours
from orchestrator.resolution.outcome import Groups, ResolvedGroup
from orchestrator.system.graphs import reachable
from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from orchestrator.config.model import DirectRequirement
    from orchestrator.grouping import Deadline
    from orchestrator.resolution.outcome import ConflictMember, Part, ResolvedConflict

_Node = tuple[int, str]
"""The number of a group, and a distribution in it."""


def subset(
    found: Groups,
    chosen: Sequence[DirectRequirement],
    sections: Collection[str],
    clashes: Collection[frozenset[str]] = (),
    deadline: Deadline | None = None,
) -> Groups:
    """Return what *chosen* requirements reach; *found* itself if these are all.

    The groups of the whole project are the fewest for it. For a part of its requirements the remaining conflicts prove
    a lower bound, which may be less than the groups that remain.

    :param sections: those that the requirements were chosen for.
    :param clashes: distributions known to install the same modules.
    :param deadline: when it has passed, the bound is what is proved by then.
    """
    return _together(found, _reached_of(found, chosen, sections, deadline), clashes)


class Subsets:
    """What :func:`subset` returns, with the bound of each part computed once."""

    def __init__(self) -> None:
        # By identity: the groups of a big project are compared for as long as a part of them is found.
        self._known: dict[
            tuple[int, tuple[DirectRequirement, ...], frozenset[str]], tuple[Groups, Groups]
        ] = {}

    def of(
        self,
        found: Groups,
        chosen: Sequence[DirectRequirement],
        sections: Collection[str],
        clashes: Collection[frozenset[str]],
        deadline: Deadline | None,
    ) -> Groups:
        """Return :func:`subset` of the same."""
        key = id(found), tuple(chosen), frozenset(sections)
        if key not in self._known:
            self._known[key] = found, _reached_of(found, chosen, sections, deadline)
        return _together(*self._known[key], clashes)


def _reached_of(
    found: Groups, chosen: Sequence[DirectRequirement], sections: Collection[str], deadline: Deadline | None
) -> Groups:
    asked = _Asked(chosen, frozenset(sections))
    if all(asked.has_all_of(group) for group in found.groups):
        return found
    nodes = _needed(found.groups, asked)
    held = [frozenset(name for number, name in nodes if number == each) for each in range(len(found.groups))]
    kept = [number for number, names in enumerate(held) if names]
    renumbered = {old: new for new, old in enumerate(kept)}
    releases = {(name, found.groups[number].resolution.pins[name].version) for number, name in sorted(nodes)}
    groups = tuple(_part(found.groups[number], held, number, renumbered, asked, releases) for number in kept)
    conflicts = tuple(each for each in found.conflicts if asked.has_conflict(each, releases))
    needed = max(_colours(conflicts, deadline), min(len(groups), 1))
    direct = {name for group in groups for name in group.direct}
    return replace(
        found,
        groups=groups,
        conflicts=conflicts,
        lower_bound=needed,
        proved=needed == len(groups),
        setbacks=tuple(each for each in found.setbacks if each.name in direct),
    )


def _together(whole: Groups, part: Groups, clashes: Collection[frozenset[str]]) -> Groups:
    """Return a part with one group if nothing keeps anybody apart any more."""
    if part is whole or part.lower_bound >= len(part.groups) or not _agree(part.groups, clashes):
        return part
    return replace(part, groups=(_joined(part.groups),), proved=part.lower_bound == 1)


class _Asked:
    """The chosen requirements."""

    def __init__(self, chosen: Sequence[DirectRequirement], sections: frozenset[str]) -> None:
        self.sections = sections
        self._own = {each.text: each for each in chosen if not each.alias}
        self._aliases = {each.alias: each for each in chosen if each.alias}

    def has_all_of(self, group: ResolvedGroup) -> bool:
        return self._own.keys() >= {*group.requirements} and self._aliases.keys() >= group.aliases.keys()

    def direct(self, group: ResolvedGroup) -> list[tuple[str, str]]:
        """Return those of a group: text and name."""
        pairs = zip(group.requirements, group.direct, strict=True)
        return [(text, name) for text, name in pairs if text in self._own]

    def aliases(self, group: ResolvedGroup) -> dict[str, str]:
        return {alias: text for alias, text in group.aliases.items() if alias in self._aliases}

    def names(self, group: ResolvedGroup, section: str) -> list[str]:
        """Return the distributions that a section asks for in a group, additions included."""
        here = [self._own[text] for text, _ in self.direct(group)]
        here += [self._aliases[alias] for alias in self.aliases(group)]
        return [
            name for each in here if section in each.sections for name in (each.name, *sorted(each.added))
        ]

    def has_conflict(self, conflict: ResolvedConflict, releases: Collection[tuple[str, str]]) -> bool:
        """Whether all members of a conflict are there."""
        return all(self._has(each, releases) for member in conflict.members for each in member)

    def _has(self, member: ConflictMember, releases: Collection[tuple[str, str]]) -> bool:
        if member.importer is not None:
            return member.importer in releases
        return member.requirement in self._own or any(
            each.text == member.requirement for each in self._aliases.values()
        )


def _needed(groups: Sequence[ResolvedGroup], asked: _Asked) -> frozenset[_Node]:
    """Return what is needed, wherever it is found."""
    nodes = {
        (number, name)
        for number, group in enumerate(groups)
        for section in asked.sections
        for name in _reached(group, section, asked.names(group, section))
    }

    def elsewhere(node: _Node) -> Iterator[_Node]:
        number, name = node
        for dependency, there in groups[number].redirects.get(name, {}).items():
            if dependency in groups[there].resolution.pins:
                yield there, dependency

    def neighbours(node: _Node) -> Iterable[_Node]:
        number, name = node
        resolution = groups[number].resolution
        yield from ((number, each) for each in resolution.requires.get(name, ()) if each in resolution.pins)
        yield from elsewhere(node)

    borrowed = [other for node in nodes for other in elsewhere(node)]
    return frozenset(nodes) | frozenset(reachable(borrowed, neighbours))


def _reached(group: ResolvedGroup, section: str, names: Sequence[str]) -> Iterable[str]:
    if names and section in group.reaches:
        return group.reaches[section]
    resolution = group.resolution
    return {each for name in names if name in resolution.pins for each in resolution.reachable(name)}


def _part(
    group: ResolvedGroup,
    held: Sequence[frozenset[str]],
    number: int,
    renumbered: Mapping[int, int],
    asked: _Asked,
    releases: Collection[tuple[str, str]],
) -> ResolvedGroup:
    names, resolution = held[number], group.resolution
    direct = asked.direct(group)
    parts = tuple(each for each in group.parts if each.importer in releases and each.name in names)
    roots = {name for section in asked.sections for name in asked.names(group, section)}
    return ResolvedGroup(
        requirements=tuple(text for text, _ in direct),
        direct=tuple(name for _, name in direct),
        resolution=replace(
            resolution,
            pins={name: pin for name, pin in resolution.pins.items() if name in names},
            requires={name: needed & names for name, needed in resolution.requires.items() if name in names},
            roots=resolution.roots & names & roots.union(_names(parts)),
        ),
        parts=parts,
        redirects={
            importer: {name: renumbered[there] for name, there in found.items() if name in held[there]}
            for importer, found in group.redirects.items()
            if importer in names
        },
        aliases=asked.aliases(group),
    )


def _agree(groups: Sequence[ResolvedGroup], clashes: Iterable[frozenset[str]]) -> bool:
    """Whether all groups can be one: same versions wherever they meet, and nobody finds anything elsewhere.

    Resolutions that agree on all they share make one, so nobody is asked.
    """
    if any(group.redirects or group.parts or group.aliases for group in groups):
        return False
    pins = {name: pin for group in groups for name, pin in group.resolution.pins.items()}
    if any(pins[name] != pin for group in groups for name, pin in group.resolution.pins.items()):
        return False
    return not any(
        clash <= pins.keys() and not any(clash <= group.resolution.pins.keys() for group in groups)
        for clash in clashes
    )


def _joined(groups: Sequence[ResolvedGroup]) -> ResolvedGroup:
    requires: dict[str, frozenset[str]] = {}
    for group in groups:
        for name, needed in group.resolution.requires.items():
            requires[name] = requires.get(name, frozenset()) | needed
    resolutions = [group.resolution for group in groups]
    pins = {name: pin for each in resolutions for name, pin in each.pins.items()}
    return ResolvedGroup(
        requirements=tuple(text for group in groups for text in group.requirements),
        direct=tuple(name for group in groups for name in group.direct),
        resolution=Resolution(
            pins=dict(sorted(pins.items())),
            requires=dict(sorted(requires.items())),
            roots=frozenset[str]().union(*(each.roots for each in resolutions)),
        ),
    )


def _names(parts: Iterable[Part]) -> Iterator[str]:
    return (each.name for each in parts)


def _colours(conflicts: Iterable[ResolvedConflict], deadline: Deadline | None) -> int:
    numbers: dict[tuple[ConflictMember, ...], int] = {}
    return fewest_colours(
        (
            frozenset(numbers.setdefault(member, len(numbers)) for member in conflict.members)
            for conflict in conflicts
        ),
        deadline,
    )
