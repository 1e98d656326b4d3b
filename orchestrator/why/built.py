"""What an answer needs of a build's record, as values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class BuiltEnvironment:
    """An environment, the application's included."""

    name: str
    path: str
    versions: Mapping[str, str]
    """Distribution → version, of those installed here."""
    borrowed: Mapping[str, str]
    """Distribution → environment, of those seen here and installed there."""


@dataclass(frozen=True, slots=True)
class BuiltGroup:
    """Direct requirements that were resolved together."""

    requirements: tuple[str, ...]
    direct: tuple[str, ...]
    """The distribution of each requirement."""
    requires: Mapping[str, tuple[str, ...]]
    """Distribution → those it depends on."""
    homes: Mapping[str, BuiltEnvironment]
    """Distribution → where the group's copy of it is installed."""


@dataclass(frozen=True, slots=True)
class BuiltProject:
    """A project as the last build left it."""

    name: str
    application: BuiltEnvironment
    environments: tuple[BuiltEnvironment, ...]
    groups: tuple[BuiltGroup, ...]
    versioned: Mapping[str, tuple[str, ...]]
    conflicts: tuple[tuple[tuple[str, ...], str], ...]
    """Requirements, and the reason."""
    imports: Mapping[tuple[str, str], tuple[str, ...]]
    """(distribution, version) → import names."""
    uses: Mapping[tuple[str, str], tuple[str, ...]]
    """(distribution, version) → distributions that it imports, declared or not."""
    clashes: tuple[frozenset[str], ...]

    def everywhere(self) -> tuple[BuiltEnvironment, ...]:
        """Return all environments, the application's first."""
        return (self.application, *self.environments)

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


def read(record: Mapping[str, Any]) -> BuiltProject:
    """Return what the record of a build says (:func:`orchestrator.freshness.read_record`)."""
    graph, knowledge = record["graph"], record["knowledge"]
    application = _environment(graph["application"], graph["application"]["sees"])
    environments = tuple(_environment(entry, entry["borrowed"]) for entry in graph["environments"])
    contents = {
        (name, version): entry
        for name, versions in knowledge["distributions"].items()
        for version, entry in versions.items()
    }
    return BuiltProject(
        name=graph["project"]["name"],
        application=application,
        environments=environments,
        groups=_groups(graph, application, environments),
        versioned={name: tuple(versions) for name, versions in graph["versioned"].items()},
        conflicts=tuple((tuple(entry["requirements"]), entry["reason"]) for entry in graph["conflicts"]),
        imports={key: tuple(entry["imports"]) for key, entry in contents.items()},
        uses={key: tuple(entry["uses"]) for key, entry in contents.items()},
        clashes=tuple(frozenset(pair) for pair in knowledge["clashes"]),
    )


def mentions(reason: str, distribution: str) -> bool:
    """Tell whether a conflict's reason speaks of a distribution, and not of one whose name it begins."""
    return re.search(rf"(?<![\w.-]){re.escape(distribution)}(?![\w-]|\.\w)", reason) is not None


def _environment(entry: Mapping[str, Any], borrowed: Mapping[str, str]) -> BuiltEnvironment:
    versions = {found["name"]: found["version"] for found in entry["distributions"]}
    return BuiltEnvironment(entry["name"], entry["path"], versions, dict(borrowed))


def _groups(
    graph: Mapping[str, Any], application: BuiltEnvironment, environments: tuple[BuiltEnvironment, ...]
) -> tuple[BuiltGroup, ...]:
    by_name = {place.name: place for place in environments}
    of_requirements = {
        tuple(entry["requirements"]): by_name[entry["name"]] for entry in graph["environments"]
    }
    direct = iter(graph["direct"])  # in the order of the groups
    groups = []
    for requirements, requires in zip(graph["groups"], graph["dependencies"], strict=True):
        own = of_requirements.get(tuple(requirements))
        homes = dict.fromkeys(application.versions, application)
        if own is not None:
            homes |= {name: by_name[home] for name, home in own.borrowed.items()}
            homes |= dict.fromkeys(own.versions, own)
        groups.append(
            BuiltGroup(
                tuple(requirements),
                tuple(next(direct)["distribution"] for _ in requirements),
                {name: tuple(needed) for name, needed in requires.items()},
                {name: homes[name] for name in requires if name in homes},
            )
        )
    return tuple(groups)
