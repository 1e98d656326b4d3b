"""Which distributions are versioned: the propagation rule of "dependencies done right", and what goes with it.

A distribution is versioned if it is present in more than one version; so is, in any order and to any depth,

- every distribution that depends on a versioned one, because it must find *its* version. Importing counts as
  depending, whether the metadata says so or not (joblib uses numpy if it is there and does not declare it);
- every distribution that shares a top-level import name with a versioned one: namespace packages such as
  ``google`` are one folder in an environment;
- both sides of a clash: distributions that install the same modules;
- what the user isolates, and what the application imports under an alias.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.plan.model import Contents, Knowledge
    from orchestrator.resolution.outcome import ResolvedGroup
    from orchestrator.uv.model import Resolution

Node = tuple[int, str]
"""A distribution of a group: the group's number and the canonical name."""


def edges(resolution: Resolution, knowledge: Knowledge) -> dict[str, frozenset[str]]:
    """Return what each distribution of *resolution* needs to find its own: required, imported, registered in, or
    cohabiting.

    Cohabitation (a shared top-level import name) goes both ways.
    """
    contents = _contents(resolution, knowledge)
    neighbours = _neighbours(contents)
    return {
        name: (
            resolution.requires.get(name, frozenset())
            | (_used(contents[name]) & resolution.pins.keys() if name in contents else frozenset())
            | neighbours.get(name, frozenset())
        )
        - {name}
        for name in resolution.pins
    }


def needed_by(
    node: Node, groups: Sequence[ResolvedGroup], needed: Sequence[Mapping[str, frozenset[str]]]
) -> list[Node]:
    """Return what a distribution of a group needs: there, or in the group that it finds it in (`redirects`).

    :param needed: the :func:`edges` of each group.
    """
    number, name = node
    elsewhere = groups[number].redirects.get(name, {})
    return [
        *((number, other) for other in needed[number][name] if other not in elsewhere),
        *((there, other) for other, there in elsewhere.items()),
    ]


def versioned_names(
    groups: Sequence[ResolvedGroup], knowledge: Knowledge, isolated: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the canonical names of all versioned distributions of a project's groups.

    :param isolated: distributions that the user wants versioned.
    """
    chosen = isolated | {name for group in groups for name in group.aliased.values()}
    if len(groups) < 2 and not chosen:
        return frozenset()
    resolutions = [group.resolution for group in groups]
    versions: dict[str, set[str]] = defaultdict(set)
    dependants: dict[str, set[str]] = defaultdict(set)
    for group in groups:
        for name, pin in group.resolution.pins.items():
            versions[name].add(pin.specification)
        for name, needed in edges(group.resolution, knowledge).items():
            for other in needed:
                dependants[other].add(name)
        for importer, elsewhere in group.redirects.items():
            for other in elsewhere:
                dependants[other].add(importer)
    waiting = [name for name, found in versions.items() if len(found) > 1 or name in chosen]
    waiting += [name for clash in knowledge.clashes if clash <= versions.keys() for name in clash]
    sharing = _sharing_across_groups(resolutions, knowledge)
    return frozenset(reachable(waiting, lambda name: (*dependants[name], *sharing.get(name, ()))))


def _sharing_across_groups(resolutions: Sequence[Resolution], knowledge: Knowledge) -> dict[str, set[str]]:
    """Return distribution → those of any group with which it shares a top-level import name, itself included."""
    by_top: dict[str, set[str]] = defaultdict(set)
    tops: dict[str, frozenset[str]] = {}
    for resolution in resolutions:
        for name, contents in _contents(resolution, knowledge).items():
            own = contents.tops
            tops[name] = tops.get(name, frozenset()) | own
            for top in own:
                by_top[top].add(name)
    return {name: set().union(*(by_top[top] for top in own)) for name, own in tops.items()}


def _contents(resolution: Resolution, knowledge: Knowledge) -> dict[str, Contents]:
    known = knowledge.contents
    return {
        name: known[name, pin.version]
        for name, pin in resolution.pins.items()
        if (name, pin.version) in known
    }


def _used(contents: Contents) -> frozenset[str]:
    return contents.uses | contents.registers


def _neighbours(contents: Mapping[str, Contents]) -> dict[str, frozenset[str]]:
    by_top: dict[str, set[str]] = defaultdict(set)
    for name, found in contents.items():
        for top in found.tops:
            by_top[top].add(name)
    return {name: frozenset().union(*(by_top[top] for top in found.tops)) for name, found in contents.items()}
