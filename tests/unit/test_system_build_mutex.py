"""Where the build lock lies, and whose that place has to be."""

from __future__ import annotations

import os
import stat
import tempfile
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import MvenvError
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.console import Reporter

if TYPE_CHECKING:
    from pathlib import Path

SOMEBODY = 12345
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder, as shared as `/tmp`; there is no other place for locks."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def locks(temporary: Path) -> Path:
    return temporary / f"mvenv-{os.geteuid()}"


def lock(root: Path) -> None:
    with one_build_at_a_time(root, Reporter()):
        pass


def refused(root: Path) -> str:
    with pytest.raises(MvenvError) as caught, one_build_at_a_time(root, Reporter()):
        pass
    assert caught.value.hints
    return "\n".join((caught.value.message, *caught.value.causes))


def test_the_locks_are_the_users_alone(tmp_path: Path, locks: Path) -> None:
    with one_build_at_a_time(tmp_path, Reporter()):
        [held, holder] = sorted(locks.iterdir())
        assert holder.read_text("utf-8") == str(os.getpid())
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (locks, held)]
        assert modes == [0o700, 0o600]
    assert not holder.exists()
    lock(tmp_path)


@as_root
def test_somebody_elses_folder(tmp_path: Path, locks: Path) -> None:
    locks.mkdir(mode=0o700)
    os.chown(locks, SOMEBODY, SOMEBODY)
    assert refused(tmp_path) == (
        f"the folder of the build locks is not safe to use\n{locks}: belongs to another user (uid {SOMEBODY})"
    )
    assert list(locks.iterdir()) == []


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_folder_that_others_have_access_to(mode: int, tmp_path: Path, locks: Path) -> None:
    locks.mkdir()
    locks.chmod(mode)
    assert refused(tmp_path).endswith(f"{locks}: other users have access to it (mode {mode:04o}, not 0700)")
    assert list(locks.iterdir()) == []


def test_a_link_in_the_place_of_the_folder(tmp_path: Path, locks: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    locks.symlink_to(elsewhere)
    assert refused(tmp_path).endswith(f"{locks}: is a symbolic link")
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_the_place_of_the_folder(tmp_path: Path, locks: Path) -> None:
    locks.touch()
    assert refused(tmp_path).endswith(f"{locks}: is not a folder")


def test_links_in_the_place_of_the_files(tmp_path: Path, locks: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine", "utf-8")
    with one_build_at_a_time(tmp_path, Reporter()):
        [held, holder] = sorted(locks.iterdir())
    holder.symlink_to(precious)
    lock(tmp_path)
    held.unlink()
    held.symlink_to(precious)
    assert refused(tmp_path).startswith(f"cannot lock {tmp_path} against other builds\n{held}: ")
    assert precious.read_text("utf-8") == "mine"


def test_the_users_runtime_folder_comes_first(
    tmp_path: Path, locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    lock(tmp_path)
    assert (runtime / "mvenv").is_dir()
    assert not locks.exists()


@pytest.mark.parametrize(
    "unusable", ["missing", "shared", "relative", pytest.param("of another user", marks=as_root)]
)
def test_a_runtime_folder_that_is_not_the_users_is_none(
    unusable: str, tmp_path: Path, locks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "runtime"
    if unusable != "missing":
        runtime.mkdir(mode=0o700)
    if unusable == "shared":
        runtime.chmod(0o755)
    if unusable == "of another user":
        os.chown(runtime, SOMEBODY, SOMEBODY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime.name if unusable == "relative" else str(runtime))
    lock(tmp_path)
    assert locks.is_dir()
    assert not (runtime / "mvenv").exists()


def test_no_place_for_locks(tmp_path: Path, temporary: Path) -> None:
    temporary.rmdir()
    assert refused(tmp_path).endswith("No such file or directory")
