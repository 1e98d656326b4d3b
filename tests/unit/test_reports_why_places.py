from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.reports.why.model import WrittenAt
from orchestrator.reports.why.places import WrittenPlaces, places

if TYPE_CHECKING:
    from pathlib import Path


TEXT = """\
[project]
name = "x"
dependencies = [
  "a>=1",
  "b", "a>=1"]
[project.optional-dependencies]
fast = ["c"]
[dependency-groups]
dev = [{include-group = "lint"},
  "b"]
lint = ["d"]
[tool.mvenv]
isolate = [
  "Big_Thing"]
[tool.mvenv.aliases]
a_old = "a==1"
"""


def read(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> WrittenPlaces:
    monkeypatch.chdir(folder)
    (folder / "pyproject.toml").write_text(text)
    return places(folder / "pyproject.toml")


@pytest.mark.parametrize(
    ("text", "entry", "line", "found"),
    [
        ("a>=1", "project.dependencies[0]", 4, "project.dependencies[0]"),
        ("a>=1", "project.dependencies[2]", 5, "project.dependencies[2]"),
        ("b", "", 5, "project.dependencies[1]"),
        ("c", "project.optional-dependencies.fast[0]", 7, "project.optional-dependencies.fast[0]"),
        ("b", "dependency-groups.dev[1]", 10, "dependency-groups.dev[1]"),
        ("d", "dependency-groups.lint[0]", 11, "dependency-groups.lint[0]"),
        ("a==1", "tool.mvenv.aliases.a_old", 16, "tool.mvenv.aliases.a_old"),
        # Since the build it has moved.
        ("d", "project.dependencies[0]", 11, "dependency-groups.lint[0]"),
    ],
)
def test_every_requirement_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, entry: str, line: int, found: str
) -> None:
    assert read(tmp_path, TEXT, monkeypatch).of(text, entry) == WrittenAt("pyproject.toml", line, found)


def test_what_is_not_written_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(tmp_path, TEXT, monkeypatch).of("a>=2", "project.dependencies[0]") is None


def test_what_is_isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(tmp_path, TEXT, monkeypatch).isolated == {
        "big-thing": WrittenAt("pyproject.toml", 14, "tool.mvenv.isolate[0]")
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not [ TOML",
        "project = 1",
        "[project]\ndependencies = 1",
        "[project]\ndependencies = [1, {}]",
        "tool.mvenv.isolate = 1",
        "[tool]\nmvenv = [1]",
    ],
)
def test_a_file_that_does_not_say(tmp_path: Path, text: str) -> None:
    """The answer is about what was built; it does not fail because of what the file says now."""
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    assert places(file) == WrittenPlaces()


def test_no_file(tmp_path: Path) -> None:
    assert places(tmp_path / "pyproject.toml") == WrittenPlaces()
