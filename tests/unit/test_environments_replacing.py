from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.environments import replacing
from orchestrator.system import files

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["exchange", "two renames", "content", "content, without exchange"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """With the kernel's help, without, and where the folder cannot be renamed at all."""
    stays = tmp_path / "target"
    real, real_exchange = Path.rename, files.exchange

    def rename(self: Path, other: Path) -> Path:
        if self == stays:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        return real(self, other)

    def exchange(one: Path, other: Path) -> bool:
        return False if stays in (one, other) else real_exchange(one, other)

    if request.param != "exchange":
        monkeypatch.setattr(replacing, "exchange", lambda *_: False)
    if request.param == "content":
        monkeypatch.setattr(replacing, "exchange", exchange)
    if request.param.startswith("content"):
        monkeypatch.setattr(Path, "rename", rename)
    return str(request.param)


def environment(path: Path, text: str, **files: str) -> Path:
    (path / "lib").mkdir(parents=True)
    (path / "lib" / "text").write_text(text)
    (path / "mvenv.json").write_text(text)
    for name, content in files.items():
        (path / name).write_text(content)
    return path


def content(path: Path) -> dict[str, str]:
    return {
        file.relative_to(path).as_posix(): file.read_text()
        for file in path.rglob("*")
        if file.is_file() and not file.relative_to(path).parts[0].startswith(".venv-")
    }


NEW = {"lib/text": "new", "mvenv.json": "new", "added": "yes"}


@pytest.mark.usefixtures("how")
def test_replacing(tmp_path: Path) -> None:
    target = environment(tmp_path / "target", "old", removed="yes")
    new = environment(tmp_path / ".venv-01234567-1", "new", added="yes")
    replacing.put_in_place(new, target, nullcontext)
    assert content(target) == NEW


@pytest.mark.usefixtures("how")
def test_what_is_not_there(tmp_path: Path) -> None:
    new = environment(tmp_path / ".venv-01234567-1", "new", added="yes")
    replacing.put_in_place(new, tmp_path / "target", nullcontext)
    assert content(tmp_path / "target") == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.usefixtures("how")
def test_a_name_that_is_taken(tmp_path: Path) -> None:
    """By a folder of an earlier build with the same process number, as in containers; programs may run from it."""
    target = environment(tmp_path / "target", "old")
    kept = environment(tmp_path / f"target-old-{os.getpid()}", "kept")
    replacing.put_in_place(
        environment(tmp_path / ".venv-01234567-1", "new", added="yes"), target, nullcontext
    )
    assert content(target) == NEW
    assert content(kept) == {"lib/text": "kept", "mvenv.json": "kept"}


def test_all_happens_in_the_context(tmp_path: Path, how: str) -> None:
    """And if that fails, nothing has."""
    target = environment(tmp_path / "target", "old")
    new = environment(tmp_path / ".venv-01234567-1", "new", added="yes")
    states: list[tuple[str, str]] = []

    @contextmanager
    def commit() -> Iterator[None]:
        before = (target / "lib" / "text").read_text()
        yield
        states.append((before, (target / "lib" / "text").read_text()))

    replacing.put_in_place(new, target, commit)
    assert states == [("old", "new")], how


@pytest.mark.parametrize("how", ["content, without exchange"], indirect=True)
@pytest.mark.usefixtures("how")
def test_one_that_is_ended_amid_the_content_is_unfinished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next build knows it for mvenv's, and for nothing that is up to date."""
    target = environment(tmp_path / "target", "old")
    new = environment(tmp_path / ".venv-01234567-1", "new", added="yes")

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replacing, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        replacing.put_in_place(new, target, nullcontext)
    assert (target / "mvenv.json").read_text() == "{}\n"


def test_a_reader_never_finds_the_folder_missing(tmp_path: Path) -> None:
    target = environment(tmp_path / "target", "0")
    if not files.exchange(target, environment(tmp_path / "probe", "0")):
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
        replacing.put_in_place(environment(tmp_path / f"new-{number}", str(number)), target, nullcontext)
    done.set()
    reader.join()
    assert missing == []
