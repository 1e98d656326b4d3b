"""The short way takes the project that the long way takes, or leaves it to that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.cli import run_again
from orchestrator.cli.root import nearest_project


@pytest.mark.parametrize("where", [".", "inner", "inner/empty", "inner/folder/pyproject.toml", "other"])
def test_the_nearest_project(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("inner/folder/pyproject.toml", "inner/empty", "other"):
        (tmp_path / name).mkdir(parents=True)
    for name in (".", "inner"):
        (tmp_path / name / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path / where)
    assert run_again._root() == str(nearest_project(Path.cwd()))


def test_what_is_forbidden_is_not_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a project above would be taken for the one that may not be read."""
    (tmp_path / "pyproject.toml").write_text("")
    inner = tmp_path / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert run_again._root() == str(tmp_path)
    real = os.stat

    def forbidding(path: object, *arguments: object, **keywords: object) -> object:
        if str(path) == str(inner / "pyproject.toml"):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "stat", forbidding)
    assert run_again._root() is None
