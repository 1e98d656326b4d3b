"""The project as rooms with cards in them: the facts of the page that ``mvenv graph --html`` writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.why.explain import explain_each
from orchestrator.reports.why.model import AskedRequirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.reports.graph.built import BuiltEnvironment, BuiltProject
    from orchestrator.reports.why.model import Chain, Explained, ExplainedCopy
    from orchestrator.reports.why.places import WrittenPlaces


@dataclass(frozen=True, slots=True)
class Card:
    """An installed copy of a distribution. Cards are named by their number, from 0."""

    number: int
    room: int
    name: str
    asked: tuple[AskedRequirement, ...]
    """The project's own requirements that came to it."""
    distribution: Explained
    copy: ExplainedCopy
    versions: tuple[str, ...]
    """All in which the distribution is there."""
    chains: tuple[tuple[AskedRequirement, tuple[int, ...]], ...]
    """From a requirement of the project's own to this card, which is the last one."""
    requires: tuple[int, ...]
    required_by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """An environment that holds anything."""

    name: str
    path: str
    """Its folder, relative to the project."""
    cards: tuple[Card, ...]
    """What the project asks for itself first, then what is in several versions, then the rest; by name."""
    sees: tuple[int, ...]
    """Cards of other rooms that it sees."""

    @property
    def is_application(self) -> bool:
        """Whether it is the application environment."""
        return self.name == APPLICATION


@dataclass(frozen=True, slots=True)
class Apartness:
    """A conflict: requirements that cannot be together."""

    members: tuple[tuple[str, int | None], ...]
    """What they say, and the card that each came to, if it came to any."""
    reason: str


@dataclass(frozen=True)
class Rooms:
    """All that the page shows."""

    project: str
    version: str
    rooms: tuple[Room, ...]
    """The isolated environments, then the application's."""
    conflicts: tuple[Apartness, ...]

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """All cards, by number."""
        return tuple(
            sorted((each for room in self.rooms for each in room.cards), key=lambda card: card.number)
        )

    @cached_property
    def several(self) -> Mapping[str, tuple[Card, ...]]:
        """Distribution → its cards, of those in several versions."""
        found: dict[str, list[Card]] = {}
        for card in self.cards:
            if len(card.versions) > 1:
                found.setdefault(card.name, []).append(card)
        return {name: tuple(found[name]) for name in sorted(found)}


def rooms(project: BuiltProject, places: WrittenPlaces) -> Rooms:
    """Return what there is to show of a built project.

    :param places: where requirements are written now.
    """
    environments = [place for place in (*project.environments, project.application) if place.versions]
    asked: dict[tuple[str, str], list[AskedRequirement]] = {}
    for each in project.requirements:
        home = project.homes[each.node].name, each.node[1]
        asked.setdefault(home, []).append(AskedRequirement(each.text, places.of(each.text, each.entry)))
    several = {name: versions for name, versions in project.versioned.items() if len(versions) > 1}
    order = [
        (number, place, name)
        for number, place in enumerate(environments)
        for name in sorted(
            place.versions, key=lambda name: ((place.name, name) not in asked, name not in several, name)
        )
    ]
    numbers = {(place.name, name): number for number, (_, place, name) in enumerate(order)}
    links = _links(project, numbers)
    after, before = _directions(links)
    releases: dict[tuple[str, str], list[int]] = {}
    for (_, name), number in numbers.items():
        releases.setdefault((name, order[number][1].versions[name]), []).append(number)
    explained = {each.name: each for each in explain_each(project.distributions(), project, places)}
    cards: list[Card] = []
    for number, (room, place, name) in enumerate(order):
        copy = next(each for each in explained[name].copies if each.environment == place.name)
        cards.append(
            Card(
                number=number,
                room=room,
                name=name,
                asked=tuple(asked.get((place.name, name), ())),
                distribution=explained[name],
                copy=copy,
                versions=several.get(name, (copy.version,)),
                chains=tuple(
                    (chain.asked, _numbered(chain, number, releases, links)) for chain in copy.chains
                ),
                requires=tuple(after.get(number, ())),
                required_by=tuple(before.get(number, ())),
            )
        )
    return Rooms(
        project.name,
        project.version,
        tuple(
            Room(
                place.name,
                place.path,
                tuple(card for card in cards if card.room == number),
                tuple(_seen(place, project, numbers)),
            )
            for number, place in enumerate(environments)
        ),
        tuple(_conflicts(project, numbers)),
    )


def _links(project: BuiltProject, numbers: Mapping[tuple[str, str], int]) -> dict[tuple[int, int], None]:
    """Return who requires whom, by number; sorted."""
    card = {node: numbers[home.name, node[1]] for node, home in project.homes.items()}
    found = ((card[node], card[other]) for node, needed in project.requires.items() for other in needed)
    return dict.fromkeys(sorted(found))


def _directions(links: Iterable[tuple[int, int]]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    after: dict[int, list[int]] = {}
    before: dict[int, list[int]] = {}
    for one, other in links:
        after.setdefault(one, []).append(other)
        before.setdefault(other, []).append(one)
    return after, before


def _numbered(
    chain: Chain,
    last: int,
    releases: Mapping[tuple[str, str], list[int]],
    links: Mapping[tuple[int, int], None],
) -> tuple[int, ...]:
    """Return the cards of a chain; of a release that stands twice the one that requires the next in the chain."""
    found = [last]
    for release in reversed(chain.releases[:-1]):
        cards = releases[release.name, release.version]
        found.append(next((number for number in cards if (number, found[-1]) in links), cards[0]))
    return tuple(reversed(found))


def _seen(
    place: BuiltEnvironment, project: BuiltProject, numbers: Mapping[tuple[str, str], int]
) -> Iterable[int]:
    homes = {name: home for name, home in place.borrowed.items() if (home, name) in numbers}
    if place is not project.application:
        homes |= dict.fromkeys(project.application.versions, APPLICATION)
    return sorted(numbers[home, name] for name, home in homes.items() if name not in place.versions)


def _conflicts(project: BuiltProject, numbers: Mapping[tuple[str, str], int]) -> Iterable[Apartness]:
    of_project = {each.text: each.node for each in reversed(project.requirements)}
    of_parts = {part.member: part.node for part in project.parts}
    for conflict in project.conflicts:
        members: list[tuple[str, int | None]] = []
        for member in (each for together in conflict.members for each in together):
            node = of_project.get(member.requirement) if member.importer is None else of_parts.get(member)
            home = None if node is None else project.homes[node].name
            members.append((member.text, None if node is None or home is None else numbers[home, node[1]]))
        yield Apartness(tuple(members), conflict.reason)
