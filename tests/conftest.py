"""Fixtures and the report of which Pythons the suite ran on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support.interpreters import (
    Interpreter,
    found_interpreters,
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


def pytest_report_header() -> list[str]:
    """Say which interpreters the tests that take `interpreter` run on."""
    lines = [f"Python {found.full_version}: {found.executable}" for found in found_interpreters()]
    return lines + [f"Python {version}: not found" for version in missing_versions()]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat at the end which interpreters nothing ran on: nobody reads the header of a green run."""
    if missing := missing_versions():
        terminalreporter.write_line(f"not tested, no such Python here: {', '.join(missing)}", yellow=True)


@pytest.hookimpl(tryfirst=True)  # before `-m` selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what uses the real package index, so that `-m 'not index'` is sure to be offline.

    And as slow what a file marked `wide` does on Pythons that are neither the oldest nor the newest here.
    """
    ordinary = [found for found in found_interpreters() if not found.threading]
    between = [found for found in found_interpreters() if found not in (ordinary[0], ordinary[-1])]
    for item in items:
        if {"real_project", "tool_project"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.index)
        parameters = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        if item.get_closest_marker("wide") and parameters.get("interpreter") in between:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", params=found_interpreters(), ids=str)
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
