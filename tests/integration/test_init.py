"""`mvenv init`."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from tests.support.wheels import build_wheel

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
    assert project.mvenv("init").err == "Nothing is missing in pyproject.toml\n"
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


FORMS = {
    "requirements": {
        "requirements.txt": "high  # old\n-c bounds.txt\nown/own-1.0-py3-none-any.whl\n",
        "bounds.txt": "low<3\n",
    },
    "poetry": {
        "pyproject.toml": """
            # mine

            [tool.poetry]
            name = "shop"
            version = "2.0"

            [tool.poetry.dependencies]
            python = "^3.8"
            high = "^1.0"  # kept
            own = {path = "own/own-1.0-py3-none-any.whl"}
            low = "<3"
        """
    },
    "pipenv": {
        "Pipfile": """
            [packages]
            high = "==1.0"
            low = "<3"
            own = {path = "own/own-1.0-py3-none-any.whl"}
        """
    },
    "setup.cfg": {
        "setup.cfg": """
            [metadata]
            name = shop
            [options]
            install_requires =
                high; python_version>"3"
                low<3
                own
        """,
        "pyproject.toml": '[tool.uv.sources]\nown = {path = "own/own-1.0-py3-none-any.whl"}\n',
    },
    "setup.py": {
        "setup.py": """
            from setuptools import setup
            open("was-run", "w")
            setup(name="shop", install_requires=["high", "low<3"] + ["own"])
        """,
        "pyproject.toml": '[tool.uv.sources]\nown = {path = "own/own-1.0-py3-none-any.whl"}\n',
    },
    "uv": {
        "pyproject.toml": """
            [project]
            name = "shop"
            version = "1.0"
            dependencies = ["high", "own"]

            [tool.uv]
            constraint-dependencies = ["low<3"]
            dev-dependencies = ["high"]

            [tool.uv.sources]
            own = {path = "own/own-1.0-py3-none-any.whl"}
        """
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_beginning_from_what_is_there(form: str, project: ProjectFolder, index: Index) -> None:
    """The bound below 3 holds, the local project is installed; twice is once; comments stay; nothing is run."""
    for version in ("1.0", "2.0", "3.0"):
        index.add("low", version)
    index.add("high", "1.0", requires=["low"])
    build_wheel(project.root / "own", "own", "1.0", files={"own.py": ""})
    for name, text in FORMS[form].items():
        project.write(name, text)
    outcome = project.mvenv("init")
    text = (project.root / "pyproject.toml").read_text()
    assert outcome.out == ""
    assert "warning: " not in outcome.err, outcome.err
    assert "Read " in outcome.err
    for line in textwrap.dedent(FORMS[form].get("pyproject.toml", "")).splitlines():
        assert line in text.splitlines()
    project.mvenv("init")
    assert (project.root / "pyproject.toml").read_text() == text
    assert not (project.root / "was-run").exists()
    if form != "setup.py":  # what comes of that is what comes of setup.cfg
        project.mvenv("build")
        assert project.python("-c", "import high, low, own; print(low.__version__)").out == "2.0\n"


def test_what_is_not_carried_is_told_and_the_rest_begins(project: ProjectFolder) -> None:
    project.write("requirements.txt", "low\n--no-binary low\nlow=1\n./gone\n")
    outcome = project.mvenv("-q", "init")
    assert [line.partition(": ")[2].partition(" ")[0] for line in outcome.err.splitlines()] == ["not"] * 3
    assert "requirements.txt:2: pip's option `--no-binary`" in outcome.err
    assert '"low",' in (project.root / "pyproject.toml").read_text()


def test_nothing_half_written(project: ProjectFolder) -> None:
    project.write("requirements.txt", "low\n")
    project.write("setup.cfg", "nothing\n")
    outcome = project.mvenv("init", check=False)
    assert outcome.code == 1
    assert outcome.err.startswith(
        "error: `setup.cfg` cannot be read as such\n  cause: setup.cfg:1: there is no `[section]` above\n"
    )
    assert not (project.root / "pyproject.toml").exists()


def test_files_below_a_project_are_not_its_own(project: ProjectFolder) -> None:
    file = project.pyproject(["low"])
    project.write("below/requirements.txt", "other\n")
    outcome = project.mvenv("-C", "below", "init")
    assert outcome.err.startswith("requirements.txt is not read: the project here is that of ")
    assert "other" not in file.read_text()
