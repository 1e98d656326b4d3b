"""The record of a build read back, as values: what `why`, `tree` and `list` work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from packaging.utils import canonicalize_name

from orchestrator.resolution.outcome import ConflictMember, ResolvedConflict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.state.documents import (
        ConflictEntry,
        DirectEntry,
        GraphDocument,
        Held,
        KnowledgeDocument,
        PlaceEntry,
    )

Node: TypeAlias = tuple[int, str]
"""A distribution as a group has it: the number of the group, and the canonical name."""


@dataclass(frozen=True, slots=True)
class BuiltEnvironment:
    """An environment, the application's included."""

    name: str
    path: str
    """Its folder, relative to the project."""
    versions: Mapping[str, str]
    """Distribution → version, of those installed here."""
    borrowed: Mapping[str, str]
    """Distribution → environment, of those seen here and installed there."""


@dataclass(frozen=True, slots=True)
class BuiltRequirement:
    """A requirement of the project's own: a direct one, or that of an alias."""

    text: str
    node: Node
    """What it came to."""
    entry: str
    """Where it was written: `project.dependencies[0]`; empty if that is not known."""
    alias: str = ""
    """The import name under which the application gets it; empty for its own names."""


@dataclass(frozen=True, slots=True)
class BuiltPart:
    """A dependency that is in another group than the distribution that requires it."""

    text: str
    node: Node
    importer: tuple[str, str]
    """Name and version of the one that requires it."""

    @property
    def member(self) -> ConflictMember:
        """What it is in a conflict."""
        return ConflictMember(self.text, self.importer)


@dataclass(frozen=True, slots=True)
class BuiltProject:
    """A project as the last build left it."""

    name: str
    version: str
    application: BuiltEnvironment
    environments: tuple[BuiltEnvironment, ...]
    groups: tuple[tuple[str, ...], ...]
    """The texts of the direct requirements that were resolved together."""
    requirements: tuple[BuiltRequirement, ...]
    """Direct requirements in the order of the groups, then aliases; those that came to nothing are left out."""
    parts: tuple[BuiltPart, ...]
    requires: Mapping[Node, tuple[Node, ...]]
    """Who depends on whom; across groups where a requirement was split."""
    homes: Mapping[Node, BuiltEnvironment]
    """Where everything is installed."""
    versioned: Mapping[str, tuple[str, ...]]
    isolated: frozenset[str]
    """Distributions that are versioned because the user isolates them."""
    conflicts: tuple[ResolvedConflict, ...]
    overrides: Mapping[str, Any]
    """The content of custom_dependencies_versions.json that was in force."""
    imports: Mapping[tuple[str, str], tuple[str, ...]]
    """(distribution, version) → import names."""
    uses: Mapping[tuple[str, str], tuple[str, ...]]
    """(distribution, version) → distributions that it imports, declared or not."""
    registers: Mapping[tuple[str, str], tuple[str, ...]]
    """(distribution, version) → distributions in which it registers things by name."""
    clashes: tuple[frozenset[str], ...]

    def everywhere(self) -> tuple[BuiltEnvironment, ...]:
        """Return all environments, the application's first."""
        return (self.application, *self.environments)

    def version_of(self, node: Node) -> str:
        """Return the version of a distribution in a group."""
        return self.homes[node].versions[node[1]]

    def import_names(self, distribution: str) -> tuple[str, ...]:
        """Return what can be imported from any installed version, sorted."""
        versions = {
            place.versions[distribution] for place in self.everywhere() if distribution in place.versions
        }
        names = {name for version in versions for name in self.imports.get((distribution, version), ())}
        return tuple(sorted(names))

    def distributions(self) -> tuple[str, ...]:
        """Return the names of all that is installed, sorted."""
        return tuple(sorted({name for place in self.everywhere() for name in place.versions}))

    def meant(self, name: str) -> tuple[str, ...]:
        """Return the distributions that a name may mean: that of the name, then those it is imported from.

        :param name: a distribution, or an import name: `sklearn`, `google.cloud.storage`, `pandas.core`, an
            alias.
        """
        top = name.partition(".")[0]
        aliased = [each.node[1] for each in self.requirements if top and each.alias == top]
        providers = [
            distribution
            for distribution in self.distributions()
            # `google` is a part of what `google.cloud.storage` provides, `pandas.core` a part of `pandas`.
            if any(
                f"{name}.".startswith(f"{known}.") or f"{known}.".startswith(f"{name}.")
                for known in self.import_names(distribution)
            )
        ]
        installed = set(self.distributions())
        found = (canonicalize_name(name), *aliased, *providers)
        return tuple(dict.fromkeys(each for each in found if each in installed))

    def known_names(self) -> tuple[str, ...]:
        """Return all names that can be asked about: distributions, then import names and aliases."""
        distributions = self.distributions()
        imports = {name for distribution in distributions for name in self.import_names(distribution)}
        imports |= {requirement.alias for requirement in self.requirements if requirement.alias}
        return tuple(dict.fromkeys((*distributions, *sorted(imports))))


