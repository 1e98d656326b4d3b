"""`mvenv init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

NEW = """[project]
name = "project"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = []

[tool.mvenv]
"""


def test_a_new_project(project: ProjectFolder, index: Index) -> None:
    index.add("low", "1.0")
    outcome = project.mvenv("init")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "Wrote pyproject.toml\nAdded the table `tool.mvenv`\n"
    assert (project.root / "pyproject.toml").read_text() == NEW
    assert [path.name for path in project.root.iterdir()] == ["pyproject.toml"]
    project.mvenv("add", "low")
    assert project.python("-c", "import low; print(low.__version__)").out == "1.0\n"


def test_once_more(project: ProjectFolder) -> None:
    project.mvenv("init", "--name", "Another")
    written = (project.root / "pyproject.toml").read_text()
    assert 'name = "another"' in written
    assert project.mvenv("init").err == ""
    assert (project.root / "pyproject.toml").read_text() == written


def test_in_a_project(project: ProjectFolder) -> None:
    """Also from a folder below; what is there stays, and what is wrong with it is told as ever."""
    file = project.pyproject(["low"], "[tool.ruff]  # mine\nline-length = 100\n")
    before = file.read_text()
    (project.root / "below").mkdir()
    outcome = project.mvenv("init", "--tool", "ty")
    assert outcome.err.splitlines()[1:] == [
        "tool.ruff.extend-exclude: `py_modules` has it now",
        "tool.ty.src.exclude: `py_modules` has it now",
    ]
    assert file.read_text().startswith(before)
    file.write_text(
        before.replace('["low"', '["low!!"') if '["low"' in before else before.replace('"low"', '"low!!"')
    )
    refused = project.mvenv("init", check=False)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.startswith("error: ")


def test_a_tool_that_is_not_known(project: ProjectFolder) -> None:
    outcome = project.mvenv("init", "--tool", "pylint", check=False)
    assert outcome.code == 2
    assert outcome.err.startswith("error: mvenv does not know what `pylint` leaves out\n")
    assert list(project.root.iterdir()) == []
