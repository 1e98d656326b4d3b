"""Fixtures of the tools' tests: each runs a real tool, installed from the package index, over a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from tests.support.interpreters import Interpreter, running_interpreter
from tests.tools.projects import ToolProjects, installed_version
from tests.tools.recorder import marker_of

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder


class ToolProject(Protocol):
    """What the fixture `tool_project` is."""

    def __call__(
        self, *requirements: str, isolate: tuple[str, ...] = (), extra: str = ""
    ) -> ProjectFolder: ...


@pytest.fixture(scope="session")
def tool_projects(tmp_path_factory: pytest.TempPathFactory) -> ToolProjects:
    """All projects that the tests of a session share."""
    return ToolProjects(tmp_path_factory.mktemp("tools"))


@pytest.fixture
def tool_project(request: pytest.FixtureRequest, tool_projects: ToolProjects) -> ToolProject:
    """`tool_project("gunicorn", isolate=("gunicorn",))`: a built project with `dep-a`, `dep-b`, `lib` 1 and the tool.

    Equal arguments give the same project, emptied of files that the test before has written: take what a test needs
    of one project before another is asked for, and change nothing of what the build has made. `extra` is TOML, for
    further tables of pyproject.toml. Its Python is that of `interpreter` in a test that takes it, else the one that
    runs the tests.
    """

    def make(*requirements: str, isolate: tuple[str, ...] = (), extra: str = "") -> ProjectFolder:
        taken = "interpreter" in request.fixturenames
        chosen: Interpreter = request.getfixturevalue("interpreter") if taken else running_interpreter()
        project = tool_projects.project(chosen, requirements, isolate, extra)
        marker = marker_of(request.node)
        name = None if marker is None else marker.kwargs.get("distribution", marker.args[0])
        if name is not None:  # else the test records the property itself
            of_python = name == "python"
            version = chosen.full_version if of_python else installed_version(project, name)
            request.node.user_properties.append(("version", version))
        return project

    return make
