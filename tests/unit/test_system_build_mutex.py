"""Where the build lock lies, who is kept out by it, and what is said where there can be none."""

from __future__ import annotations

import errno
import os
import platform
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import pytest

from orchestrator.errors import MvenvError
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.console import Reporter
from orchestrator.system.names import BUILD_LOCK

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRY = """
import sys
from pathlib import Path
from orchestrator.system.build_mutex import one_build_at_a_time

class Told:
    def say(self, text):
        print(text)
        sys.exit()

with one_build_at_a_time(Path(sys.argv[1]), Told()):
    print("mine")
"""


def another(root: Path, **how: Mapping[str, str] | int) -> str:
    """Let another process try to have the lock; return what it says."""
    command = [sys.executable, "-P", "-c", _TRY, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)  # type: ignore[call-overload]
    return str(done.stdout + done.stderr).strip()


def refused(root: Path) -> MvenvError:
    with pytest.raises(MvenvError) as caught, one_build_at_a_time(root, Reporter()):
        pass
    assert caught.value.hints
    return caught.value


def test_it_lies_in_the_project_while_it_is_held(tmp_path: Path) -> None:
    with one_build_at_a_time(tmp_path, Reporter()):
        assert [path.name for path in tmp_path.iterdir()] == [BUILD_LOCK]
        assert another(tmp_path) == f"Waiting for process {os.getpid()}, which is building this project"
    assert list(tmp_path.iterdir()) == []
    assert another(tmp_path) == "mine"


def test_neither_the_temporary_nor_the_runtime_folder_matters(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    variables = {**os.environ, "TMPDIR": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    with one_build_at_a_time(root, Reporter()):
        assert another(root, env=variables).startswith("Waiting for process")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_another_user_is_kept_out(tmp_path: Path) -> None:
    # Not pytest's folder: that is one user's alone.
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o777)
        with one_build_at_a_time(root, Reporter()):
            assert stat.S_IMODE((root / BUILD_LOCK).stat().st_mode) == 0o666
        # Whatever it imports is imported before: nobody may read the home folder that a Python is in.
        other = "sys.argv.insert(1, sys.argv.pop()); "
        code = f"import os, sys; exec({_TRY!r}); {other}os.setgid(65534); os.setuid(65534); exec({_TRY!r})"
        command = [sys.executable, "-P", "-c", code, str(tmp_path), str(root)]
        with one_build_at_a_time(root, Reporter()):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        waits = f"Waiting for process {os.getpid()}, which is building this project\n"
        assert done.stdout == "mine\n" + waits, done.stderr


def test_it_may_be_nested(tmp_path: Path) -> None:
    with one_build_at_a_time(tmp_path, Reporter()):
        with one_build_at_a_time(tmp_path, Reporter()):
            pass
        assert another(tmp_path).startswith("Waiting")
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / BUILD_LOCK).write_text("1 nowhere\n")
    with one_build_at_a_time(tmp_path, Reporter()):
        assert (tmp_path / BUILD_LOCK).read_text() == f"{os.getpid()} {platform.node()}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("17 elsewhere", "another process on elsewhere"),
        ("17 \x1b[31m", "another process"),
        ("", "another process"),
        ("x " + platform.node(), "another process"),
        (f"{2**70} " + platform.node(), "another process"),
    ],
)
def test_who_holds_it_elsewhere(
    said: str, who: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers of processes mean nothing on another machine, or in another container."""
    theirs = filelock.FileLock(tmp_path / BUILD_LOCK, thread_local=False)
    theirs.acquire()
    (tmp_path / BUILD_LOCK).write_text(said)
    waiting = threading.Timer(0.2, theirs.release)
    waiting.start()
    with one_build_at_a_time(tmp_path, Reporter()):
        pass
    waiting.join()
    assert capsys.readouterr().err == f"Waiting for {who}, which is building this project\n"


def test_many_that_take_turns(tmp_path: Path) -> None:
    """The file is deleted by each of them; nobody may have a deleted one while another has the new."""
    program = """
import sys, time
from pathlib import Path
from orchestrator.system import build_mutex
build_mutex._POLL = 0.0001

class Quiet:
    def say(self, text):
        pass

root = Path(sys.argv[1])
for _ in range(30):
    with build_mutex.one_build_at_a_time(root, Quiet()):
        (root / "inside").mkdir()  # fails if another is inside
        (root / "inside").rmdir()
"""
    command = [sys.executable, "-P", "-c", program, str(tmp_path)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0] * 3
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_its_place(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / BUILD_LOCK).symlink_to(precious)
    error = refused(tmp_path)
    assert error.hints == (f"delete it: `rm {BUILD_LOCK}`",)
    assert precious.read_text() == "mine"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_file_system_without_locks(number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", flock)
    error = refused(tmp_path)
    assert error.message == f"cannot lock {tmp_path} against other builds"
    assert "the file system has no locks" in error.hints[0]


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def acquire(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path / BUILD_LOCK))

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    error = refused(tmp_path)
    assert error.causes == (f"{tmp_path / BUILD_LOCK}: Read-only file system",)
