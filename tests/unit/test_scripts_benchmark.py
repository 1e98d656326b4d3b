"""What `scripts/benchmark` makes of its measurements."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from benchmarks import kept, libraries, machine, page
from benchmarks.parts import PARTS
from benchmarks.resolving import covered
from benchmarks.spread import MET, MISSED, UNCERTAIN, judged, ratios, spread, verdict
from benchmarks.timing import alternately
from benchmarks.values import Compared, Curve, Figure, Point, Result, Target, result_of
from tests.support.interpreters import SUPPORTED, Interpreter

PYTHON = Interpreter(Path("/python"), "3.11.7", "gcc12")

RESULT = Result(
    [
        Figure("start", [0.010, 0.020, 0.010], [0.011, 0.022, 0.012], target=Target(1.02), in_short=True),
        Figure("run", [0.010] * 3, [0.018] * 3, target=Target(0.010, "difference"), in_short=True),
        Figure("questions", [], [57.0], "", Target(45, "value")),
        Figure("counted", [2e6], [3e6], "instructions"),
    ],
    [Compared("again", {"plain": [1e-7, 1e-7], "peer": "it `said` no"})],
    [Curve("More threads", "threads", [Point(1, [1.0, 1.0], [2.0, 2.0]), Point(64, [2.0, 2.0], [2.0, 3.0])])],
    ["Something else."],
)


def measured(result: Result = RESULT, others: float = 0.02) -> kept.Measured:
    return kept.Measured(result, 3, "2026-01-31", others, 1.5)


def of_python(others: float = 0.02) -> kept.OfPython:
    return kept.OfPython("3.11.7", "gcc12", {"start": measured(others=others)})


def test_a_spread_is_the_median_and_the_quartiles() -> None:
    found = spread([5.0, 1.0, 2.0, 4.0, 3.0])
    assert (found.low, found.median, found.high) == (2.0, 3.0, 4.0)
    assert spread([7.0]).low == spread([7.0]).high == 7.0


def test_a_ratio_is_that_of_a_pair() -> None:
    """A machine that is slow for one pair is slow for both of its sides."""
    assert ratios([1.0, 10.0], [2.0, 20.0]) == [2.0, 2.0]


@pytest.mark.parametrize(
    ("figure", "outcome"),
    [
        (Figure("", [1.0] * 3, [1.024] * 3, target=Target(1.02)), MET),  # shown as 1.02
        (Figure("", [1.0] * 3, [1.03] * 3, target=Target(1.02)), MISSED),
        (Figure("", [1.0] * 4, [0.98, 0.99, 1.1, 1.2], target=Target(1.0)), UNCERTAIN),
        (Figure("", [1.0] * 3, [1.010] * 3, target=Target(0.010, "difference")), MET),
        (Figure("", [1.0] * 3, [1.011] * 3, target=Target(0.010, "difference")), MISSED),
        (Figure("", [], [45.0], "", Target(45, "value")), MET),
        (Figure("", [], [46.0], "", Target(45, "value")), MISSED),
    ],
)
def test_a_target_is_met_or_not(figure: Figure, outcome: str) -> None:
    assert figure.target is not None
    assert verdict(judged(figure), figure.target) == outcome


def test_turns_are_taken_and_the_first_does_not_count() -> None:
    done: list[str] = []

    def action(name: str) -> int:
        done.append(name)
        return len(done)

    floor, mvenv = alternately(lambda: action("floor"), lambda: action("mvenv"), pairs=2)
    assert done == ["floor", "mvenv", "floor", "mvenv", "mvenv", "floor"]
    assert (floor, mvenv) == ([3, 6], [4, 5])


def test_what_others_take_is_what_is_not_ours() -> None:
    cores = os.cpu_count() or 1
    before = machine.Clock(100.0, 5.0, 50.0)
    assert before.others_until(machine.Clock(110.0, 7.0, 52.0 + 5.0 * cores)) == 0.5
    assert before.others_until(machine.Clock(110.0, 9.0, 53.0)) == 0.0
    assert machine.clock().others_until(machine.clock()) <= 1.0


def test_what_overlaps_is_counted_once() -> None:
    assert covered([(5.0, 6.0), (0.0, 2.0), (1.0, 3.0), (1.5, 1.7)]) == 4.0
    assert covered([]) == 0.0


def test_results_are_read_as_they_were_written() -> None:
    assert result_of(json.loads(json.dumps(RESULT.document()))) == RESULT


def test_what_is_kept_is_kept_part_by_part(tmp_path: Path) -> None:
    kept.keep(tmp_path, PYTHON, "start", measured())
    kept.keep(tmp_path, PYTHON, "work", measured(Result()))
    assert kept.read(tmp_path)["3.11"].parts == {"start": measured(), "work": measured(Result())}


def test_nothing_is_kept_of_another_release(tmp_path: Path) -> None:
    kept.keep(tmp_path, PYTHON, "start", measured())
    kept.keep(tmp_path, Interpreter(Path("/python"), "3.11.9", "gcc12"), "work", measured())
    assert asdict(kept.read(tmp_path)["3.11"]).keys() == {"version", "compiler", "parts"}
    assert kept.read(tmp_path)["3.11"].parts.keys() == {"work"}


def test_the_page_shows_each_row_with_its_target() -> None:
    text = page.page({"3.11": of_python()}, PARTS, "a machine")
    for line in (
        "| start | 10.0 ms | 12.0 ms | 1.10 (1.10 to 1.15) | ≤ 1.02 | **no** |",
        "| run | 10.0 ms | 18.0 ms | +8.00 ms (+8.00 ms to +8.00 ms) | ≤ +10.0 ms | yes |",
        "| questions | - | 57 | - | ≤ 45 | **no** |",
        "| counted | 2.0 M | 3.0 M | 1.50 | - | - |",
        "|  | plain | peer |",
        "| again | 100 ns | cannot (1) |",
        "1. peer: `it said no`",
        "### More threads",
        "| 64 | 2.00 s | 2.50 s | +500 ms (+250 ms to +750 ms) | 1.25 |",
        "Times 64.0 threads: without mvenv times 2.00, with it times 1.25.",
        "Something else.",
        "a machine.",
    ):
        assert f"\n{line}\n" in text, line
    assert "Targets are what it may cost: 1 met, 0 within the spread, 2 not." in text.replace("\n", " ")
    assert "Other work" not in text


def test_the_page_has_a_section_for_every_part() -> None:
    text = page.page({"3.11": of_python()}, PARTS, "a machine")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        f"## {part.title}" for part in PARTS.values()
    ]
    assert text.count("Not measured yet.") == len(PARTS) - 1


def test_a_busy_machine_is_told() -> None:
    text = page.page({"3.11": of_python(others=0.83)}, PARTS, "a machine")
    assert "Other work took 83% of the processors meanwhile: not to be relied on." in text.replace("\n", " ")


def test_the_short_table_has_the_chosen_rows() -> None:
    text = page.short(of_python(), PARTS, "a machine")
    assert text.splitlines()[2:] == [
        "| start | 10.0 ms | 12.0 ms | 1.10 | ≤ 1.02 | **no** |",
        "| run | 10.0 ms | 18.0 ms | +8.00 ms | ≤ +10.0 ms | yes |",
        "",
        "CPython 3.11.7, a machine; medians of 3 pairs.",
    ]


def test_the_table_of_a_page_is_replaced() -> None:
    before = f"# Title\n\n{page.BEGIN}\nold\n{page.END}\nafter\n"
    assert page.replaced(before, "new") == f"# Title\n\n{page.BEGIN}\nnew\n{page.END}\nafter\n"
    with pytest.raises(ValueError, match="benchmark: begin"):
        page.replaced("# Title\n", "new")


@pytest.mark.parametrize("version", [*SUPPORTED, "3.14t"])
def test_there_are_two_releases_of_each_library_for_every_python(version: str) -> None:
    chosen = libraries.releases(version)
    assert {"pandas", "fastapi"} <= chosen.keys() <= libraries.NAMES.keys()
    assert all(new != old for new, old in chosen.values())
