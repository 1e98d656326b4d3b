from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP, APP_PRINTS, CONFLICT, copy, leftovers, publish_conflict, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

AGREEING = ("dep-a", "top", "plain")


@pytest.fixture(scope="module")
def plain(workshop: Workshop) -> ProjectFolder:
    """A project whose requirements go together, built."""
    index, project = workshop.new("plain")
    publish_conflict(index)
    project.pyproject(AGREEING)
    said = project.mvenv("build").err
    assert said.startswith("Built 4 distributions in one environment, no conflict in ")
    assert said.endswith("s\n  .venv: 4 distributions\n")
    return project


def test_it_is_an_ordinary_environment(plain: ProjectFolder) -> None:
    assert {path.name for path in plain.root.iterdir()} == {"pyproject.toml", "mvenv.lock", ".venv"}
    packages = plain.library / "site-packages"
    assert {path.name for path in packages.iterdir() if path.name != "__pycache__"} == {
        *("low", "plain", "dep_a.py", "top.py"),
        *("dep_a-1.0.dist-info", "low-1.0.dist-info", "plain-1.0.dist-info", "top-1.0.dist-info"),
    }
    assert not list(plain.root.rglob("*.pth"))
    assert not list(plain.root.rglob("runtime_shim"))


def test_nothing_of_mvenvs_is_loaded(plain: ProjectFolder) -> None:
    code = """
import sys
import low
print(type(sys.path), type(sys.meta_path), [name for name in sys.modules if "mvenv" in name or "shim" in name])
"""
    assert plain.python("-c", code).out == "<class 'list'> <class 'list'> []\n"


def test_the_three_files_are_there(plain: ProjectFolder) -> None:
    assert plain.read_json("versioned_packages.json") == []
    assert plain.read_json("default_dependencies_versions.json") == {}
    assert plain.read_json("custom_dependencies_versions.json") == {}
    assert {path.name for path in plain.library.iterdir() if path.is_file()} == {
        "versioned_packages.json",
        "default_dependencies_versions.json",
        "custom_dependencies_versions.json",
    }


def test_console_scripts(plain: ProjectFolder) -> None:
    assert plain.mvenv("run", "dep-a", "x").out == "dep-a 1.0 x\n"


def test_a_second_build_does_nothing(plain: ProjectFolder) -> None:
    before = tree(plain.root)
    outcome = plain.mvenv("build")
    assert outcome.err == "Up to date: 4 distributions in one environment, no conflict\n"
    assert outcome.out == ""
    assert tree(plain.root) == before


def test_quiet_says_nothing(plain: ProjectFolder, tmp_path: Path) -> None:
    project = copy(plain, tmp_path / "project")
    for dependencies in (AGREEING, ("plain",)):
        project.pyproject(dependencies)
        outcome = project.mvenv("build", "--quiet")
        assert (outcome.out, outcome.err) == ("", "")


def test_from_no_conflict_to_one_and_back(plain: ProjectFolder, tmp_path: Path) -> None:
    project = copy(plain, tmp_path / "project")
    project.write("app.py", APP)
    project.pyproject(CONFLICT)
    project.mvenv("build")
    assert project.python("app.py").out == APP_PRINTS
    assert len(list(project.root.glob("py_modules/*/bin/python"))) == 2
    assert leftovers(project.root) == []
    project.pyproject(AGREEING)
    project.mvenv("build")
    test_it_is_an_ordinary_environment_again(project)
    test_nothing_of_mvenvs_is_loaded(project)
    assert "dep_b" in project.python("app.py", check=False).err


def test_it_is_an_ordinary_environment_again(plain: ProjectFolder) -> None:
    assert not (plain.root / "py_modules").exists()
    assert not list((plain.root / ".venv").rglob("_mvenv.pth"))
    assert not list((plain.root / ".venv").rglob("runtime_shim"))
    assert leftovers(plain.root) == []


def test_no_requirements_at_all(project: ProjectFolder) -> None:
    project.pyproject()
    assert "Built 0 distributions in one environment, no conflict" in project.mvenv("build").err
    assert project.mvenv("run", "python", "-c", "print('runs')").out == "runs\n"


def test_a_project_without_a_dependencies_key(project: ProjectFolder) -> None:
    project.write("pyproject.toml", '[project]\nname = "bare"\n')
    project.mvenv("build")
    assert project.mvenv("graph").out.startswith("bare 0: ")
