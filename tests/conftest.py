"""Fixtures and the report of which Pythons the suite ran on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support.browser import CHROMIUM
from tests.support.interpreters import (
    Interpreter,
    every_interpreter,
    missing_versions,
    running_interpreter,
)
from tests.support.plain import PlainVenvs
from tests.support.process import clean_environment, offline_environment
from tests.support.project import ProjectFolder
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

# How long an example takes says more about the machine's other work than about the code.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--python`."""
    parser.addoption(
        "--python",
        action="append",
        default=[],
        choices=[one.name for one in every_interpreter()],
        help="run what runs on several Pythons on this one, all of it; may be given several times",
    )


def pytest_report_header() -> list[str]:
    """Say which interpreters there are for the tests that take `interpreter`."""
    lines = [
        f"Python {one.full_version} ({one.name}): {one.executable}"
        + ("" if one.is_accelerated else ", without the accelerator")
        for one in every_interpreter()
    ]
    return lines + [f"Python {version}: not found" for version in missing_versions()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end on which interpreters how much ran, and on which nothing: nobody reads a green run's header."""
    ran = Counter[str]()
    for outcome in ("passed", "failed", "xfailed"):
        for report in terminalreporter.stats.get(outcome, []):
            ran.update(str(value) for key, value in report.user_properties if key == "python")
    if ran:
        counts = ", ".join(f"{one.name}: {ran[one.name]}" for one in every_interpreter() if one.name in ran)
        terminalreporter.write_line(f"tests by Python: {counts}")
    if missing := missing_versions():
        terminalreporter.write_line(f"NOT TESTED, no such Python here: {', '.join(missing)}", yellow=True)
    if CHROMIUM is None:
        terminalreporter.write_line(
            "NOT TESTED, no Chromium here: the page of `mvenv graph --html`", yellow=True
        )


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the real package index, so that `-m 'not index'` is sure to be offline.

    And as slow what runs on Pythons that are neither the oldest nor the newest here, but for `every_python`.
    """
    told = config.getoption("--python")
    names = [one.name for one in every_interpreter() if not one.threading]
    whole = told or [names[0], names[-1]]
    others = []
    for item in items:
        if {"real_project", "tool_project"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.index)
        python = _python_of(item)
        if python is None:
            continue
        item.user_properties.append(("python", python))
        if told and python not in told:
            others.append(item)
        elif python not in whole and not item.get_closest_marker("every_python"):
            item.add_marker(pytest.mark.slow)
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def _python_of(item: pytest.Item) -> str | None:
    """Return the name of the interpreter that a test is for, None if it takes none."""
    parameters = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    chosen = parameters.get("interpreter")
    return chosen.name if isinstance(chosen, Interpreter) else None


@pytest.fixture(scope="session", params=every_interpreter(), ids=lambda one: one.name)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """Each supported Python that this machine has, in turn."""
    found: Interpreter = request.param
    return found


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An empty folder of wheels."""
    folder = tmp_path / "index"
    folder.mkdir()
    return Index(folder)


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path, index: Index) -> ProjectFolder:
    """An empty project that knows the wheels of `index` and nothing else.

    Its Python is that of `interpreter` in a test that takes it, else the one that runs the tests.
    """
    return _project_folder(request, tmp_path / "project", offline_environment(index.folder))


@pytest.fixture
def real_project(request: pytest.FixtureRequest, tmp_path: Path) -> ProjectFolder:
    """An empty project on the real package index; its tests are marked `index`."""
    return _project_folder(request, tmp_path / "project", clean_environment())


@pytest.fixture(scope="session")
def plain_venv(tmp_path_factory: pytest.TempPathFactory) -> PlainVenvs:
    """`plain_venv(index, interpreter, requirements)`: an ordinary environment to compare with."""
    return PlainVenvs(tmp_path_factory.mktemp("plain-venvs"))


def _project_folder(request: pytest.FixtureRequest, root: Path, environment: dict[str, str]) -> ProjectFolder:
    root.mkdir()
    taken = "interpreter" in request.fixturenames
    chosen: Interpreter = request.getfixturevalue("interpreter") if taken else running_interpreter()
    return ProjectFolder(root, chosen, environment).on(chosen)
