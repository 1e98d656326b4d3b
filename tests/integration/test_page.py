"""The page of `mvenv graph --html` in a real browser: what a person sees, clicks, types and hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.reports.graph.page import page
from orchestrator.reports.graph.rooms import rooms
from orchestrator.reports.why.places import WrittenPlaces
from tests.support.big_projects import big_project
from tests.support.browser import CHROMIUM, Browser
from tests.unit.built_values import built
from tests.unit.plan_values import conflict, group, holds, known, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.reports.graph.built import BuiltProject

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: no browser has shown the page")

# As if a person had replaced what is in the field by something else.
TYPED = "(f => (f.value = '{}', f.dispatchEvent(new Event('input')), 0))(document.getElementById('find'))"
HOSTILE = "</script><img src=x onerror=document.title='bad'>"
CONFLICT = built(
    group("a", resolved("a==1 low==1 mid==1 free==1", a="mid free", mid="low")),
    group("b", resolved("b==1 low==2 free==1", b="low free")),
    conflicts=(conflict("a", "b", reason=f"a needs low<2, b needs low>=2 {HOSTILE}", about="low"),),
    knowledge=known(holds("low==1", "lowly.part"), holds("low==2", "lowly")),
    seen={"a": "a", "b": "b"},
)
# Cards in their order: a 1, low 1, mid 1 | b 1, low 2 | free 1.
A, LOW_1, MID, B, LOW_2, FREE = range(6)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page of the small conflict."""
    return write(CONFLICT, tmp_path_factory.mktemp("page") / "small.html")


