from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from orchestrator.system import files

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["exchange", "two renames"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the kernel's help and without."""
    if request.param == "two renames":
        monkeypatch.setattr(files, "_exchange", lambda *_: False)
    return str(request.param)


def folder(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "text").write_text(text)
    return path


@pytest.mark.usefixtures("how")
def test_replacing_a_folder(tmp_path: Path) -> None:
    target, new = folder(tmp_path / "target", "old"), folder(tmp_path / "new", "new")
    files.replace_folder(new, target)
    assert (target / "text").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.usefixtures("how")
def test_replacing_what_is_not_there(tmp_path: Path) -> None:
    files.replace_folder(folder(tmp_path / "new", "new"), tmp_path / "target")
    assert (tmp_path / "target" / "text").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


def test_a_reader_never_finds_the_folder_missing(tmp_path: Path) -> None:
    target = folder(tmp_path / "target", "0")
    if not files._exchange(target, folder(tmp_path / "probe", "0")):
        pytest.skip("this kernel or file system cannot exchange two names")
    missing: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            if not os.path.exists(target):
                missing.append("missing")

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(200):
        files.replace_folder(folder(tmp_path / f"new-{number}", str(number)), target)
    done.set()
    reader.join()
    assert missing == []


def test_writing_a_text(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for text in ("ä\n", ""):
        files.write_text(path, text)
        assert path.read_bytes() == text.encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    files.remove_folder(tmp_path / "nowhere")
