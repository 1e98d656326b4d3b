"""The page that `scripts/interpreters` writes, and the releases that it runs."""

from __future__ import annotations

from typing import Any

import pytest

from pairs import catalogue
from python_runs import releases, report
from tests.support.interpreters import SUPPORTED


def found(passed: int = 3, skipped: int = 0, failures: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return {"passed": passed, "skipped": skipped, "failures": [*failures], "what": [], **more}


@pytest.mark.parametrize(
    ("part", "cell"),
    [
        (None, "not run"),
        (found(), "3 passed"),
        (found(skipped=2), "3 passed, 2 do not apply"),
        (found(failures=("a: why",)), "3 passed, **1 failed**"),
        (found(0, failures=("a", "b")), "**2 failed**"),
        (found(0), "0 passed"),
    ],
)
def test_a_cell_says_what_came_of_a_part(part: dict[str, Any] | None, cell: str) -> None:
    assert report.cell(part) == cell


def test_the_page_says_what_was_not_run_and_what_failed() -> None:
    results = {
        "3.11": {"version": "3.11.7", "compiler": "gcc12", "shim": found()},
        "3.13-other": {
            "version": "3.13.2",
            "compiler": "clang18",
            "demos": found(what=["abcd"], failures=("pandas: it broke",)),
        },
    }
    page = report.page(results, ["3.15"], "Linux x86_64")
    assert "| 3.11.7 | GCC 12 | 3 passed | not run | not run |\n" in page
    assert "| 3.13.2 | Clang 18 | not run | 3 passed, **1 failed** | not run |\n" in page
    assert "Linux x86_64. Not there, so nothing was run on them: 3.15.\n" in page
    assert "## 3.11.7" not in page
    told = "- ran: abcd\n- failed: pandas: it broke\n"
    assert f"## 3.13.2, Clang 18\n\n{told}" in page


def test_there_are_releases_for_every_python() -> None:
    packages = {pair.package.name for pair in catalogue.load()}
    assert tuple(releases.DEMOS) == tuple(releases.PAIRS) == SUPPORTED
    for chosen in releases.PAIRS.values():
        assert chosen.keys() <= packages
