"""What a person reads of the results: one row a tool, and the page of the documentation."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tool_runs.pages import Page

WORKS, LIMITED, CANNOT, FAILS, NOT_TRIED = "yes", "with a limit", "no", "**fails**", "not tried"


def text(page: Page, results: Mapping[str, Sequence[Mapping[str, Any]]], python: str, machine: str) -> str:
    """Return the text of a page of the documentation.

    :param results: tool → the results of its tests.
    """
    found = [outcome(tests) for tests in results.values()]
    columns = (page.called.removesuffix("s"), "version", "works", *page.columns.values())
    return page.text.format(
        works=found.count(WORKS),
        limited=found.count(LIMITED),
        cannot=found.count(CANNOT),
        python=python,
        machine=machine,
        table=table(columns, (line(page, name, results[name]) for name in sorted(results, key=str.lower))),
    )


def line(page: Page, tool: str, tests: Sequence[Mapping[str, Any]]) -> str:
    """Return a tool's line of the table."""
    return row(
        [
            tool,
            _joined((test["version"] for test in tests), ", ") or "-",
            outcome(tests),
            *(_joined(test.get(column, "") for test in tests) or "-" for column in page.columns),
        ]
    )


def outcome(tests: Sequence[Mapping[str, Any]]) -> str:
    """Return what the tests of a tool say together: it works as well as the worst of them."""
    outcomes = {test["outcome"] for test in tests}
    if "failed" in outcomes:
        return FAILS
    tried = [test for test in tests if test["outcome"] == "passed"]
    if not tried:
        return NOT_TRIED
    if not any(test["how"] for test in tried):
        return CANNOT
    return LIMITED if any(test["limit"] for test in tried) else WORKS


def by_tool(results: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return the results of each tool."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        found.setdefault(result["tool"], []).append(result)
    return found


def _joined(texts: Iterable[str], between: str = "<br>") -> str:
    """Return the different texts, in order; each may itself be of several lines."""
    lines = chain.from_iterable(text.splitlines() for text in texts)
    return between.join(dict.fromkeys(line.strip().replace("|", "\\|") for line in lines if line.strip()))
