"""An override must not leak: who has nothing to do with the overridden release keeps what it had.

The resolver would gladly give everybody in a group the version that one release is to use. That is right for
those that import the release, and for those that it imports: they pass objects to each other. Others are its
neighbours, and for them the override is as good as not written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.resolution.contexts import overridden_versions
from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.resolution.outcome import Groups
    from orchestrator.uv.model import Demand, Resolution
    from runtime_shim.overrides.rules import Rule

Defaults = dict[tuple[str, str], set[str]]
"""Who requires, what (canonical names) → the versions that it finds without overrides."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A release that would get, as a neighbour of an overridden one, a version that it would not have."""

    overridden: str
    neighbour: str
    dependency: str
    default: str


def defaults(groups: Groups, shared: Collection[str] = ()) -> Defaults:
    """Return what everybody finds in groups that were made without overrides.

    :param shared: distributions that nobody keeps a version of: there is to be one for all.
    """
    found: Defaults = {}
    for group in groups.groups:
        pins = group.resolution.pins
        for name, needed in group.resolution.requires.items():
            for other in needed:
                found.setdefault((name, other), set()).add(pins[other].version)
        for name, elsewhere in group.redirects.items():
            for other, number in elsewhere.items():
                version = groups.groups[number].resolution.pins[other].version
                found.setdefault((name, other), set()).add(version)
    return {key: versions for key, versions in found.items() if key[1] not in shared}


def find_leak(
    resolution: Resolution,
    members: Sequence[Demand],
    rules: Sequence[Rule],
    known: Mapping[tuple[str, str], set[str]],
) -> Leak | None:
    """Return the first leak in *resolution*, by name; None if there is none.

    :param members: the question's requirements.
    :param known: what everybody finds without overrides.
    """
    if not known:
        return None
    found = overridden_versions(resolution, members, rules)
    decided = {
        (name, dependency) for (name, _), chosen in found.items() for each in chosen for dependency in each
    }
    graph = _graph(resolution, members)
    for overridden, dependency in sorted(decided):
        if dependency not in resolution.pins:
            continue
        version = resolution.pins[dependency].version
        below = _reachable(overridden, graph)
        for neighbour in sorted(graph):
            default = known.get((neighbour, dependency), set())
            if (
                dependency in graph[neighbour]
                and (neighbour, dependency) not in decided
                and default
                and version not in default
                and neighbour not in below
                and overridden not in _reachable(neighbour, graph)
            ):
                return Leak(overridden, neighbour, dependency, max(default))
    return None


def _graph(resolution: Resolution, members: Iterable[Demand]) -> dict[str, set[str]]:
    """Return who requires whom; what is wanted for a split distribution is required by it."""
    graph = {name: set(needed) for name, needed in resolution.requires.items()}
    for wanted in members:
        for importer, _ in wanted.chain[-1:]:
            if importer in graph:
                graph[importer].add(wanted.name)
    return graph


def _reachable(start: str, graph: Mapping[str, set[str]]) -> frozenset[str]:
    return frozenset(reachable([start], lambda name: graph.get(name, ())))
