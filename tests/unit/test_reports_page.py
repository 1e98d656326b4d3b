"""The page of the graph: what is on it, and that nothing of what strangers have written becomes markup."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from orchestrator.config.model import Project
from orchestrator.reports.graph.markup import Html, element, html
from orchestrator.reports.graph.page import page
from orchestrator.reports.graph.rooms import rooms
from orchestrator.reports.why.model import WrittenAt
from orchestrator.reports.why.places import WrittenPlaces
from orchestrator.resolution.outcome import ConflictMember
from tests.support.big_projects import big_project
from tests.unit.built_values import ROOT, SPLIT, built
from tests.unit.plan_values import conflict, group, holds, known, resolved

if TYPE_CHECKING:
    from orchestrator.reports.graph.built import BuiltProject
    from orchestrator.reports.graph.rooms import Card, Rooms

CONFLICT = built(
    group("a", resolved("a==1 low==1 free==1", a="low free")),
    group("b", resolved("b==1 low==2 free==1", b="low free")),
    conflicts=(conflict("a", "b", reason="a needs low<2, b needs low>=2", about="low"),),
    knowledge=known(holds("low==1", "lowly"), holds("low==2", "lowly")),
    seen={"a": "a", "b": "b"},
)
HOSTILE = "</script><script>alert(1)</script><!--\"'&<b onload=x>"


class Reader(HTMLParser):
    """What a parser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> ends something else"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.setdefault(self.open[-1], []).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment")


def of(project: BuiltProject, places: WrittenPlaces | None = None) -> Rooms:
    return rooms(project, places or WrittenPlaces())


def card(shown: Rooms, name: str, version: str) -> Card:
    (found,) = (each for each in shown.cards if (each.name, each.copy.version) == (name, version))
    return found


def labels(shown: Rooms, numbers: tuple[int, ...]) -> list[str]:
    return [f"{shown.cards[number].name} {shown.cards[number].copy.version}" for number in numbers]


def read(shown: Rooms) -> tuple[Reader, Any]:
    """Return the page as a parser sees it, and the facts that its script reads."""
    reader = Reader(page(shown, "2 groups, and fewer are impossible."))
    assert reader.open == []
    return reader, json.loads(reader.texts["script"][0])


def test_rooms_and_cards() -> None:
    """The project's own requirements first, then what is in several versions; the application's room is last."""
    shown = of(CONFLICT)
    assert [(room.name, [each.name for each in room.cards]) for room in shown.rooms] == [
        ("a", ["a", "low"]),
        ("b", ["b", "low"]),
        ("application", ["free"]),
    ]
    assert [each.number for each in shown.cards] == list(range(5))
    assert list(shown.several) == ["low"]
    assert card(shown, "low", "1").versions == ("1", "2")
    assert card(shown, "free", "1").versions == ("1",)
    assert [each.asked != () for each in shown.cards] == [True, False, True, False, False]


def test_what_a_room_sees() -> None:
    shown = of(CONFLICT)
    assert [labels(shown, room.sees) for room in shown.rooms] == [["free 1"], ["free 1"], ["a 1", "b 1"]]


def test_conflicts_join_cards() -> None:
    shown = of(CONFLICT)
    (found,) = shown.conflicts
    assert found.reason == "a needs low<2, b needs low>=2"
    assert [(text, labels(shown, (number or 0,))) for text, number in found.members] == [
        ("a", ["a 1"]),
        ("b", ["b 1"]),
    ]


def test_a_member_that_came_to_nothing() -> None:
    shown = of(built(group("a", resolved("a==1")), conflicts=(conflict("a", "gone>2", reason="why"),)))
    assert shown.conflicts[0].members == (("a", 0), ("gone>2", None))
    assert "gone&gt;2" in page(shown, "")


def test_a_part_in_a_conflict() -> None:
    member = ConflictMember("odd>=2", ("big", "1"))
    shown = of(built(*SPLIT, conflicts=(conflict("big", member, reason="why"),)))
    (found,) = shown.conflicts
    assert [labels(shown, (number or 0,)) for _, number in found.members] == [["big 1"], ["odd 3"]]


def test_chains_go_across_rooms() -> None:
    shown = of(built(*SPLIT))
    ((asked, chain), *_) = card(shown, "low", "2").chains
    assert (asked.requirement, labels(shown, chain)) == ("big", ["big 1", "odd 3", "low 2"])
    assert labels(shown, card(shown, "odd", "3").required_by) == ["big 1"]
    assert labels(shown, card(shown, "odd", "3").requires) == ["low 2"]


def test_a_chain_goes_through_the_copy_that_requires_the_next() -> None:
    """`mid` 1 stands twice, with another `low` each."""
    shown = of(
        built(
            group("a", resolved("a==1 mid==1 low==1", a="mid", mid="low")),
            group("b", resolved("b==1 mid==1 low==2", b="mid", mid="low")),
        )
    )
    for version, environment in (("1", "a"), ("2", "b")):
        ((_, chain),) = card(shown, "low", version).chains
        assert [shown.rooms[shown.cards[number].room].name for number in chain] == [environment] * 3


