"""The counts of `scripts/native_threads`, and their section of the page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from pairs import at_once, catalogue, report

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 29)


def test_counts_add_up(tmp_path: Path) -> None:
    path = tmp_path / "counts.toml"
    path.write_text("")
    at_once.add("duckdb-1.0.0-1.3.1", 250, 1, TODAY - dt.timedelta(1), path)
    at_once.add("gemmi-0.6.6-0.7.0", 5, 0, TODAY, path)
    added = at_once.add("duckdb-1.0.0-1.3.1", 750, 0, TODAY, path)
    assert added["duckdb-1.0.0-1.3.1"] == at_once.Count(1000, 1, TODAY)
    assert at_once.load(path) == added
    rows = at_once.section(added, catalogue.load()).splitlines()[-2:]
    assert rows[0] == "| duckdb | 1.0.0 and 1.3.1 | 3.11 | 1,000 | 1 | 2026-11-29 |"
    assert rows[1] == "| gemmi | 0.6.6 and 0.7.0 | 3.11 | 5 | 0 | 2026-11-29 |"


def test_the_section_takes_the_place_of_the_old_one() -> None:
    page = report.page([], "here")
    new = at_once.section({}, catalogue.load())
    put = at_once.put(new, page)
    assert put != page
    assert [line for line in put.splitlines() if line.startswith("## ")] == [at_once.TITLE, "## What fails"]
    assert at_once.put(at_once.section(at_once.load(), catalogue.load()), put) == page
    with pytest.raises(ValueError, match="no section"):
        at_once.put(new, "a page")


def test_counts_are_of_pairs_that_there_are() -> None:
    assert {*at_once.load()} <= {pair.name for pair in catalogue.load()}
