"""How `graph`, `why`, `tree` and `list` tell of what the user decides, and of what was split."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.test_graph import without_digests
from tests.integration.workshop import copy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

SETTINGS = """
[project.optional-dependencies]
fast = ["keeps-old"]
[dependency-groups]
dev = [
  "keeps-new"]
[tool.mvenv]
isolate = [
  "Alone"]
[tool.mvenv.aliases]
low_old = "low==1.0"
"""


@pytest.fixture(scope="module")
def project(workshop: Workshop) -> ProjectFolder:
    """A built project with a split requirement, an alias, an isolated distribution, an override, and options.

    `big` needs an old `low`, and `odd`, which needs a new one; `alone` would take the newest.
    """
    index, project = workshop.new("decided")
    for version in ("1.0", "2.0", "3.0"):
        index.add("low", version)
    index.add("big", "1.0", requires=["low<2", "odd>=0.5"])
    index.add("odd", "1.0", requires=["low>=3"])
    index.add("alone", "1.0", requires=["low"])
    index.add("keeps-old", "1.0", requires=["low<2"])
    index.add("keeps-new", "1.0", requires=["low>=3"])
    project.pyproject(["big", "alone"], SETTINGS)
    project.write("custom_dependencies_versions.json", '{"alone": {"1.0": {"low": "2.0"}}}')
    project.mvenv("build", "--extra", "fast", "--group", "dev")
    return project


def said(project: ProjectFolder, *arguments: str) -> str:
    outcome = project.mvenv(*arguments)
    assert outcome.err == ""
    return without_digests(outcome.out)


def block(project: ProjectFolder, name: str, version: str) -> str:
    """Return what `why` says of one copy."""
    blocks = said(project, "why", name).removesuffix("\n").split("\n\n")
    return next(text for text in blocks if text.startswith(f"{name} {version} "))


def line_of(project: ProjectFolder, text: str) -> int:
    lines = (project.root / "pyproject.toml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_a_part_of_a_split_requirement(project: ProjectFolder) -> None:
    told = block(project, "odd", "1.0")
    line = line_of(project, '"big"')
    assert f"\n    my-app → big 1.0 → odd 1.0  (pyproject.toml:{line})\n" in told
    _, found, reasons = told.partition(
        "\n  apart because odd>=0.5 does not fit beside big 1.0, which requires it\n"
    )
    assert found
    assert "big 1.0 needs low<2" in reasons.splitlines()[0]


def test_what_a_part_brings(project: ProjectFolder) -> None:
    assert "\n    my-app → big 1.0 → odd 1.0 → low 3.0  (pyproject.toml:" in block(project, "low", "3.0")


def test_an_alias(project: ProjectFolder) -> None:
    told = block(project, "low", "1.0")
    assert f"\n    my-app → low 1.0  (pyproject.toml:{line_of(project, 'low_old =')})\n" in told
    assert told.endswith("the application as `low_old`")
    assert said(project, "why", "low_old").startswith("`low_old` is `low`\n\n")


def test_an_override(project: ProjectFolder) -> None:
    assert ("\n  in this version because custom_dependencies_versions.json says so for alone 1.0\n") in block(
        project, "low", "2.0"
    )
    for version in ("1.0", "3.0"):
        assert "custom_dependencies" not in block(project, "low", version)


def test_what_is_isolated(project: ProjectFolder) -> None:
    line = line_of(project, '"Alone"')
    says = f"\n  isolated because `[tool.mvenv] isolate` says so  (pyproject.toml:{line})\n"
    assert says in block(project, "alone", "1.0")


def test_groups_and_extras(project: ProjectFolder) -> None:
    line = line_of(project, '"keeps-new"')
    assert f"my-app → keeps-new 1.0  (pyproject.toml:{line})\n" in block(project, "keeps-new", "1.0")
    told = said(project, "tree", "--depth", "1")
    assert "] (extra fast)\n" in told
    assert "] (group dev)\n" in told
    assert "] ! (as low_old)\n" in told


def test_the_tree_crosses_a_split(project: ProjectFolder) -> None:
    told = said(project, "tree", "odd", "--invert")
    assert "\n└── big 1.0 [big]\n    └── my-app 1.0 (big)\n" in told
    assert " (apart from big 1.0)\n" in said(project, "tree")


def test_the_picture(project: ProjectFolder) -> None:
    told = said(project, "graph")
    assert "── odd>=0.5  → odd 1.0  (for big 1.0)\n" in told
    assert "── low==1.0  → low 1.0 !  (as low_old)\n" in told
    assert "  isolated\n" in told
    assert "\nOverridden:\n  alone 1.0 → low 2.0\n" in told


def test_the_document(project: ProjectFolder) -> None:
    found: Any = json.loads(said(project, "graph", "--format", "json"))
    assert {each["requirement"]: each["entry"] for each in found["direct"]} == {
        "big": "project.dependencies[0]",
        "alone": "project.dependencies[1]",
        "keeps-old": "project.optional-dependencies.fast[0]",
        "keeps-new": "dependency-groups.dev[0]",
    }
    assert [each["entry"] for each in found["aliases"]] == ["tool.mvenv.aliases.low_old"]
    assert [each["importer"] for each in found["parts"]] == [{"name": "big", "version": "1.0"}]
    assert (found["isolated"], found["overrides"]) == (["alone"], {"alone": {"1.0": {"low": "2.0"}}})


def test_the_copies(project: ProjectFolder) -> None:
    lines = said(project, "list", "--duplicates").splitlines()
    assert [line.split()[:2] for line in lines] == [["low", "1.0"], ["low", "2.0"], ["low", "3.0"]]


def test_overrides_that_were_edited_since(project: ProjectFolder, tmp_path: Path) -> None:
    """They are in effect without a build, and are not among what the build did."""
    edited = copy(project, tmp_path / "project")
    edited.write("custom_dependencies_versions.json", '{"alone": {"1.0": {"low": "3.0"}}}')
    outcome = edited.mvenv("why", "low")
    assert outcome.err == (
        "note: custom_dependencies_versions.json has changed since this was built: it holds for every new "
        "start, and `mvenv build` updates what is shown here\n"
    )
    assert without_digests(outcome.out) == said(project, "why", "low")
    edited.write("custom_dependencies_versions.json", '{"alone": {"1.0": {"low": "99"}}}')
    assert edited.mvenv("why", "low").err.startswith("note: the project has changed since this was built;")