@pytest.fixture(scope="module")
def written_big(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the page of some 500 distributions."""
    return write(big_project(400, 5), tmp_path_factory.mktemp("page") / "big.html")


@pytest.fixture
def small(chromium: Browser, written: str) -> Browser:
    """A browser that has just opened that page, in a window of 1000 by 800."""
    chromium.open(written)
    return chromium


def write(project: BuiltProject, path: Path) -> str:
    path.write_text(page(rooms(project, WrittenPlaces()), "2 groups, and fewer are impossible."), "utf-8")
    return path.as_uri()


def cards(browser: Browser, which: str = "") -> list[str]:
    """Return the cards that are shown, of those that a selector picks."""
    found: list[str] = browser.value(
        f"[...document.querySelectorAll({f'button.card{which}'!r})].filter(card => card.getClientRects().length)"
        ".map(card => card.querySelector('.name').textContent + ' ' + card.querySelector('.version').textContent)"
    )
    return found


def focused(browser: Browser) -> str:
    found: str = browser.value("document.activeElement.id || document.activeElement.textContent")
    return found


def told(browser: Browser) -> str:
    """Return what the live region says."""
    return browser.text("#found")


def test_it_runs_and_asks_nobody(small: Browser) -> None:
    """No error, no warning of its own policy, nothing fetched but the file itself."""
    assert [each["params"] for each in small.events if each["method"] == "Log.entryAdded"] == []
    assert [each["params"] for each in small.events if each["method"] == "Runtime.exceptionThrown"] == []
    asked = [
        each["params"]["request"]["url"]
        for each in small.events
        if each["method"] == "Network.requestWillBeSent"
    ]
    assert [url.rpartition("/")[2] for url in asked] == ["small.html"]


def test_reasons_of_strangers_are_text(small: Browser) -> None:
    assert HOSTILE in small.text("#conflicts")
    small.click(f"#card-{LOW_1}")
    assert HOSTILE in small.text("#answer")
    assert small.value("document.images.length + document.title") == "0my-app 1: environments"


def test_what_is_seen_at_first(small: Browser) -> None:
    assert cards(small) == ["a 1", "low 1", "mid 1", "b 1", "low 2", "free 1"]
    assert cards(small, ".several") == ["low 1", "low 2"]
    assert cards(small, ".direct") == ["a 1", "b 1"]
    assert told(small) == "6 distributions"
    assert small.text("#answer") == "" and small.text("#table") == ""
    assert small.value("document.querySelectorAll('#edges path.conflict').length") == 1
    assert small.value("document.querySelector('#edges text').textContent") == "1"


def test_versions_are_told_apart_by_colour(small: Browser) -> None:
    colours = small.value(
        f"[{A}, {LOW_1}, {LOW_2}].map(n => getComputedStyle(document.getElementById(`card-${{n}}`)).backgroundColor)"
    )
    assert len(set(colours)) == 3


def test_why_by_mouse(small: Browser) -> None:
    """The chain from the project's own requirement, in words and lit in the picture, with a line along it."""
    small.click(f"#card-{LOW_1}")
    answer = small.text("#answer")
    assert answer.startswith("low 1\n")
    assert "my-app 1 requires a\na 1 → mid 1 → low 1" in answer
    assert "a needs low<2, b needs low>=2" in answer
    assert "lowly.part" in answer
    assert cards(small, ".on-way") == ["a 1", "mid 1"]
    assert small.value("document.querySelectorAll('#edges path.way').length") == 2
    assert told(small) == "low 1 is explained"
    small.click("#answer .jump")  # the other copy
    assert small.text("#answer").startswith("low 2\n")
    assert cards(small, "[aria-current]") == ["low 2"]
    small.click("#answer .close")
    assert small.text("#answer") == "" and cards(small, "[aria-current]") == cards(small, ".on-way") == []


def test_a_conflict_leads_to_its_cards(small: Browser) -> None:
    small.click("#conflicts .jump")
    assert small.text("#answer h2") == "a 1"
    assert cards(small, ".opposed") == ["b 1"]


def test_why_by_keys(small: Browser) -> None:
    """The focus goes into the answer and back to where it came from."""
    small.value("document.getElementById('card-0').focus()")
    small.press("ArrowDown")
    assert focused(small) == f"card-{LOW_1}"
    small.press("Enter")
    assert focused(small) == "low 1"
    assert small.value("document.activeElement.tagName") == "H2"
    small.press("Escape")
    assert focused(small) == f"card-{LOW_1}"
    assert small.text("#answer") == ""


def test_arrows_go_from_card_to_card(small: Browser) -> None:
    small.value("document.getElementById('card-0').focus()")
    reached = []
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"):
        small.press(key)
        reached.append(focused(small))
    assert reached == [f"card-{number}" for number in (LOW_1, MID, B, MID, FREE, A)]


def test_tab_stops(small: Browser) -> None:
    """One in each room beside its button, so that nobody passes every card; all are buttons, links or fields."""
    stops: list[str] = []
    reached: list[int] = []
    place = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
    while len(reached) == len(set(reached)) and len(stops) < 60:
        small.press("Tab")
        stops.append(focused(small))
        reached.append(small.value(place))
    assert stops[0] == "Skip to the environments"
    assert [stop for stop in stops if stop.startswith("card-")] == [f"card-{n}" for n in (A, B, FREE)]
    assert {"find", "several", "direct", "room", "as-table"} <= set(stops)
    assert len(stops) < 25


def test_search(small: Browser) -> None:
    """By name, version and import; `/` goes there, Enter takes the first."""
    small.press("/")
    assert focused(small) == "find"
    small.press(*"low 2")
    assert cards(small) == ["low 2"]
    assert told(small) == "1 of 6 distributions"
    assert small.text("#room-0") == "", "a room with nothing in it is not shown"
    small.press("Enter")
    assert focused(small) == "low 2"
    small.press("Escape")
    assert focused(small) == "find"
    small.value("document.getElementById('find').value = ''")
    small.press(*"lowly.p")
    assert cards(small) == ["low 1", "low 2"]
    small.press(*"zzz")
    assert cards(small) == [] and "No distribution is like that" in small.text("#environments")


def test_filters(small: Browser) -> None:
    small.click("#several")
    assert cards(small) == ["low 1", "low 2"]
    small.click("#several")
    small.click("#direct")
    assert cards(small) == ["a 1", "b 1"]
    small.click("#direct")
    small.value("(room.value = '1', room.dispatchEvent(new Event('input')))")
    assert cards(small) == ["b 1", "low 2"]
    assert told(small) == "2 of 6 distributions"


def test_a_link_to_what_a_filter_hides(small: Browser) -> None:
    small.press("/", *"free")
    small.click("#versions .jump")
    assert small.text("#answer").startswith("low 1")
    assert f"card-{LOW_1}" in small.value(
        "[...document.querySelectorAll('.card')].filter(c => c.offsetWidth).map(c => c.id)"
    )
    assert small.value("document.getElementById('find').value") == ""


def test_what_an_environment_sees(small: Browser) -> None:
    """Its own and what it sees elsewhere are lit, the rest is dim; a second time, or Escape, ends it."""
    small.click("#room-0 .sees")
    assert cards(small, ".seen") == ["a 1", "low 1", "mid 1", "free 1"]
    assert cards(small, ".elsewhere") == ["free 1"]
    assert told(small) == "a sees 3 of its own and 1 elsewhere"
    small.value("Promise.all(document.getAnimations().map(each => each.finished)).then(() => 0)")
    opacity = f"[{A}, {B}].map(n => getComputedStyle(document.getElementById(`card-${{n}}`)).opacity)"
    seen, dim = map(float, small.value(opacity))
    assert seen == 1 and dim < 0.5
    small.click("#room-2 .sees")
    assert cards(small, ".elsewhere") == ["a 1", "b 1"]
    assert small.value("document.querySelector('#room-0 .sees').getAttribute('aria-pressed')") == "false"
    small.press("Escape")
    assert small.value("document.body.classList.contains('seeing')") is False
    assert told(small) == "6 distributions"


def test_the_table(small: Browser) -> None:
    """The same as text, under the same filters."""
    small.click("#as-table")
    assert small.text("#environments") == ""
    lines = small.text("#table table").splitlines()
    assert lines[0].split("\t") == ["Distribution", "Version", "Environment", "Required by", "Seen by"]
    assert "low\t2\tb\tb 1\tb" in lines and "free\t1\tApplication\ta 1, b 1\tall environments" in lines
    small.click("#several")
    assert len(small.text("#table tbody").splitlines()) == 2
    small.click("#table .jump[data-card='1']")
    assert small.text("#answer").startswith("low 1")


def test_what_a_screen_reader_is_told(small: Browser) -> None:
    told = small.accessible()
    assert {"banner", "main", "search", "complementary", "contentinfo"} <= {role for role, _ in told}
    assert ("heading", "Environments") in told and ("region", "a") in told
    assert ("searchbox", "Find") in told and ("checkbox", "In several versions") in told
    assert ("combobox", "Environment") in told and ("status", "") in told
    assert ("button", "a 1 (required by the project itself, in conflict 1)") in told
    assert ("button", "low 1 (in 2 versions)") in told
    assert not [pair for pair in told if pair[0] in ("button", "link", "checkbox") and not pair[1]]


def test_a_link_opens_with_its_answer(chromium: Browser, written: str) -> None:
    chromium.open(f"{written}#card-{LOW_2}")
    assert chromium.text("#answer").startswith("low 2")
    chromium.open(f"{written}#card-99")
    assert chromium.text("#answer") == ""


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1000, 1800])
def test_it_fits(width: int, scheme: str, chromium: Browser, written: str, written_big: str) -> None:
    """Nothing sticks out to the side, no text leaves its card, and text stands out from what is behind it."""
    for address in (written, written_big):
        chromium.open(address, width=width, scheme="light" if scheme == "light" else "dark")
        assert chromium.value("document.documentElement.scrollWidth") <= width
        out = "[...document.querySelectorAll('button.card')].filter(c => c.scrollWidth > c.clientWidth + 1).length"
        assert chromium.value(out) == 0
    assert chromium.value(CONTRASTS) == []


