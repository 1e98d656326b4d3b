"""Becomes the package ``wants_a``: the library under test, its tests, and this, which runs them.

Its code belongs to the environment of the version under test, as the tests' does. Each test's outcome goes to a file
of JSON lines as it is known, so that a crash loses nothing but the test that it happened in.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).resolve().parent.parent / "wants_a_tests"


class Recorder:
    """The pytest plugin: writes the outcome of every phase of every test."""

    def __init__(self, path: str) -> None:
        self.file = Path(path).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open until the end
        self.process = os.getpid()

    def write(self, **entry: object) -> None:
        """Write one line, unless in a child that a test forked."""
        if os.getpid() == self.process:
            entry = {**entry, "id": _anywhere(entry["id"])} if "id" in entry else entry
            self.file.write(json.dumps(entry) + "\n")

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a test has started."""
        self.write(id=nodeid, outcome="started")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one phase of a test."""
        outcome: str = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"
        elif report.failed and report.when != "call":
            outcome = "error"
        # unittest's subtests come as reports of their own, under the id of their test
        self.write(id=report.nodeid, outcome=outcome, error=_first_line(report))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that could not be collected."""
        if not report.passed:
            outcome = "skipped" if report.skipped else "error"
            self.write(id=report.nodeid or "(collection)", outcome=outcome, error=_first_line(report))


def main(library: str, module: str, between: list[str], record: str, arguments: list[str]) -> int:
    """Run pytest on the tests, and return its exit code.

    :param library: the distribution under test.
    :param module: its import name.
    :param between: distributions whose versions are recorded.
    :param record: the file of outcomes, appended to.
    """
    recorder = Recorder(record)
    loaded = importlib.import_module(module)
    recorder.write(
        version=importlib.metadata.version(library),
        file=loaded.__file__ or str(list(loaded.__path__)),
        pytest=pytest.__version__,
        between={name: importlib.metadata.version(name) for name in between},
    )
    os.chdir(TESTS)
    code = pytest.main(arguments, plugins=[recorder])
    recorder.write(exit=int(code))
    return int(code)


def _anywhere(test: object) -> str:
    """Return a test's id without the place it was installed in: parameters may hold paths."""
    return str(test).replace(str(TESTS.parent), "<site-packages>")


def _first_line(report: Any) -> str:
    if report.passed:
        return ""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])[:300]
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return str(crash.message).strip().partition("\n")[0][:300]
    lines = [line for line in str(report.longrepr).splitlines() if line.startswith("E ")]
    return (lines[-1][1:].strip() if lines else str(report.longrepr).strip().rpartition("\n")[2])[:300]
