"""What the installed distributions demand of each other's versions: who stays behind, and which copy nobody needs.

A version that the project requires itself, with a bound that was raised for safety's sake perhaps, is not everybody's:
somebody may demand another one. And what somebody demanded once may be demanded no longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import distributions
from typing import TYPE_CHECKING, TypeAlias

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from orchestrator.environments import venv
from runtime_shim.overrides.rules import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from packaging.specifiers import SpecifierSet

    from orchestrator.reports.graph.built import BuiltProject, Node

Lines: TypeAlias = "Mapping[tuple[str, str], tuple[str, ...]]"
"""(distribution, version) → its requirements, the lines of ``Requires-Dist``."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A copy that the project's own requirement excludes, and who keeps it."""

    name: str
    version: str
    asked: str
    """The project's own requirement."""
    keepers: tuple[tuple[str, str], ...]
    """What requires this version, and its bound: ``("use-c 1", "vuln<1.1")``."""

    @property
    def text(self) -> str:
        """``vuln 1.0, as use-c 1 requires vuln<1.1 (the project asks for vuln>=1.1)``."""
        whom = " and ".join(f"{importer} requires {bound}" for importer, bound in self.keepers)
        return (
            f"{self.name} {self.version}{f', as {whom}' if whom else ''} (the project asks for {self.asked})"
        )


def requirement_lines(project: BuiltProject, root: Path, markers: Mapping[str, str] | None = None) -> Lines:
    """Return what the metadata of all that is installed says; reads it, a tenth of a second for a hundred.

    :param markers: the environment of PEP 508 for which requirements count, all extras included; None: all count.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for place in project.everywhere():
        folder = venv.built_site_packages(root / place.path)
        for each in distributions(path=[] if folder is None else [str(folder)]):
            name = canonicalize_name(each.name)
            if name in place.versions:
                found[name, place.versions[name]] = tuple(
                    line for line in each.requires or () if markers is None or _counts(line, markers)
                )
    return found


def _counts(line: str, markers: Mapping[str, str]) -> bool:
    requirement = _parsed(line)
    if requirement is None or requirement.marker is None:
        return requirement is not None
    return "extra" in str(requirement.marker) or requirement.marker.evaluate(dict(markers))


def behind(project: BuiltProject, read_lines: Callable[[], Lines]) -> tuple[Behind, ...]:
    """Return the copies of what the project requires itself that are not what it asks for, and why they are there.

    :param read_lines: returns what the metadata says; called where there is such a copy, which is seldom.
    """
    found = []
    lines: Lines | None = None
    for asked in project.requirements:
        name = asked.node[1]
        if asked.alias or name not in project.versioned:
            continue
        bound = Requirement(asked.text).specifier
        others = [each for each in project.requirements if each.node[1] == name and each is not asked]
        for version in project.versioned[name]:
            nodes = [node for node in _nodes(name, project) if project.version_of(node) == version]
            wanted = any(each.node in nodes for each in (asked, *others))
            if wanted or allows(bound, version):
                continue
            lines = read_lines() if lines is None else lines
            keepers = [
                (importer, text)
                for node in nodes
                for importer, text, allowed in demands(node, project, lines)
                if not any(
                    allows(allowed, other) for other in project.versioned[name] if allows(bound, other)
                )
            ]
            found.append(Behind(name, version, asked.text, tuple(dict.fromkeys(keepers))))
    return tuple(found)


def unneeded(project: BuiltProject, lines: Lines) -> dict[tuple[str, str], str]:
    """Return the copies, by environment and distribution, in whose place all that require them allow a newer one's.

    What that version would need in its turn is not asked; a build that chooses anew finds out. What the overrides speak
    of is nobody's to choose.

    :return: → the newest such version that is installed.
    """
    found = {}
    said = project.isolated | {rule.dependency for rule in rules(dict(project.overrides))}
    for name, versions in project.versioned.items():
        for place in project.everywhere() if name not in said else ():
            nodes = [node for node in _nodes(name, project) if project.homes[node] is place]
            bounds = [allowed for node in nodes for _, _, allowed in demands(node, project, lines)]
            for other in reversed(versions):
                if not nodes or other == place.versions[name]:
                    break
                if all(allows(bound, other) for bound in bounds):
                    found[place.name, name] = other
                    break
    return found


def _nodes(name: str, project: BuiltProject) -> list[Node]:
    return [node for node in project.homes if node[1] == name]


def demands(
    node: Node, project: BuiltProject, lines: Lines
) -> Iterator[tuple[str, str, SpecifierSet | None]]:
    """Yield who requires what a node is, in words and as a set of versions; None if that is not known."""
    for asked in project.requirements:
        if asked.node == node:
            yield "the project", asked.text, Requirement(asked.text).specifier
    for part in project.parts:
        if part.node == node:
            yield f"{part.importer[0]} {part.importer[1]}", part.text, Requirement(part.text).specifier
    for importer, needed in project.requires.items():
        if node in needed:
            version = project.version_of(importer)
            requirements = map(_parsed, lines.get((importer[1], version), ()))
            found = [each for each in requirements if each and canonicalize_name(each.name) == node[1]]
            for each in found:
                yield f"{importer[1]} {version}", f"{each.name}{each.specifier}", each.specifier
            if not found:
                yield f"{importer[1]} {version}", node[1], None


def _parsed(line: str) -> Requirement | None:
    try:
        return Requirement(line)
    except InvalidRequirement:  # of a time without rules
        return None


def allows(bound: SpecifierSet | None, version: str) -> bool:
    """Whether a bound has room for a version; none that is not known has."""
    try:
        return bound is not None and bound.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return False
