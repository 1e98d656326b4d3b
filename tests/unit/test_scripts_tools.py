"""The pages that `scripts/tools` and `scripts/engines` write."""

from __future__ import annotations

import pytest

from tool_runs import pages, report


def result(
    tool: str = "tool",
    outcome: str = "passed",
    *,
    how: str = "`run it`",
    limit: str = "",
    version: str = "1.0",
    travels: str = "",
) -> dict[str, str]:
    said = {"how": how, "limit": limit, "version": version, "travels": travels}
    return {"test": "t", "tool": tool, "outcome": outcome, **said}


@pytest.mark.parametrize(
    ("tests", "outcome"),
    [
        ([result()], report.WORKS),
        ([result(), result("tool", "failed")], report.FAILS),
        ([result(), result(limit="not that")], report.LIMITED),
        ([result(), result(how="", limit="not that")], report.LIMITED),
        ([result(how="", limit="it reads /proc")], report.CANNOT),
        ([result(how="", limit="it reads /proc"), result("tool", "skipped")], report.CANNOT),
        ([result("tool", "skipped")], report.NOT_TRIED),
        ([result("tool", "skipped"), result()], report.WORKS),
    ],
)
def test_a_tool_works_as_well_as_its_worst_test(tests: list[dict[str, str]], outcome: str) -> None:
    assert report.outcome(tests) == outcome


def test_a_row_says_each_thing_once() -> None:
    tests = [
        result(how="`a`"),
        result(how="`a`"),
        result(how="`b | c`", limit="not\nhere"),
        result(version=""),
    ]
    assert report.line(pages.TOOLS, "tool", tests) == (
        "| tool | 1.0 | with a limit | `a`<br>`b \\| c`<br>`run it` | not<br>here |"
    )


def test_the_page_counts_and_sorts() -> None:
    results = report.by_tool(
        [result("b"), result("C", how="", limit="x"), result("a"), result("b", limit="y")]
    )
    lines = report.text(pages.TOOLS, results, "3.11.7", "Linux").splitlines()
    assert [line for line in lines if line.startswith(("| yes", "| with", "| no"))] == [
        "| yes | all that was tried | 1 |",
        "| with a limit | all but what the last column says | 1 |",
        "| no | the last column says why | 1 |",
    ]
    assert [line.split(" | ")[0] for line in lines[-4:]] == ["| ---", "| a", "| b", "| C"]
    assert "CPython 3.11.7; Linux." in lines


def test_an_engine_has_a_column_more() -> None:
    results = report.by_tool([result("Engine", travels="lambdas"), result("Engine", travels="frames")])
    lines = report.text(pages.ENGINES, results, "3.11.7", "Linux").splitlines()
    begin = lines.index("| engine | version | works | what travels | how to start | limit |")
    assert lines[begin + 2] == "| Engine | 1.0 | yes | lambdas<br>frames | `run it` | - |"
