"""A plugin of pytest for `scripts/tools` and `scripts/engines`: writes down what came of tests, and takes some.

A test is of a tool, or of an engine, by its marker.

Written after every test, so that a run that is ended has told what it knew. The file is a JSON list; each test is

    {"test": id, "tool": name, "how": text, "limit": text, "version": text, "outcome": "passed" | "failed" | "skipped"}

and has what else of text its marker says: of an engine what travels.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_SAID = ("how", "limit", "travels")
_STASHED = pytest.StashKey[dict[str, Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options."""
    parser.addoption("--tools-results", metavar="FILE", help="write the results here")
    parser.addoption("--tools-list", metavar="FILE", help="write the names of all tools here, a JSON list")
    parser.addoption(
        "--tools", action="append", default=[], metavar="NAME", help="only the tests of this tool"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start to record, if there is where to."""
    if file := config.getoption("--tools-results"):
        config.pluginmanager.register(_Recorder(Path(file)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say which tools there are, and leave the tests of others out.

    :raises pytest.UsageError: there is no such tool.
    """
    if file := config.getoption("--tools-list"):
        names = sorted({tool_of(item) for item in items} - {""}, key=str.lower)
        Path(file).write_text(json.dumps(names) + "\n", "utf-8")
    wanted = {name.lower() for name in config.getoption("--tools")}
    if not wanted:
        return
    known = {tool_of(item).lower() for item in items}
    if wanted - known:
        raise pytest.UsageError(
            f"no tool {', '.join(sorted(wanted - known))}; there are {', '.join(sorted(known))}"
        )
    config.hook.pytest_deselected(items=[item for item in items if tool_of(item).lower() not in wanted])
    items[:] = [item for item in items if tool_of(item).lower() in wanted]


def tool_of(item: pytest.Item) -> str:
    """Return the name of the tool that a test is about; empty if it is about none."""
    marker = marker_of(item)
    return str(marker.args[0]) if marker else ""


def marker_of(item: pytest.Item) -> pytest.Mark | None:
    """Return the marker that says of which row a test is."""
    found = (item.get_closest_marker(kind) for kind in ("tool", "engine"))
    return next((marker for marker in found if marker is not None), None)


class _Recorder:
    """Keeps the results of a session and writes them."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._results: list[dict[str, Any]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        marker = marker_of(item)
        if marker is None:
            return report
        if report.when == "setup":
            item.stash[_STASHED] = {
                "test": item.nodeid,
                "tool": marker.args[0],
                **{said: marker.kwargs.get(said, "") for said in _SAID},
                "outcome": "passed",
            }
        result = item.stash[_STASHED]
        if report.failed or hasattr(report, "wasxfail"):
            result["outcome"] = "failed"
        elif report.skipped:
            result["outcome"] = "skipped"
        if report.when == "teardown":
            result["version"] = dict(item.user_properties).get("version", "")
            self._results.append(result)
            self._file.write_text(json.dumps(self._results, indent=1) + "\n", "utf-8")
        return report
