"""coverage and pytest-cov: what is measured is the person's code; files of two versions stay apart."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.tools import measured

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

CORES = ("ctrace", "pytrace", "sysmon")
OMIT = "--omit=py_modules/*"
SETTINGS = """
    [run]
    branch = true
    parallel = true
    patch = subprocess
    concurrency = multiprocessing, thread
    """
IN_AN_ENVIRONMENT = (
    "in an environment of its own it does not take `py_modules` for libraries (`--omit 'py_modules/*'`), "
    "and does not measure child processes but those of multiprocessing"
)


@pytest.fixture
def shared(tool_project: ToolProject) -> ProjectFolder:
    """A project whose coverage is there for everybody."""
    return _written(tool_project(*measured.TOOLS))


@pytest.fixture
def isolated(tool_project: ToolProject) -> ProjectFolder:
    """A project with coverage and all around it each in an environment of its own."""
    return _written(tool_project(*measured.TOOLS, isolate=measured.NAMES))


def _written(project: ProjectFolder) -> ProjectFolder:
    measured.write(project)
    project.write(".coveragerc", SETTINGS)
    return project


def files(project: ProjectFolder) -> dict[str, Any]:
    """Return what is known of each file; the key is its path in the project."""
    project.mvenv("run", "coverage", "json", "-q", "-o", "coverage.json")
    found: dict[str, Any] = json.loads((project.root / "coverage.json").read_text())["files"]
    return found


@pytest.mark.tool("coverage", how="`mvenv run coverage run program.py`")
def test_run(shared: ProjectFolder) -> None:
    """The program gets what it gets alone; only its own files are measured."""
    shared.write(".coveragerc", "")
    for command in (("coverage",), ("python", "-m", "coverage")):
        outcome = shared.mvenv("run", *command, "run", "program.py")
        assert outcome.out == f"{measured.VERSIONS} 4\n", outcome
        assert list(files(shared)) == ["program.py"]


@pytest.mark.slow
@pytest.mark.tool(
    "coverage", how="each of its cores on each Python, with branches where it has them; `--timid`"
)
def test_cores(tool_project: ToolProject, interpreter: Interpreter) -> None:
    """sys.monitoring measures on Python 3.12 and later, lines alone before 3.14."""
    project = _written(tool_project(*measured.TOOLS))
    project.write(".coveragerc", "")
    ways = [(core, ()) for core in CORES if core != "sysmon" or interpreter.version != "3.11"]
    for core, options in [
        *ways,
        ("ctrace", ("--branch",)),
        ("pytrace", ("--branch",)),
        ("ctrace", ("--timid",)),
    ]:
        outcome = project.mvenv("run", "coverage", "run", *options, "program.py", env={"COVERAGE_CORE": core})
        assert outcome.out == f"{measured.VERSIONS} 4\n" and not outcome.err, (core, options, outcome)
        assert list(files(project)) == ["program.py"]


@pytest.mark.slow
@pytest.mark.tool("coverage", how="`--branch --source=lib`: the files of two versions each by their path")
@pytest.mark.parametrize("where", ["shared", "isolated"])
def test_files_of_two_versions(request: pytest.FixtureRequest, where: str) -> None:
    project: ProjectFolder = request.getfixturevalue(where)
    project.write(".coveragerc", "")
    project.mvenv("run", "coverage", "run", "--branch", "--source=.,lib,dep_a,dep_b", "program.py")
    found = files(project)
    first, second = (found[measured.library(project, package)] for package in ("dep_a", "dep_b"))
    called = {name for name, function in first["functions"].items() if function["executed_lines"]}
    assert {"which", "double"} <= called
    assert (
        second["functions"]["which"]["executed_lines"] and not second["functions"]["double"]["executed_lines"]
    )
    for kind in ("html", "xml", "lcov", "report", "annotate"):
        project.mvenv("run", "coverage", kind, *(["-d", "html"] if kind == "html" else []))
    pages = "".join(page.read_text() for page in (project.root / "html").glob("*.html"))
    assert all(measured.library(project, package) in pages for package in ("dep_a", "dep_b"))


@pytest.mark.slow
@pytest.mark.tool("coverage", how="`patch = subprocess`, `coverage combine`: child processes of every kind")
def test_children(shared: ProjectFolder) -> None:
    ways = ("subprocess", "spawn", "fork", "forkserver")
    outcome = shared.mvenv("run", "coverage", "run", "program.py", *ways)
    assert outcome.out == f"{measured.VERSIONS} 4\n1 2\n" + f"{measured.VERSIONS}\n" * 3, outcome
    shared.mvenv("run", "coverage", "combine", "-q")
    found = files(shared)
    assert set(found) == {"program.py", "child.py"}
    assert found["child.py"]["summary"]["percent_covered"] == 100


@pytest.mark.slow
@pytest.mark.tool("coverage", how="", limit=IN_AN_ENVIRONMENT)
def test_in_an_environment(isolated: ProjectFolder) -> None:
    outcome = isolated.mvenv("run", "coverage", "run", "program.py", "subprocess", "fork")
    assert outcome.out == f"{measured.VERSIONS} 4\n1 2\n{measured.VERSIONS}\n", outcome
    isolated.mvenv("run", "coverage", "combine", "-q")
    found = files(isolated)
    assert measured.library(isolated, "dep_b") in found and "child.py" not in found
    isolated.mvenv("run", "coverage", "json", "-q", OMIT, "-o", "coverage.json")
    assert list(json.loads((isolated.root / "coverage.json").read_text())["files"]) == ["program.py"]


@pytest.mark.slow
@pytest.mark.tool(
    "pytest-cov", how="`mvenv run pytest --cov --cov-branch`, with `-n 2`, contexts and child processes"
)
@pytest.mark.parametrize("where", ["shared", "isolated"])
def test_plugin(request: pytest.FixtureRequest, where: str) -> None:
    project: ProjectFolder = request.getfixturevalue(where)
    for core in CORES if sys.version_info >= (3, 12) else CORES[:2]:
        for more in ((), ("-n", "2")):
            words = ("pytest", "-q", "--cov", "--cov-branch", "--cov-context=test", *more)
            outcome = project.mvenv("run", *words, env={"COVERAGE_CORE": core})
            assert f"{measured.TESTS} passed" in outcome.out, outcome
            found = files(project)
            assert found["tests/test_program.py"]["summary"]["percent_covered"] == 100
            if where == "shared":
                assert not [name for name in found if name.startswith("py_modules")]
    project.write(".coveragerc", "")
    outcome = project.mvenv(
        "run", "pytest", "-q", "--cov=lib", "--cov=dep_a", "--cov=dep_b", "--cov-report=term-missing"
    )
    assert all(measured.library(project, package) in outcome.out for package in ("dep_a", "dep_b")), outcome