def test_the_page_reads_as_text() -> None:
    """Without the script: names, versions, reasons, and a table of all."""
    reader, _ = read(of(CONFLICT))
    assert reader.texts["h1"] == ["my-app "]
    assert reader.texts["h3"] == ["a", "b", "Application"]
    assert "2 groups, and fewer are impossible." in reader.texts["p"]
    assert "a needs low<2, b needs low>=2" in reader.texts["p"]
    assert reader.texts["td"][:4] == ["1", "a", "the project", "Application, a"]
    assert [text for text in reader.texts["td"] if text == "all environments"] == ["all environments"]
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = [
        value
        for _, attributes in reader.elements
        for name, value in attributes.items()
        if name in ("aria-labelledby", "aria-describedby", "for")
    ]
    assert set(named) <= set(ids)


def test_the_facts() -> None:
    places = WrittenPlaces({("project.dependencies[0]", "a"): WrittenAt("sub/pyproject.toml", 7, "")})
    shown = of(CONFLICT, places)
    _, facts = read(shown)
    assert facts["project"] == "my-app 1"
    assert facts["conflicts"] == [{"reason": "a needs low<2, b needs low>=2", "cards": [0, 2]}]
    assert facts["cards"][1] == {
        "name": "low",
        "version": "1",
        "room": 0,
        "imports": ["lowly"],
        "chains": [{"from": "a (pyproject.toml:7)", "cards": [0, 1]}],
        "several": True,
        "others": [3],
        "apart": [{"reason": "a needs low<2, b needs low>=2", "requirements": ["a (pyproject.toml:7)", "b"]}],
        "over": True,
        "tied": ["a"],
        "seen": "a",
        "by": [0],
    }


def test_without_a_conflict() -> None:
    """One environment: no word of versions, conflicts or what it sees of others."""
    reader, _ = read(of(built(group("a", resolved("a==1 low==1", a="low")))))
    assert reader.texts["h2"] == ["Environments", "All distributions", "Why is this here?"]
    assert "What it sees" not in reader.texts.get("button", [])
    assert not any("shared by all" in text for text in reader.texts["p"])


def test_nothing_at_all() -> None:
    _, facts = read(of(built()))
    assert (facts["rooms"], facts["cards"]) == ([], [])


def test_names_and_reasons_are_no_markup() -> None:
    """All that comes from elsewhere: the project's name, names, versions, imports, requirements, reasons."""
    name = f"x{HOSTILE}"
    shown = of(
        built(
            group("a", resolved("a==1 low==1", a="low")),
            group("b", resolved("b==1 low==2", b="low")),
            conflicts=(conflict("a", f"b; {HOSTILE}", reason=HOSTILE, about="low"),),
            knowledge=known(holds("low==1", HOSTILE.replace(" ", "")), holds("low==2", "lowly")),
            project=Project(ROOT, name, HOSTILE, "", (), None, None, {}, ()),
        ),
        WrittenPlaces({("", "a"): WrittenAt(f"{HOSTILE}/pyproject.toml", 7, "")}),
    )
    reader, facts = read(shown)
    harmless, _ = read(of(CONFLICT))
    kinds = {tag for tag, _ in harmless.elements} | {"code"}
    assert {tag for tag, _ in reader.elements} <= kinds
    assert sum(tag == "script" for tag, _ in reader.elements) == 2
    assert not [key for _, attributes in reader.elements for key in attributes if key.startswith("on")]
    assert HOSTILE in reader.texts["p"]
    assert facts["conflicts"][0]["reason"] == HOSTILE
    assert facts["project"] == f"{name} {HOSTILE}"


def test_only_what_is_in_the_page_may_run() -> None:
    """The policy names the style and the script by their digests; nothing is fetched from anywhere."""
    text = page(of(CONFLICT), "")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(|\bsrc=|<link", text)


def test_the_parts_are_small_and_end_nothing() -> None:
    parts = {
        name: files("orchestrator.reports.graph").joinpath(name).read_bytes()
        for name in ("page.html", "page.css", "page.js")
    }
    assert sum(map(len, parts.values())) < 40_000
    assert b"</script" not in parts["page.js"] and b"<!--" not in parts["page.js"]
    assert b"</style" not in parts["page.css"]
    assert b"innerHTML" not in parts["page.js"]


def test_markup() -> None:
    assert element("a", "<&>", Html("<b>x</b>"), href="\"'", hidden=True, title=None) == (
        '<a href="&quot;&#x27;" hidden>&lt;&amp;&gt;<b>x</b></a>'
    )
    assert element("label", for_="find", aria_label="x", tabindex=0) == (
        '<label for="find" aria-label="x" tabindex="0"></label>'
    )
    assert html(element("input", type="search"), "<") == '<input type="search">&lt;'


def test_a_big_project() -> None:
    """The same text on every run, a card for each distribution, and each card with a chain from the project."""
    shown = of(big_project(100, 3))
    assert page(shown, "") == page(of(big_project(100, 3)), "")
    assert len(shown.cards) > 100
    for each in shown.cards:
        assert each.chains and all(chain[-1] == each.number for _, chain in each.chains)
        for _, chain in each.chains:
            assert all(after in shown.cards[one].requires for one, after in itertools.pairwise(chain))
