"""Whose member a project is, and how much is read to know."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.config.workspace import find_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROOT = """
[project]
name = "root"
[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/out"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("one", "Two", "out"):
        folder = tmp_path / "repository/packages" / name
        folder.mkdir(parents=True)
        (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')
    (tmp_path / "repository/pyproject.toml").write_text(ROOT)
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n")
    return tmp_path / "repository"


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed."""
    texts: list[str] = []
    real: Callable[[str], dict[str, Any]] = tomllib.loads

    def counted(text: str) -> dict[str, Any]:
        texts.append(text)
        return real(text)

    monkeypatch.setattr(tomllib, "loads", counted)
    return texts


def test_members(root: Path) -> None:
    found = find_workspace({}, root / "packages/one")
    assert found is not None
    assert found.root == root
    assert found.members == {"root": root, "one": root / "packages/one", "two": root / "packages/Two"}
    assert find_workspace({}, root / "packages/out") is None
    assert find_workspace({}, root / "elsewhere") is None
    itself = find_workspace({"tool": {"uv": {"workspace": {"members": ["packages/one"]}}}}, root)
    assert itself is not None
    assert list(itself.members) == ["one"]


def test_other_members_are_read_for_their_names_alone(root: Path, parsed: list[str]) -> None:
    found = find_workspace({}, root / "packages/one")
    assert found is not None
    assert parsed == [ROOT]
    assert found.members
    assert len(parsed) == 3


def test_what_names_no_workspace_is_not_parsed(root: Path, parsed: list[str]) -> None:
    (root / "pyproject.toml").write_text("[tool.other]\n")
    assert find_workspace({}, root / "packages/one") is None
    assert parsed == []