def read(graph: GraphDocument, knowledge: KnowledgeDocument) -> BuiltProject:
    """Return what the record of a build says (:func:`orchestrator.state.record.read_record`)."""
    application = _environment(graph["application"], graph["application"]["sees"])
    environments = tuple(_environment(entry, entry["borrowed"]) for entry in graph["environments"])
    by_name = {place.name: place for place in (application, *environments)}
    homes = {
        (number, name): by_name[home]
        for number, found in enumerate(graph["homes"])
        for name, home in found.items()
    }
    asked: list[tuple[DirectEntry, str]] = [
        *((entry, "") for entry in graph["direct"]),
        *((entry, entry["name"]) for entry in graph["aliases"]),
    ]
    contents = {
        (name, version): entry
        for name, versions in knowledge["distributions"].items()
        for version, entry in versions.items()
    }
    requirements = tuple(
        BuiltRequirement(entry["requirement"], _node(entry), entry["entry"], alias)
        for entry, alias in asked
        if _node(entry) in homes
    )
    parts = tuple(
        BuiltPart(
            entry["requirement"], _node(entry), (entry["importer"]["name"], entry["importer"]["version"])
        )
        for entry in graph["parts"]
        if _node(entry) in homes
    )
    return BuiltProject(
        name=graph["project"]["name"],
        version=graph["project"]["version"],
        application=application,
        environments=environments,
        groups=tuple(map(tuple, graph["groups"])),
        requirements=requirements,
        parts=parts,
        requires=_requires(graph, homes),
        homes=homes,
        versioned={name: tuple(versions) for name, versions in graph["versioned"].items()},
        isolated=frozenset(graph["isolated"]),
        conflicts=tuple(map(_conflict, graph["conflicts"])),
        overrides=graph["overrides"],
        imports={key: tuple(entry["imports"]) for key, entry in contents.items()},
        uses={key: tuple(entry["uses"]) for key, entry in contents.items()},
        registers={key: tuple(entry.get("registers", ())) for key, entry in contents.items()},
        clashes=tuple(frozenset(pair) for pair in knowledge["clashes"]),
    )


def _environment(entry: PlaceEntry, borrowed: Mapping[str, str]) -> BuiltEnvironment:
    versions = {found["name"]: found["version"] for found in entry["distributions"]}
    return BuiltEnvironment(entry["name"], entry["path"], versions, dict(borrowed))


def _conflict(entry: ConflictEntry) -> ResolvedConflict:
    return ResolvedConflict(
        tuple(
            tuple(
                ConflictMember(
                    each["requirement"],
                    None
                    if each["importer"] is None
                    else (each["importer"]["name"], each["importer"]["version"]),
                )
                for each in member
            )
            for member in entry["members"]
        ),
        entry["reason"],
        frozenset(entry["about"]),
    )


def _node(entry: Held) -> Node:
    return entry["group"], entry["distribution"]


def _requires(graph: GraphDocument, homes: Mapping[Node, BuiltEnvironment]) -> dict[Node, tuple[Node, ...]]:
    found = {}
    for number, dependencies in enumerate(graph["dependencies"]):
        for name, needed in dependencies.items():
            elsewhere = graph["redirects"][number].get(name, {})
            nodes = ((elsewhere.get(other, number), other) for other in needed)
            found[number, name] = tuple(node for node in nodes if node in homes)
    return found
