"""`mvenv list`: everything that is installed, and what is installed more than once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tests.integration.workshop import copy, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


def listed(project: ProjectFolder, *arguments: str) -> str:
    outcome = project.mvenv("list", *arguments)
    assert outcome.err == ""
    return outcome.out


def test_everything(conflict: ProjectFolder) -> None:
    assert (
        listed(conflict)
        == """\
dep-a  1.0  dep-a
dep-b  1.0  dep-b
low    1.0  dep-a  !
low    2.0  dep-b  !
plain  1.0  .venv
top    1.0  dep-a
"""
    )


def test_duplicates_with_their_sizes(conflict: ProjectFolder) -> None:
    lines = [re.split(r"\s{2,}", line) for line in listed(conflict, "--duplicates").splitlines()]
    assert [line[:3] for line in lines] == [["low", "1.0", "dep-a"], ["low", "2.0", "dep-b"]]
    assert all(re.fullmatch(r"\d+ bytes", line[3]) for line in lines)


def test_a_size_is_that_of_the_installed_files(conflict: ProjectFolder) -> None:
    found: Any = json.loads(listed(conflict, "--duplicates", "--json"))
    assert found["schema"] == 1
    for row, version in zip(found["distributions"], ("1.0", "2.0"), strict=True):
        (only,) = row["copies"]
        site = conflict.root / only["path"] / conflict.library.relative_to(conflict.root / ".venv")
        files = (
            file
            for folder in ("low", f"low-{version}.dist-info")
            for file in (site / "site-packages" / folder).rglob("*")
            if file.is_file() and file.suffix != ".pyc"
        )
        assert only["size"] == sum(file.stat().st_size for file in files) > 0


def test_the_document(conflict: ProjectFolder) -> None:
    found: Any = json.loads(listed(conflict, "--json"))
    assert [row["name"] for row in found["distributions"]] == ["dep-a", "dep-b", "low", "low", "plain", "top"]
    assert found["distributions"][4] == {
        "name": "plain",
        "version": "1.0",
        "copies": [
            {"environment": "application", "path": ".venv", "size": None, "mine": True, "instead": None}
        ],
    }


def test_without_duplicates(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["top"])
    project.mvenv("build")
    outcome = project.mvenv("list", "--duplicates")
    assert (outcome.out, outcome.err) == ("", "nothing is installed more than once\n")
    assert json.loads(listed(project, "--duplicates", "--json"))["distributions"] == []


def test_an_empty_project(project: ProjectFolder) -> None:
    project.pyproject([])
    project.mvenv("build")
    outcome = project.mvenv("list")
    assert (outcome.out, outcome.err) == ("", "nothing is installed\n")


def test_before_any_build(project: ProjectFolder) -> None:
    project.pyproject(["dep-a"])
    outcome = project.mvenv("list", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == project.mvenv("graph", check=False).err


def test_it_only_reads(conflict: ProjectFolder) -> None:
    before = tree(conflict.root)
    listed(conflict, "--duplicates")
    assert tree(conflict.root) == before
