"""From what a build has left to the answer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.plan.nearest import nearest
from orchestrator.reports.twice import registering
from orchestrator.reports.why.model import (
    Apart,
    AskedRequirement,
    Chain,
    Cut,
    Explained,
    ExplainedCopy,
    Overridden,
    Release,
    WhyAnswer,
)
from orchestrator.resolution.outcome import ConflictMember
from orchestrator.system.graphs import shortest_chains, turned
from orchestrator.system.names import OVERRIDES as FILE
from runtime_shim.overrides.rules import comparable, rules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from orchestrator.reports.graph.built import BuiltEnvironment, BuiltPart, BuiltProject, Node
    from orchestrator.reports.why.places import WrittenPlaces
    from orchestrator.resolution.outcome import ResolvedConflict
    from runtime_shim.overrides.rules import Rule

MOST_CHAINS = 5


def explain(name: str, project: BuiltProject, places: WrittenPlaces) -> WhyAnswer:
    """Say why what is called *name* is there.

    :param name: a distribution, or an import name; see :meth:`orchestrator.reports.graph.built.BuiltProject.meant`.
    """
    return WhyAnswer(project.name, name, tuple(explain_each(project.meant(name), project, places)))


def explain_each(names: Iterable[str], project: BuiltProject, places: WrittenPlaces) -> Iterator[Explained]:
    """Say why each of some distributions is there.

    :param names: canonical.
    """
    ways = _Ways(project)
    return (_explained(name, project, places, ways) for name in names)


class _Ways:
    """Who requires whom, walked once for all that is asked about a project."""

    def __init__(self, project: BuiltProject) -> None:
        self._project = project

    @cached_property
    def users(self) -> Mapping[Node, Iterable[Node]]:
        """Who requires a node."""
        return turned(self._project.requires)

    @cached_property
    def nearest(self) -> Mapping[str, Mapping[Node, Iterable[Node]]]:
        """The copies of a distribution that are nearest to the application, and by whom."""
        asked = [each.node for each in self._project.requirements if not each.alias]
        return nearest(asked, lambda node: self._project.requires.get(node, ()))


def _explained(name: str, project: BuiltProject, places: WrittenPlaces, ways: _Ways) -> Explained:
    homes = [place for place in project.everywhere() if name in place.versions]
    return Explained(
        name=name,
        imports=project.import_names(name),
        versioned=name in project.versioned,
        copies=tuple(_copy(name, home, project, places, ways) for home in homes),
        isolated=name in project.isolated,
        isolated_at=places.isolated.get(name) if name in project.isolated else None,
    )


def _copy(
    name: str, home: BuiltEnvironment, project: BuiltProject, places: WrittenPlaces, ways: _Ways
) -> ExplainedCopy:
    nodes = {node for node, place in project.homes.items() if node[1] == name and place == home}
    chains = sorted(_chains(nodes, project, places, ways), key=lambda chain: len(chain.releases))
    apart, over_it = _apart(name, nodes, project, places)
    stands_twice = sum(place.versions.get(name) == home.versions[name] for place in project.environments) > 1
    several = len(project.versioned.get(name, ())) > 1 and not stands_twice
    return ExplainedCopy(
        version=home.versions[name],
        environment=home.name,
        path=home.path,
        chains=tuple(chains[:MOST_CHAINS]),
        more_chains=len(chains[MOST_CHAINS:]),
        apart=apart,
        apart_over_it=over_it,
        follows=() if several else _follows(name, nodes, project),
        seen_by=tuple(
            place.name
            for place in project.everywhere()
            if home in (place, project.application) or place.borrowed.get(name) == home.name
        ),
        aliases=tuple(each.alias for each in project.requirements if each.alias and each.node in nodes),
        cuts=_cuts(nodes, project),
        overridden=tuple(_overridden(nodes, project)),
        tied=_tied(name, home, project, ways),
    )


def _release(node: Node, project: BuiltProject) -> Release:
    return Release(node[1], project.version_of(node))


def _chains(
    nodes: Collection[Node], project: BuiltProject, places: WrittenPlaces, ways: _Ways
) -> Iterator[Chain]:
    found = shortest_chains(nodes, (each.node for each in project.requirements), ways.users)
    for each in project.requirements:
        if each.node in found:
            links = tuple(_release(node, project) for node in found[each.node])
            yield Chain(AskedRequirement(each.text, places.of(each.text, each.entry)), links)


def _apart(
    name: str, nodes: Collection[Node], project: BuiltProject, places: WrittenPlaces
) -> tuple[tuple[Apart, ...], bool]:
    """Return the conflicts between the groups of *nodes* and those of other copies; and whether over it."""
    if name not in project.versioned:
        return (), False
    groups = {group for group, _ in nodes}
    others = {group for group, other in project.homes if other == name} - groups
    own = [each for each in project.conflicts if any(_concerns(each, group, project) for group in groups)]
    over_it = [each for each in own if name in each.about]
    between = [each for each in own if any(_concerns(each, group, project) for group in others)]
    return (
        tuple(
            Apart(
                conflict.reason,
                tuple(AskedRequirement(each.text, places.of(each.text)) for each in _members(conflict)),
            )
            for conflict in over_it or between
        ),
        bool(over_it),
    )


def _members(conflict: ResolvedConflict) -> tuple[ConflictMember, ...]:
    return tuple(each for member in conflict.members for each in member)


def _concerns(conflict: ResolvedConflict, group: int, project: BuiltProject) -> bool:
    """Whether a conflict is one of a group's: it names something of it, or is among what a split one requires."""
    members = _members(conflict)
    if not _put_into(group, project).isdisjoint(members):
        return True
    split = {
        part.importer
        for part in project.parts
        if part.node in project.requires.get((group, part.importer[0]), ())
    }
    return any(all(each.importer == importer for each in members) for importer in split)


