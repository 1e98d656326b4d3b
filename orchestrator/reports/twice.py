"""What stands twice in one version, and why: its types are not the same types everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.reports.graph.built import BuiltEnvironment, BuiltProject, Node


@dataclass(frozen=True, slots=True)
class Twice:
    """A distribution of which there are several copies in one version."""

    name: str
    version: str
    reasons: tuple[str, ...]
    """A phrase each."""

    @property
    def text(self) -> str:
        """``pandas 2.2.3 (it imports pyarrow 14.0.1 or 17.0.0)``."""
        because = f" ({', '.join(self.reasons)})" if self.reasons else ""
        return f"{self.name} {self.version}{because}"


def twice(project: BuiltProject) -> tuple[Twice, ...]:
    """Return all that stands in several environments in one version, by name."""
    return tuple(
        Twice(name, version, reasons(name, version, project))
        for name, versions in project.versioned.items()
        for version in versions
        if len(_places(name, version, project)) > 1
    )


def reasons(name: str, version: str, project: BuiltProject) -> tuple[str, ...]:
    """Say why there are several copies of a release: which of its dependencies differ, or who registers in it.

    Dependencies that are in several versions come first; if there are any, those that stand twice for their sake
    are left out.
    """
    nodes = [
        node
        for node, place in project.homes.items()
        if node[1] == name and place.versions.get(name) == version and place is not project.application
    ]
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for node in nodes:
        for verb, other in _needed(node, project):
            home = project.homes[other]
            found.setdefault((verb, other[1]), set()).add((project.version_of(other), home.name))
    differing = {
        key: sorted({each for each, _ in copies})
        for key, copies in sorted(found.items())
        if len({each for each, _ in copies}) > 1
    }
    phrases = [f"it {verb} {other} {' or '.join(each)}" for (verb, other), each in differing.items()]
    phrases += registering(name, project)
    if not phrases:
        phrases += [
            f"it {verb} {other}, which stands twice, too"
            for (verb, other), copies in sorted(found.items())
            if len(copies) > 1
        ]
    return tuple(phrases)


def registering(name: str, project: BuiltProject) -> list[str]:
    """Return who registers in a distribution and is there in several copies, a phrase each."""
    found: dict[str, set[str]] = {}
    for (registrant, version), shared in project.registers.items():
        if name in shared and _places(registrant, version, project):
            found.setdefault(registrant, set()).add(version)
    return [
        f"{registrant} {' and '.join(sorted(versions))} register in it"
        if len(versions) > 1
        else f"two copies of {registrant} {min(versions)} register in it"
        for registrant, versions in sorted(found.items())
        if sum(registrant in place.versions for place in project.environments) > 1
    ]


def _places(name: str, version: str, project: BuiltProject) -> list[BuiltEnvironment]:
    return [place for place in project.environments if place.versions.get(name) == version]


def _needed(node: Node, project: BuiltProject) -> Iterator[tuple[str, Node]]:
    """Yield what a distribution needs that is versioned: required, or imported without saying so."""
    declared = set(project.requires.get(node, ()))
    used = project.uses.get((node[1], project.version_of(node)), ())
    imported = {(node[0], other) for other in used} & project.homes.keys() - declared
    for verb, needed in (("requires", declared), ("imports", imported)):
        for other in sorted(needed):
            if other[1] in project.versioned and other[1] != node[1]:
                yield verb, other
