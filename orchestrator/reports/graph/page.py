"""The page that ``mvenv graph --html`` writes: one file that needs nothing else, no network either.

All that can be read without choosing anything is HTML and needs no script. Names, versions and reasons come from
strangers: :mod:`orchestrator.reports.graph.markup` escapes them, the script sets them as text alone, and the page's
content security policy lets nothing run or be fetched but the style and the script that are in it.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from orchestrator.reports.graph.markup import Html, element, html
from orchestrator.reports.graph.page_facts import facts
from orchestrator.reports.graph.page_parts import (
    conflict_list,
    full_table,
    room_section,
    title,
    version_table,
)

if TYPE_CHECKING:
    from orchestrator.reports.graph.rooms import Rooms


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


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


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
        element("option", f"{title(room)} ({len(room.cards)})", value=number)
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
    reasons = _section("conflicts", "Apart because", conflict_list(shown)) if shown.conflicts else Html("")
    versions = (
        _section("versions", "In several versions", version_table(shown)) if shown.several else Html("")
    )
    drawn = [
        room_section(room, number, marks, several=len(shown.rooms) > 1)
        for number, room in enumerate(shown.rooms)
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
        _section("table", "All distributions", full_table(shown)),
    )


def _section(name: str, heading: str, content: Html) -> Html:
    return element(
        "section",
        element("h2", heading, id=f"{name}-title"),
        content,
        id=name,
        aria_labelledby=f"{name}-title",
    )


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
