"""`mvenv tree`: who requires what, from the project down and from a distribution up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.test_graph import COLOURED
from tests.integration.workshop import copy, tree
from tests.support.terminal import on_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


def shown(project: ProjectFolder, *arguments: str) -> str:
    outcome = project.mvenv("tree", *arguments)
    assert outcome.err == ""
    return outcome.out


def test_the_whole_project(conflict: ProjectFolder) -> None:
    assert (
        shown(conflict)
        == """\
my-app 1.0
├── dep-a 1.0 [dep-a]
│   ├── low 1.0 [dep-a] !
│   └── plain 1.0
├── dep-b 1.0 [dep-b]
│   ├── low 2.0 [dep-b] !
│   └── plain 1.0
├── top 1.0 [dep-a]
│   └── dep-a 1.0 [dep-a] (*)
└── plain 1.0

(*) shown above with all that is below it
!   in several versions: `mvenv why NAME` tells of each
"""
    )


def test_who_requires_it(conflict: ProjectFolder) -> None:
    assert (
        shown(conflict, "low", "--invert")
        == """\
low 1.0 [dep-a] !
└── dep-a 1.0 [dep-a]
    ├── my-app 1.0 (dep-a)
    └── top 1.0 [dep-a]
        └── my-app 1.0 (top)
low 2.0 [dep-b] !
└── dep-b 1.0 [dep-b]
    └── my-app 1.0 (dep-b)

!   in several versions: `mvenv why NAME` tells of each
"""
    )


def test_an_import_name_and_a_depth(conflict: ProjectFolder) -> None:
    assert shown(conflict, "dep_a", "--depth", "0") == "dep-a 1.0 [dep-a]\n"
    assert shown(conflict, "top", "--depth", "1") == "top 1.0 [dep-a]\n└── dep-a 1.0 [dep-a]\n"


def test_the_document(conflict: ProjectFolder) -> None:
    found: Any = json.loads(shown(conflict, "top", "--json", "--depth", "1"))
    below = {
        "name": "dep-a",
        "version": "1.0",
        "environment": "dep-a",
        "notes": [],
        "below": [],
        "several": False,
        "mine": False,
        "repeated": False,
    }
    root = {**below, "name": "top", "below": [below]}
    assert found == {"schema": 1, "inverted": False, "trees": [root]}
    assert json.loads(shown(conflict, "--json"))["trees"][0]["name"] == "my-app"


def test_groups_and_extras_are_named(conflict: ProjectFolder, tmp_path: Path) -> None:
    """What is required directly, but not by `project.dependencies`, says where it comes from."""
    project = copy(conflict, tmp_path / "project")
    optional = '[project.optional-dependencies]\nx = ["top"]\n[dependency-groups]\ndev = ["plain"]\n'
    project.pyproject(["dep-b"], optional)
    project.mvenv("build", "--extra", "x", "--group", "dev")
    assert "├── top 1.0 [top] (extra x)\n" in shown(project)
    assert "└── plain 1.0 (group dev)\n" in shown(project)
    assert "  my-app → top 1.0  (pyproject.toml:" in project.mvenv("why", "top").out


def test_without_a_conflict(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["top"])
    project.mvenv("build")
    assert (
        shown(project)
        == """\
my-app 1.0
└── top 1.0
    └── dep-a 1.0
        ├── low 1.0
        └── plain 1.0
"""
    )


def test_an_unknown_name_is_answered_as_why_does(conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("tree", "lwo", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == conflict.mvenv("why", "lwo", check=False).err


@pytest.mark.parametrize("arguments", [("--invert",), ("low", "--depth", "-1"), ("low", "--depth", "x")])
def test_a_wrong_command_line(conflict: ProjectFolder, arguments: tuple[str, ...]) -> None:
    outcome = conflict.mvenv("tree", *arguments, check=False)
    assert (outcome.code, outcome.out) == (2, "")
    assert "hint: `mvenv tree --help` shows how it is used\n" in outcome.err


def test_before_any_build(project: ProjectFolder) -> None:
    project.pyproject(["dep-a"])
    outcome = project.mvenv("tree", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == project.mvenv("graph", check=False).err


def test_it_only_reads_and_has_no_colours(conflict: ProjectFolder) -> None:
    before = tree(conflict.root)
    _, _, coloured = on_a_terminal(conflict, "tree", env=COLOURED, data_too=True)
    assert coloured == shown(conflict)
    assert tree(conflict.root) == before
