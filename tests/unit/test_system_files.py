from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.system import files

if TYPE_CHECKING:
    from pathlib import Path


def folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "text").write_text(text)
    return path


def test_writing_a_text(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("ä\n", ""):
        files.write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_removing(tmp_path: Path) -> None:
    target = folder(tmp_path / "target", "kept")
    (tmp_path / "link").symlink_to(target)
    for name in ("nowhere", "link"):
        files.remove(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert (target / "text").read_text() == "kept"


def test_a_text_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        files.write_text(path, "\udcff")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
