from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.why.model import Place
from orchestrator.why.places import places

if TYPE_CHECKING:
    from pathlib import Path


def test_every_entry_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "x"\ndependencies = [\n  "a>=1",\n\n  "b", "a>=1"]\n')
    assert places(file) == {
        "a>=1": Place("pyproject.toml", 4, "project.dependencies[0]"),
        "b": Place("pyproject.toml", 6, "project.dependencies[1]"),
    }


@pytest.mark.parametrize(
    "text",
    ["", "not [ TOML", "project = 1", "[project]\ndependencies = 1", "[project]\ndependencies = [1, {}]"],
)
def test_a_file_that_does_not_say(tmp_path: Path, text: str) -> None:
    """The answer is about what was built; it does not fail because of what the file says now."""
    file = tmp_path / "pyproject.toml"
    file.write_text(text)
    assert places(file) == {}


def test_no_file(tmp_path: Path) -> None:
    assert places(tmp_path / "pyproject.toml") == {}
