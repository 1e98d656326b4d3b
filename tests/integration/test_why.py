"""`mvenv why`: who requires a copy, what keeps it apart, who sees it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.integration.test_graph import COLOURED, without_digests
from tests.integration.workshop import copy, tree
from tests.support.terminal import on_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def why(project: ProjectFolder, *arguments: str) -> str:
    outcome = project.mvenv("why", *arguments)
    assert outcome.err == ""
    return outcome.out


def test_a_block_for_each_copy(conflict: ProjectFolder) -> None:
    assert (
        without_digests(why(conflict, "low"))
        == """\
low 1.0  in py_modules/dep-a-XXXXXXXX
  required by
    my-app → dep-a 1.0 → low 1.0  (pyproject.toml:6)
    my-app → top 1.0 → dep-a 1.0 → low 1.0  (pyproject.toml:8)
  apart because
    dep-a needs low<2, dep-b needs low>=2
      pyproject.toml:6: project.dependencies[0]: dep-a
      pyproject.toml:7: project.dependencies[1]: dep-b
  seen by dep-a

low 2.0  in py_modules/dep-b-XXXXXXXX
  required by
    my-app → dep-b 1.0 → low 2.0  (pyproject.toml:7)
  apart because
    dep-a needs low<2, dep-b needs low>=2
      pyproject.toml:6: project.dependencies[0]: dep-a
      pyproject.toml:7: project.dependencies[1]: dep-b
  seen by dep-b
"""
    )


def test_an_import_name(conflict: ProjectFolder) -> None:
    """`top` needs `dep-a`; what the application imports as `dep_a` is that one copy."""
    assert (
        without_digests(why(conflict, "dep_a"))
        == """\
`dep_a` is `dep-a`

dep-a 1.0  in py_modules/dep-a-XXXXXXXX
  required by
    my-app → dep-a 1.0  (pyproject.toml:6)
    my-app → top 1.0 → dep-a 1.0  (pyproject.toml:8)
  isolated because it requires low 1.0
  apart because
    dep-a needs low<2, dep-b needs low>=2
      pyproject.toml:6: project.dependencies[0]: dep-a
      pyproject.toml:7: project.dependencies[1]: dep-b
  seen by the application, dep-a
"""
    )


def test_an_unversioned_distribution(conflict: ProjectFolder) -> None:
    assert (
        why(conflict, "plain")
        == """\
plain 1.0  in .venv, shared by all
  required by
    my-app → plain 1.0  (pyproject.toml:9)
    my-app → dep-a 1.0 → plain 1.0  (pyproject.toml:6)
    my-app → dep-b 1.0 → plain 1.0  (pyproject.toml:7)
    my-app → top 1.0 → dep-a 1.0 → plain 1.0  (pyproject.toml:8)
"""
    )


def test_the_document(conflict: ProjectFolder) -> None:
    found: Any = json.loads(why(conflict, "low", "--json"))
    assert (found["schema"], found["project"], found["name"]) == (2, "my-app", "low")
    (explained,) = found["distributions"]
    assert (explained["name"], explained["imports"], explained["versioned"]) == ("low", ["low"], True)
    one, other = explained["copies"]
    assert [each["version"] for each in (one, other)] == ["1.0", "2.0"]
    assert (conflict.root / one["path"] / "bin/python").exists()
    place = {"file": "pyproject.toml", "line": 7, "entry": "project.dependencies[1]"}
    assert other["chains"] == [
        {
            "asked": {"requirement": "dep-b", "place": place},
            "releases": [{"name": "dep-b", "version": "1.0"}, {"name": "low", "version": "2.0"}],
        }
    ]
    assert other["apart"] == one["apart"]
    assert other["apart"][0]["requirements"][1] == {"requirement": "dep-b", "place": place}
    assert (one["seen_by"], other["seen_by"]) == (["dep-a"], ["dep-b"])
    assert (one["apart_over_it"], one["more_chains"], one["follows"]) == (True, 0, [])


def test_without_a_conflict(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["top"])
    project.mvenv("build")
    assert (
        why(project, "low")
        == """\
low 1.0  in .venv
  required by
    my-app → top 1.0 → dep-a 1.0 → low 1.0  (pyproject.toml:6)
"""
    )


def test_what_the_constraints_add(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["plain"], '[tool.mvenv.constraints]\nplain = ["+Low<2"]\n')
    project.mvenv("build")
    assert "    my-app → plain 1.0 → low 1.0  (pyproject.toml:6)\n" in why(project, "low")


def test_an_unknown_name(conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("why", "lwo", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        "error: the project holds nothing called `lwo`\n"
        "  cause: neither a distribution nor an import name of those that the last build installed\n\n"
        "hint: did you mean `low` instead of `lwo`?\n"
    )


def test_a_name_of_an_unselected_group(project: ProjectFolder, index: Index) -> None:
    index.add("deep", "1.0")
    index.add("high", "1.0", requires=["deep"])
    project.pyproject([], '[dependency-groups]\nmore = ["high"]')
    project.mvenv("lock")
    cause = "  cause: mvenv.lock has it for dependency groups or extras that were not asked for\n"
    said = project.mvenv("why", "high", check=False).err
    assert cause in said
    assert "hint: pyproject.toml has it in `more`: `mvenv build --group more` takes that in\n" in said
    said = project.mvenv("tree", "deep", check=False).err
    assert cause in said
    assert "hint: `mvenv build --all-groups --all-extras` takes all of them in\n" in said
    said = project.mvenv("why", "nothing", check=False).err
    assert "of those that mvenv.lock says to install\n" in said


def test_a_module_of_the_standard_library(conflict: ProjectFolder) -> None:
    for name in ("json", "os.path"):
        outcome = conflict.mvenv("why", name, "--json", check=False)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith(f"error: `{name}` belongs to Python's standard library")


def test_no_name(conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("why", check=False)
    assert (outcome.code, outcome.out) == (2, "")
    assert "hint: `mvenv why --help` shows how it is used\n" in outcome.err


def test_before_any_build_it_says_what_graph_says(project: ProjectFolder) -> None:
    project.pyproject(["dep-a"])
    for arguments in (("why", "low"), ("why", "low", "--json")):
        outcome = project.mvenv(*arguments, check=False)
        graph = project.mvenv("graph", check=False)
        assert (outcome.code, outcome.out, outcome.err) == (1, "", graph.err)


def test_a_stale_answer_says_so_beside_the_data(conflict: ProjectFolder, tmp_path: Path) -> None:
    """The places are those of the file as it is now; what is not written there any more has none."""
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-b",))
    outcome = project.mvenv("why", "low")
    assert outcome.err == project.mvenv("graph").err != ""
    assert "      dep-a\n      pyproject.toml:6: project.dependencies[0]: dep-b\n" in outcome.out


def test_it_only_reads(conflict: ProjectFolder) -> None:
    before = tree(conflict.root)
    why(conflict, "low")
    why(conflict, "low", "--json")
    assert tree(conflict.root) == before


def test_the_answer_is_the_same_on_a_terminal(conflict: ProjectFolder) -> None:
    _, _, shown = on_a_terminal(conflict, "why", "low", env=COLOURED, data_too=True)
    assert shown == why(conflict, "low")