def _put_into(group: int, project: BuiltProject) -> set[ConflictMember]:
    """Return what was put into a group, as conflicts have it."""
    return {
        *map(ConflictMember, project.groups[group]),
        *(ConflictMember(each.text) for each in project.requirements if each.alias and each.node[0] == group),
        *(part.member for part in project.parts if part.node[0] == group),
    }


def _cuts(nodes: Collection[Node], project: BuiltProject) -> tuple[Cut, ...]:
    return tuple(
        Cut(part.text, Release(*part.importer), tuple(dict.fromkeys(_reasons(part, project))))
        for part in project.parts
        if part.node in nodes
    )


def _reasons(part: BuiltPart, project: BuiltProject) -> Iterator[str]:
    """Yield why a part does not fit beside its importer: the conflicts with what is in the importer's group."""
    groups = [
        node[0]
        for node, needed in project.requires.items()
        if part.node in needed and node[1] == part.importer[0]
    ]
    beside = {member for group in groups for member in _put_into(group, project)}
    for conflict in project.conflicts:
        members = set(_members(conflict))
        if part.member in members and all(
            each in beside or each.importer == part.importer for each in members - {part.member}
        ):
            yield conflict.reason


def _overridden(nodes: Collection[Node], project: BuiltProject) -> Iterator[Overridden]:
    """Yield the rules that have chosen a copy: it is what they say, and somebody requires it along their path."""
    for rule in rules(dict(project.overrides)):
        chosen = comparable((rule.dependency, rule.version))
        reached = {node for node in nodes if comparable((node[1], project.version_of(node))) == chosen}
        if reached and _is_followed(rule, reached, project):
            yield Overridden(tuple(Release(*release) for release in rule.path), FILE)


def _is_followed(rule: Rule, reached: Collection[Node], project: BuiltProject) -> bool:
    """Whether someone requires any of *reached* along the path of a rule, which may begin with the project."""
    outermost = comparable((project.name, project.version))
    for position in range(len(rule.condition) - 1, -1, -1):
        if position == 0 and rule.condition[0] == outermost:
            return any(requirement.node in reached for requirement in project.requirements)
        reached = {
            node
            for node, needed in project.requires.items()
            if not set(needed).isdisjoint(reached)
            and comparable((node[1], project.version_of(node))) == rule.condition[position]
        }
    return bool(reached)


def _tied(name: str, home: BuiltEnvironment, project: BuiltProject, ways: _Ways) -> tuple[str, ...]:
    """Return through which direct requirements a copy is as near to the application as one in another version."""
    if name not in project.versioned or name in project.application.borrowed:
        return ()
    found = ways.nearest.get(name, {})
    if len({project.version_of(node) for node in found}) < 2:
        return ()
    users = (user for node, users in found.items() if project.homes[node] == home for _, user in users)
    return tuple(dict.fromkeys(users))


def _follows(name: str, nodes: Iterable[Node], project: BuiltProject) -> tuple[str, ...]:
    """Say what makes a distribution in a single version versioned: the rule of `orchestrator.plan.versioned`."""
    if name not in project.versioned or name in project.isolated:
        return ()
    phrases: dict[str, None] = {}
    for node in sorted(nodes):
        declared = set(project.requires.get(node, ()))
        uses = project.uses.get((name, project.version_of(node)), ())
        imported = {(node[0], other) for other in uses} & project.homes.keys() - declared
        for verb, needed in (("requires", declared), ("imports", imported)):
            for other in sorted(needed, key=lambda each: each[1]):
                if other[1] in project.versioned and other[1] != name:
                    phrases[f"it {verb} {other[1]} {project.version_of(other)}"] = None
    phrases |= dict.fromkeys(registering(name, project))
    phrases |= dict.fromkeys(
        f"the application imports it as `{each.alias}`"
        for each in project.requirements
        if each.alias and each.node[1] == name
    )
    return tuple(phrases) or _neighbours(name, project)


def _neighbours(name: str, project: BuiltProject) -> tuple[str, ...]:
    phrases = [
        f"it installs the same modules as {other}"
        for pair in project.clashes
        if name in pair
        for other in sorted(pair - {name})
        if other in project.versioned
    ]
    tops = {each.partition(".")[0] for each in project.import_names(name)}
    for other in sorted(project.versioned.keys() - {name}):
        shared = tops & {each.partition(".")[0] for each in project.import_names(other)}
        phrases += [f"it shares the import name `{top}` with {other}" for top in sorted(shared)]
    return tuple(phrases)
