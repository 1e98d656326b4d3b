"""One build of a project at a time.

The lock is a file in the project, ``.mvenv-build.lock``: whoever can build the project meets it there, as another user
(``sudo``), in another container, with other temporary folders, or on another machine. It is there while a build is at
work and no longer, so that a project without a conflict has nothing but its ``.venv``. Not in ``.venv``: that is
replaced. Not the project's folder itself, which ``flock`` would take as well: on NFS a folder is locked for one machine
alone, without a word, where a file is locked at the server or refused.
"""

from __future__ import annotations

import errno
import os
import platform
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from orchestrator.errors import MvenvError
from orchestrator.system.interruption import held
from orchestrator.system.names import BUILD_LOCK
from orchestrator.system.this_system import is_running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.system.console import Reporter

_EVERYBODY = 0o666  # whoever may replace files in the project's folder can take the lock away anyway
_POLL = 0.05  # seconds
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)

# Those that this process holds: a command that edits a file and then builds holds it all the time.
_mine: set[Path] = set()


@contextmanager
def one_build_at_a_time(root: Path, reporter: Reporter) -> Iterator[None]:
    """Hold the project's build mutex; if another build holds it, say which and wait. May be nested.

    :raises MvenvError: there can be no lock in the project's folder, or the file system has none.
    """
    if root in _mine:
        yield
        return
    # filelock opens the file with O_NOFOLLOW, and never takes one that was deleted while it waited (since 4.0).
    lock = FileLock(root / BUILD_LOCK, mode=_EVERYBODY, fallback_to_soft=False)
    try:
        _acquire(lock, root, reporter)
        yield
    finally:
        with held():
            if lock.is_locked:
                _mine.discard(root)
                with suppress(OSError):  # before others can have it: they look whether it is still there
                    (root / BUILD_LOCK).unlink()
                lock.release()


def _acquire(lock: FileLock, root: Path, reporter: Reporter) -> None:
    told = False
    while True:
        holder = _holder(root / BUILD_LOCK)
        with held(), _explained(root), suppress(Timeout):
            lock.acquire(timeout=0)
            if sys.platform != "win32":  # there nobody can read what is locked, or write to it
                (root / BUILD_LOCK).write_text(f"{os.getpid()} {platform.node()}\n", "utf-8")
            _mine.add(root)
            return
        if not told:
            reporter.say(f"Waiting for {holder}, which is building this project")
            told = True
        time.sleep(_POLL)


@contextmanager
def _explained(root: Path) -> Iterator[None]:
    """Turn what the system says of the lock's file into an error for the user."""
    try:
        yield
    except Timeout:
        raise
    except (OSError, NotImplementedError) as error:
        number = getattr(error, "errno", None)
        reason = getattr(error, "strerror", None) or str(error)
        if number in _NO_LOCKS or isinstance(error, NotImplementedError):
            hint = (
                "the file system has no locks (NFS without its lock service): two builds at once would spoil each "
                "other; have it mounted with locks, or move the project"
            )
        elif number == errno.ELOOP:
            hint = f"delete it: `rm {BUILD_LOCK}`"
        else:
            hint = "a build writes to the project's folder: give yourself permission to write there"
        raise MvenvError(
            f"cannot lock {root} against other builds",
            causes=(f"{root / BUILD_LOCK}: {reason}",),
            hints=(hint,),
        ) from None


def _holder(file: Path) -> str:
    """Say who holds the lock; one that was killed leaves its number behind."""
    try:
        number, _, node = file.read_text("utf-8").strip().partition(" ")
    except (OSError, ValueError):
        return "another process"
    if node != platform.node():  # another machine or container: its numbers mean nothing here
        return f"another process on {node}" if node and node.isprintable() else "another process"
    try:
        there = is_running(int(number))
    except (ValueError, OverflowError):
        return "another process"
    return f"process {number}" if there else "another process"
