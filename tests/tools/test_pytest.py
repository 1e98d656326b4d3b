"""pytest: the person's tests are the application's code, wherever pytest and its plugins are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import measured

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject
    from tests.tools.projects import ToolProjects


@pytest.fixture
def shared(tool_project: ToolProject) -> ProjectFolder:
    """A project whose pytest is there for everybody."""
    project = tool_project(*measured.TOOLS)
    measured.write(project)
    return project


@pytest.fixture
def isolated(tool_project: ToolProject) -> ProjectFolder:
    """A project with pytest and each of its plugins in an environment of its own."""
    project = tool_project(*measured.TOOLS, isolate=measured.NAMES)
    measured.write(project)
    return project


def passes(project: ProjectFolder, *arguments: str, tests: int = measured.TESTS) -> None:
    """Run pytest with these arguments; all tests must pass."""
    for command in (("pytest",), ("python", "-m", "pytest")):
        outcome = project.mvenv("run", *command, "-q", *arguments)
        assert f"{tests} passed" in outcome.out, outcome


@pytest.mark.tool("pytest", how="`mvenv run pytest`")
def test_plain(shared: ProjectFolder) -> None:
    passes(shared)


@pytest.mark.slow
@pytest.mark.tool("pytest", how="`--import-mode`, `-p no:cacheprovider`, `--doctest-modules`")
@pytest.mark.parametrize("where", ["shared", "isolated"])
def test_options(request: pytest.FixtureRequest, where: str) -> None:
    """However the tests are imported, and as doctests; the environments are not searched for tests."""
    project: ProjectFolder = request.getfixturevalue(where)
    passes(project, "-p", "no:cacheprovider")
    for mode in ("append", "importlib"):
        passes(project, f"--import-mode={mode}", "-p", "no:cacheprovider")
    passes(project, "--doctest-modules", tests=measured.TESTS + 1)
    assert not list(project.root.glob("py_modules/**/*-pytest-*.pyc"))


@pytest.mark.slow
@pytest.mark.tool("pytest-xdist", how="`mvenv run pytest -n 2`")
@pytest.mark.parametrize("where", ["shared", "isolated"])
def test_workers(request: pytest.FixtureRequest, where: str) -> None:
    project: ProjectFolder = request.getfixturevalue(where)
    passes(project, "-n", "2")
    passes(project, "-n", "2", "--dist=loadfile", "-p", "no:cacheprovider")


@pytest.mark.slow
@pytest.mark.tool("pytest", how="assertions of tests and of plug-ins are rewritten")
@pytest.mark.parametrize("where", ["shared", "isolated"])
def test_failures_are_explained(request: pytest.FixtureRequest, where: str) -> None:
    project: ProjectFolder = request.getfixturevalue(where)
    project.write(
        "tests/test_failing.py",
        """
        import dep_b, lib

        def test_fails():
            assert lib.VERSION == dep_b.version()
        """,
    )
    outcome = project.mvenv("run", "pytest", "-q", "tests/test_failing.py", check=False)
    assert "AssertionError: assert '1' == '2'" in outcome.out, outcome


_PLUGIN = """
import pytest

def pytest_report_header():
    import lib.late
    return f"plugin @@ with lib {lib.late.VERSION}"

@pytest.fixture
def version_@@():
    import lib
    return lib.which()

def check(value):
    import lib
    assert value == lib.VERSION
"""


def publish_plugins(tool_projects: ToolProjects) -> None:
    """Publish `plugin-x`, which needs `lib` 1, and `plugin-y`, which needs 2: a fixture, a hook and an assertion."""
    for letter, version in (("x", "1"), ("y", "2")):
        tool_projects.publish().add(
            f"plugin-{letter}",
            "1",
            requires=[f"lib=={version}", "pytest"],
            files={f"plugin_{letter}.py": _PLUGIN.replace("@@", letter)},
            entry_point_groups={"pytest11": {f"plugin_{letter}": f"plugin_{letter}"}},
        )


@pytest.mark.slow
@pytest.mark.tool(
    "pytest", how="plug-ins that need another version see theirs, and the tests the application's"
)
def test_plugins_of_both_sides(tool_projects: ToolProjects, tool_project: ToolProject) -> None:
    publish_plugins(tool_projects)
    project = tool_project("pytest", "plugin-x", "plugin-y")
    measured.write(project)
    project.write(
        "tests/test_plugins.py",
        """
        import lib, plugin_x, plugin_y

        def test_fixtures(version_x, version_y):
            assert [lib.VERSION, version_x, version_y] == ["1", "1", "2"]
            plugin_x.check("1")
            plugin_y.check("2")

        def test_fails():
            plugin_y.check(lib.VERSION)
        """,
    )
    outcome = project.mvenv("run", "pytest", "-v", check=False)
    assert "plugin x with lib 1" in outcome.out and "plugin y with lib 2" in outcome.out, outcome
    assert f"1 failed, {measured.TESTS + 1} passed" in outcome.out
    assert "AssertionError: assert '1' == '2'" in outcome.out


@pytest.mark.slow
@pytest.mark.tool(
    "pytest", how="", limit="in an environment of its own it finds the plug-ins of its own group alone"
)
def test_plugins_of_another_group(tool_projects: ToolProjects, tool_project: ToolProject) -> None:
    publish_plugins(tool_projects)
    project = tool_project("pytest", "plugin-x", "plugin-y", isolate=("pytest",))
    project.write(
        "test_it.py", "def test_x(version_x): assert version_x == '1'\ndef test_y(version_y): pass\n"
    )
    outcome = project.mvenv("run", "pytest", check=False)
    assert "plugins: plugin-x-1\n" in outcome.out and "fixture 'version_y' not found" in outcome.out, outcome
    outcome = project.mvenv("run", "pytest", "-p", "plugin_y", check=False)
    assert outcome.code, outcome