# Cards and links whose text has less than 4.5 to 1 to its background (WCAG 2.1, 1.4.3), as the canvas mixes colours.
CONTRASTS = """(() => {
  const pen = Object.assign(document.createElement('canvas'), {width: 1, height: 1}).getContext('2d');
  const light = (colour) => {
    pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const bad = [];
  for (const part of document.querySelectorAll('.card .name, .card .version, .jump, .mark, .room p, .numbers li')) {
    let behind = part;
    while (/, 0\\)$|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    const pair = [light(getComputedStyle(part).color), light(getComputedStyle(behind).backgroundColor)];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < 4.5) bad.push([part.className, part.textContent, ratio]);
  }
  return bad;
})()"""


@pytest.mark.slow
def test_many_distributions(chromium: Browser, written_big: str) -> None:
    """The large room is folded, what is looked for is found in it all the same, and typing is quick."""
    chromium.open(written_big)
    every = chromium.value("document.querySelectorAll('.card[id]').length")
    assert every > 400
    assert told(chromium) == f"{every} distributions"
    first = len(cards(chromium))
    assert first < every / 2
    chromium.press("/", *"text-model")
    found = cards(chromium)
    assert found and all("text-model" in each for each in found)
    took = chromium.value(
        f"(() => {{ const start = performance.now(); {TYPED.format('a')};"
        "document.body.offsetHeight; return performance.now() - start; })()"
    )
    assert took < 1000, "on a machine that does other things, too"
    chromium.value(TYPED.format(""))
    assert len(cards(chromium)) == first
    chromium.click(".more")
    assert len(cards(chromium)) == every


def test_more_colours_than_there_are(chromium: Browser, tmp_path: Path) -> None:
    """The ninth environment has the colour of the first, and a conflict of many joins each with the first."""
    groups = [group(f"top{n}", resolved(f"top{n}==1 low=={n}", **{f"top{n}": "low"})) for n in range(9)]
    names = [f"top{n}" for n in range(9)]
    chromium.open(write(built(*groups, conflicts=(conflict(*names, reason="all"),)), tmp_path / "nine.html"))
    assert chromium.value("document.querySelectorAll('.room.hue-0').length") == 2
    assert chromium.value("document.querySelectorAll('#edges path.conflict').length") == 8


def test_it_prints(small: Browser, tmp_path: Path) -> None:
    small.pdf(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
