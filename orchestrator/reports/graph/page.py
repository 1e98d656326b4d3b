"""The page that ``mvenv graph --html`` writes: one file that needs nothing else, no network either.

All that can be read without choosing anything is HTML and needs no script. Names, versions and reasons come from
strangers: :mod:`orchestrator.reports.graph.markup` escapes them, the script sets them as text alone, and the page's
content security policy lets nothing run or be fetched but the style and the script that are in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from pathlib import PurePath
from string import Template
from typing import TYPE_CHECKING, Any

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.graph.markup import Html, element, html

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.reports.graph.rooms import Apartness, Card, Room, Rooms
    from orchestrator.reports.why.model import Apart, AskedRequirement, Cut, Overridden, Release

HUES = 8
"""How many colours of rooms the style has."""
MANY = 12
"""A room with more cards than these is drawn more densely."""


def page(shown: Rooms, verdict: str) -> str:
    """Return the page.

    :param verdict: how many groups there are, and whether fewer would do
        (:func:`orchestrator.reports.graph.text.verdict`).
    """
    folder = files("orchestrator.reports.graph")
    template, style, script = (
        folder.joinpath(name).read_text("utf-8") for name in ("page.html", "page.css", "page.js")
    )
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(template).substitute(
        policy=policy,
        title=html(f"{shown.project} {shown.version}: environments"),
        style=style,
        head=_head(shown, verdict),
        controls=_controls(shown),
        main=_main(shown),
        legend=_legend(shown),
        facts=facts(shown),
        script=script,
    )


def facts(shown: Rooms) -> str:
    """Return what the script needs to know as JSON that can stand in a ``script`` element.

    No ``<`` is in it, so nothing in it ends the element or begins a comment; as ``\\u003c`` JSON means the same.
    """
    document = {
        "project": f"{shown.project} {shown.version}",
        "rooms": [
            {"name": _title(room), "path": room.path, "cards": len(room.cards), "sees": room.sees}
            for room in shown.rooms
        ],
        "cards": [_facts_of(card, shown) for card in shown.cards],
        "conflicts": [
            {"reason": each.reason, "cards": [card for _, card in each.members if card is not None]}
            for each in shown.conflicts
        ],
    }
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _facts_of(card: Card, shown: Rooms) -> dict[str, Any]:
    distribution, copy = card.distribution, card.copy
    indices = {room.name: number for number, room in enumerate(shown.rooms)}
    found: dict[str, Any] = {
        "name": card.name,
        "version": copy.version,
        "room": card.room,
        "asked": [_asked(each) for each in card.asked],
        "aliases": copy.aliases,
        "imports": distribution.imports,
        "chains": [{"from": _asked(asked), "cards": numbers} for asked, numbers in card.chains],
        "more": copy.more_chains,
        "others": [each.number for each in shown.several.get(card.name, ()) if each is not card],
        "overridden": [_overridden(each) for each in copy.overridden],
        "isolated": distribution.isolated,
        "follows": copy.follows,
        "cuts": [_cut(each) for each in copy.cuts],
        "apart": [_apart(each) for each in copy.apart],
        "over": copy.apart_over_it,
        "tied": copy.tied,
        "seen": [indices[name] for name in copy.seen_by if name in indices],
        # Nothing of the application's own need be in a room for it: it may hold nothing and still see this.
        "application": APPLICATION in copy.seen_by,
        "requires": card.requires,
        "by": card.required_by,
    }
    return {name: value for name, value in found.items() if value or name in ("name", "version", "room")}


def _asked(asked: AskedRequirement) -> str:
    place = asked.place
    if place is None or place.line is None:
        return asked.requirement
    return f"{asked.requirement} ({PurePath(place.file).name}:{place.line})"


def _release(release: Release) -> str:
    return f"{release.name} {release.version}"


def _overridden(rule: Overridden) -> str:
    return f"{rule.file} says so for {' → '.join(map(_release, rule.path))}"


def _cut(cut: Cut) -> dict[str, Any]:
    text = f"{cut.requirement} does not fit beside {_release(cut.importer)}, which requires it"
    return {"text": text, "reasons": cut.reasons}


def _apart(apart: Apart) -> dict[str, Any]:
    return {"reason": apart.reason, "requirements": [_asked(each) for each in apart.requirements]}


def _title(room: Room) -> str:
    return "Application" if room.is_application else room.name


def _hue(room: Room, number: int) -> str:
    return "shared" if room.is_application else f"hue-{number % HUES}"


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _head(shown: Rooms, verdict: str) -> Html:
    numbers = [
        (len(shown.rooms), "environment", "environments"),
        (len(shown.cards), "distribution", "distributions"),
        (len(shown.several), "in several versions", "in several versions"),
        (len(shown.conflicts), "conflict", "conflicts"),
    ]
    return html(
        element("h1", shown.project, " ", element("span", shown.version)),
        element("p", verdict, class_="verdict"),
        element(
            "ul",
            *(
                element("li", element("b", str(number)), f" {one if number == 1 else several}")
                for number, one, several in numbers
            ),
            class_="numbers",
        ),
    )


def _controls(shown: Rooms) -> Html:
    options = [
        element("option", f"{_title(room)} ({len(room.cards)})", value=number)
        for number, room in enumerate(shown.rooms)
    ]
    return html(
        element("label", "Find", for_="find"),
        element(
            "input",
            id="find",
            type="search",
            placeholder="name, version or import",
            autocomplete="off",
            spellcheck="false",
            aria_keyshortcuts="/",
        ),
        element("label", element("input", type="checkbox", id="several"), "In several versions"),
        element(
            "label",
            element("input", type="checkbox", id="direct"),
            "Direct only",
            title="Those that the project requires itself",
        ),
        element(
            "select",
            element("option", "All environments", value=""),
            *options,
            id="room",
            aria_label="Environment",
        ),
        element("button", "Table", type="button", id="as-table", aria_pressed="false"),
        element("output", id="found", role="status", aria_live="polite"),
    )


def _main(shown: Rooms) -> Html:
    marks: dict[int, list[int]] = {}
    for number, conflict in enumerate(shown.conflicts, start=1):
        for _, card in conflict.members:
            if card is not None:
                marks.setdefault(card, []).append(number)
    reasons = _section("conflicts", "Apart because", _conflicts(shown)) if shown.conflicts else Html("")
    versions = _section("versions", "In several versions", _versions(shown)) if shown.several else Html("")
    drawn = [
        _room(room, number, marks, several=len(shown.rooms) > 1) for number, room in enumerate(shown.rooms)
    ]
    isolated = [each for each, room in zip(drawn, shown.rooms, strict=True) if not room.is_application]
    # The application's last: what is shared is the most and says the least.
    rooms = html(element("div", *isolated, class_="rooms"), *drawn[len(isolated) :])
    edges = Html('<svg id="edges" aria-hidden="true"></svg>')
    nothing = element("p", "No distribution is like that.", class_="nothing", id="nothing", hidden=True)
    return html(
        element("div", reasons, versions, class_="summary") if reasons or versions else Html(""),
        _section(
            "environments", "Environments", html(nothing, element("div", edges, rooms, class_="picture"))
        ),
        _section("table", "All distributions", _table(shown)),
    )


def _section(name: str, heading: str, content: Html) -> Html:
    return element(
        "section",
        element("h2", heading, id=f"{name}-title"),
        content,
        id=name,
        aria_labelledby=f"{name}-title",
    )


def _jump(label: str, card: Card, shown: Rooms, extra: str = "") -> Html:
    """Return a link to a card, in the colour of its room."""
    colour = _hue(shown.rooms[card.room], card.room)
    return element(
        "a", label, href=f"#card-{card.number}", class_=f"jump {colour}{extra}", data_card=card.number
    )


def _conflicts(shown: Rooms) -> Html:
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


def _versions(shown: Rooms) -> Html:
    held = {card.room for cards in shown.several.values() for card in cards}
    columns = [(number, room) for number, room in enumerate(shown.rooms) if number in held]
    head = [element("th", _title(room), scope="col", class_=_hue(room, number)) for number, room in columns]
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


def _room(room: Room, number: int, marks: dict[int, list[int]], *, several: bool) -> Html:
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
        element("h3", _title(room), id=f"room-{number}-title"),
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
    yield _counted(len(room.cards), "distribution", "distributions")
    if room.is_application and several:
        yield "shared by all"
    elif any(card.distribution.isolated for card in room.cards):
        yield "isolated"


def _card(card: Card, conflicts: Iterable[int]) -> Html:
    several, numbers = len(card.versions) > 1, list(conflicts)
    said = [*(f"as {alias}" for alias in card.copy.aliases)]
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
        *(element("span", text, class_="alias") for text in said),
    ]
    if numbers:
        told = [*map(str, numbers[:3]), *([f"+{len(numbers) - 3}"] if len(numbers) > 3 else [])]
        marks = (element("span", text, class_="mark") for text in told)
        content.append(element("span", *marks, class_="marks", aria_hidden="true"))
    if hidden:
        content.append(element("span", f", {', '.join(hidden)}", class_="unseen"))
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


def _table(shown: Rooms) -> Html:
    cards = shown.cards
    head = ("Distribution", "Version", "Environment", "Required by", "Seen by")
    titles = {room.name: _title(room) for room in shown.rooms} | {APPLICATION: "Application"}
    rows = []
    for card in sorted(cards, key=lambda each: (each.name, each.room)):
        users = [
            *(["the project"] if card.asked else []),
            *(_plain(cards[number]) for number in card.required_by),
        ]
        rows.append(
            element(
                "tr",
                element("th", _jump(card.name, card, shown), scope="row"),
                element("td", card.copy.version, class_="several" if len(card.versions) > 1 else None),
                element("td", titles[shown.rooms[card.room].name]),
                element("td", ", ".join(users)),
                element("td", ", ".join(titles.get(name, name) for name in card.copy.seen_by)),
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


def _legend(shown: Rooms) -> Html:
    entries = [("direct", "name", "the project requires it itself")]
    if shown.several:
        entries.append(
            ("several", "name", "is there in another version, too; the colour is its environment's")
        )
    found = [
        element("li", element("span", name, class_=f"card hue-0 {kind}", aria_hidden="true"), f" {text}")
        for kind, name, text in entries
    ]
    if shown.conflicts:
        mark = element("span", "1", class_="mark", aria_hidden="true")
        found.append(
            element("li", mark, " is in conflict number 1; a dashed line joins those that are apart")
        )
    return element("ul", *found, class_="legend")
