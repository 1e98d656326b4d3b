"""`scripts/benchmark` measures for real; that takes a while, and what it finds is no matter of tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support.process import clean_environment, run

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = REPOSITORY / "scripts" / "benchmark"


@pytest.mark.slow
def test_a_part_is_measured_kept_and_shown(tmp_path: Path) -> None:
    """[benchmark] The page is written from what is kept, also by a later command that measures nothing."""
    work, page, later = tmp_path / "work", tmp_path / "page.md", tmp_path / "later.md"
    common = (sys.executable, SCRIPT, "--work", work)
    measure = (*common, "--part", "repeated", "--runs", "2", "--output", page)
    measured = run(measure, cwd=tmp_path, env=clean_environment(), timeout=600)
    (one,) = json.loads((work / "results.json").read_text("utf-8")).values()
    figures = {each["what"]: each for each in one["parts"]["repeated"]["result"]["figures"]}
    assert len(figures["`import json`"]["floor"]) == len(figures["`import json`"]["mvenv"]) == 2
    table = measured.out.partition("| --- |")[2]
    assert "| `import x`, x isolated | " in table
    assert table in page.read_text("utf-8")
    run((*common, "--page", "--output", later), cwd=tmp_path, env=clean_environment())
    assert later.read_text("utf-8") == page.read_text("utf-8")


def test_no_pairs_are_refused(tmp_path: Path) -> None:
    """[benchmark] Before anything is measured or written."""
    command = (sys.executable, SCRIPT, "--work", tmp_path / "work", "--runs", "0")
    refused = run(command, cwd=tmp_path, env=clean_environment(), check=False)
    assert (refused.code, "'0' is no number of pairs" in refused.err) == (2, True)
    assert not (tmp_path / "work").exists()
