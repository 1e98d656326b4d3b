"""The parts of the page that show distributions: conflicts, versions, rooms with cards, and the table of all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.graph.markup import Html, element

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.reports.graph.rooms import Apartness, Card, Room, Rooms

HUES = 8
"""How many colours of rooms the style has."""
MANY = 12
"""A room with more cards than these is drawn more densely."""
MOST_MARKS = 3
"""So many conflicts are named on a card."""
MOST_USERS = 4
"""So many of those that require a distribution are named in the table."""
APPLICATION_TITLE = "Application"


def seen_by(card: Card, shown: Rooms) -> str:
    """Say which environments see a card, and under which names the application does."""
    if len(shown.rooms) > 1 and shown.rooms[card.room].is_application:
        return "all environments"
    seen = [APPLICATION_TITLE if name == APPLICATION else name for name in card.copy.seen_by]
    seen += [f"{APPLICATION_TITLE} as {alias}" for alias in card.copy.aliases]
    return ", ".join(seen) or "nobody"


def title(room: Room) -> str:
    """Return what a room is called on the page."""
    return APPLICATION_TITLE if room.is_application else room.name


def _hue(room: Room, number: int) -> str:
    return "shared" if room.is_application else f"hue-{number % HUES}"


def counted(number: int, one: str, several: str) -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else several}"


def _jump(label: str, card: Card, shown: Rooms) -> Html:
    """Return a link to a card, in the colour of its room."""
    colour = _hue(shown.rooms[card.room], card.room)
    return element("a", label, href=f"#card-{card.number}", class_=f"jump {colour}", data_card=card.number)


def conflict_list(shown: Rooms) -> Html:
    """Return the conflicts with their reasons, numbered as on the cards."""
    return element(
        "div",
        element(
            "ol", *(_conflict(each, number, shown) for number, each in enumerate(shown.conflicts, start=1))
        ),
        class_="scrolls",
        tabindex=0,
        role="group",
        aria_labelledby="conflicts-title",
    )


def _conflict(conflict: Apartness, number: int, shown: Rooms) -> Html:
    cards = shown.cards
    members = [
        element("li", element("code", text) if card is None else _jump(text, cards[card], shown))
        for text, card in conflict.members
    ]
    return element(
        "li",
        element("span", str(number), class_="mark", aria_hidden="true"),
        element("div", element("ul", *members, class_="members"), element("p", conflict.reason)),
        id=f"conflict-{number}",
    )


def version_table(shown: Rooms) -> Html:
    """Return what is there in several versions: a row a distribution, a column an environment."""
    held = {card.room for cards in shown.several.values() for card in cards}
    columns = [(number, room) for number, room in enumerate(shown.rooms) if number in held]
    head = [element("th", title(room), scope="col", class_=_hue(room, number)) for number, room in columns]
    rows = []
    for name, cards in shown.several.items():
        by_room = {card.room: card for card in cards}
        cells = [
            element(
                "td", _jump(by_room[number].copy.version, by_room[number], shown) if number in by_room else ""
            )
            for number, _ in columns
        ]
        rows.append(element("tr", element("th", name, scope="row"), *cells))
    table = element(
        "table",
        element("thead", element("tr", element("th", "Distribution", scope="col"), *head)),
        element("tbody", *rows),
    )
    return element("div", table, class_="scrolls", tabindex=0, role="group", aria_labelledby="versions-title")


def room_section(room: Room, number: int, marks: dict[int, list[int]], *, several: bool) -> Html:
    """Return an environment with what is installed in it.

    :param marks: card → the numbers of the conflicts that it is in.
    :param several: whether it is one of several.
    """
    sees = element(
        "button",
        "What it sees",
        type="button",
        class_="sees",
        data_room=number,
        aria_pressed="false",
        aria_describedby=f"room-{number}-title",
    )
    heading = element(
        "header",
        element("h3", title(room), id=f"room-{number}-title"),
        sees if several else "",
        element("p", element("code", room.path), f" · {', '.join(_remarks(room, several=several))}"),
    )
    many = " many" if len(room.cards) > MANY else ""
    return element(
        "section",
        heading,
        element(
            "ul",
            *(_card(card, marks.get(card.number, ())) for card in room.cards),
            class_="cards",
            role="list",
        ),
        id=f"room-{number}",
        class_=f"room {_hue(room, number)}{many}",
        data_room=number,
        aria_labelledby=f"room-{number}-title",
    )


def _remarks(room: Room, *, several: bool) -> Iterable[str]:
    yield counted(len(room.cards), "distribution", "distributions")
    if room.is_application and several:
        yield "shared by all"
    elif any(card.distribution.isolated for card in room.cards):
        yield "isolated"


def _card(card: Card, conflicts: Iterable[int]) -> Html:
    several, numbers = len(card.versions) > 1, list(conflicts)
    hidden = []
    if card.asked:
        hidden.append("required by the project itself")
    if several:
        hidden.append(f"in {len(card.versions)} versions")
    if numbers:
        hidden.append(f"in conflict {', '.join(map(str, numbers))}")
    content = [
        element("span", card.name, class_="name"),
        " ",
        element("span", card.copy.version, class_="version"),
        *(element("span", f"as {alias}", class_="alias") for alias in card.copy.aliases),
    ]
    if numbers:
        told = [
            *map(str, numbers[:MOST_MARKS]),
            *([f"+{len(numbers) - MOST_MARKS}"] if len(numbers) > MOST_MARKS else []),
        ]
        marks = (element("span", text, class_="mark") for text in told)
        content.append(element("span", *marks, class_="marks", aria_hidden="true"))
    if hidden:
        content.append(element("span", f" ({', '.join(hidden)})", class_="unseen"))
    kinds = ["card", *(["several"] if several else []), *(["direct"] if card.asked else [])]
    return element(
        "li",
        element(
            "button",
            *content,
            type="button",
            id=f"card-{card.number}",
            class_=" ".join(kinds),
            data_card=card.number,
        ),
    )


def full_table(shown: Rooms) -> Html:
    """Return all distributions as a table: for those who would rather read than look."""
    cards = shown.cards
    head = ("Distribution", "Version", "Environment", "Required by", "Seen by")
    rows = []
    for card in sorted(cards, key=lambda each: (each.name, each.room)):
        users = [
            *(["the project"] if card.asked else []),
            *(_plain(cards[number]) for number in card.required_by),
        ]
        if len(users) > MOST_USERS + 1:
            users[MOST_USERS:] = [f"and {len(users) - MOST_USERS} more"]
        rows.append(
            element(
                "tr",
                element("th", _jump(card.name, card, shown), scope="row"),
                element("td", card.copy.version, class_="several" if len(card.versions) > 1 else None),
                element("td", title(shown.rooms[card.room])),
                element("td", ", ".join(users)),
                element("td", seen_by(card, shown)),
                data_card=card.number,
            )
        )
    return element(
        "div",
        element(
            "table",
            element("thead", element("tr", *(element("th", text, scope="col") for text in head))),
            element("tbody", *rows),
        ),
        class_="wide",
        tabindex=0,
        role="group",
        aria_labelledby="table-title",
    )


def _plain(card: Card) -> str:
    return f"{card.name} {card.copy.version}"
