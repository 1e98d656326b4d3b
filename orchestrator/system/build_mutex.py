"""One build of a project at a time."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from orchestrator.errors import MvenvError
from orchestrator.system.this_system import is_running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.system.console import Reporter

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@contextmanager
def one_build_at_a_time(root: Path, reporter: Reporter) -> Iterator[None]:
    """Hold the project's build mutex; if another build holds it, say which and wait.

    The mutex lies outside the project: a project without any conflict has nothing but its ``.venv``.

    :raises MvenvError: if the folder of the locks is not the user's alone, or the file cannot be made there.
    """
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    with _told(root):
        folder = _folder()
        holder = folder / f"{name}.pid"
        # filelock opens the file with O_NOFOLLOW (since 3.20.1: CVE-2025-68146).
        lock = FileLock(folder / f"{name}.lock", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            reporter.say(f"Waiting for {_who(holder)}, which is building this project")
            lock.acquire()
    try:
        with _told(root):
            _write(holder, str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _folder() -> Path:
    """Return the folder of this user's locks; make it if need be.

    ``$XDG_RUNTIME_DIR`` is the user's own by its specification (freedesktop.org, Base Directory); one that is not (that
    of whoever called ``sudo``) is as good as none. In the temporary folder anybody can make a folder of that name
    first, and whoever owns the folder can put links into it, and take locks away. There is no falling back to another
    place then: a build that started before, or with other variables, would not look for the lock there, and two
    builds would write to one project.

    :raises MvenvError: it is somebody else's, others have access to it, or it is no folder.
    """
    if sys.platform == "win32":  # there the temporary folder is the user's own
        folder = Path(tempfile.gettempdir()) / "mvenv-locks"
        folder.mkdir(exist_ok=True)
        return folder
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and _fault(runtime) is None:
        folder = runtime / "mvenv"
    else:
        folder = Path(tempfile.gettempdir()) / f"mvenv-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        fault = _fault(folder)
        if fault is not None:
            raise MvenvError(
                "the folder of the build locks is not safe to use",
                causes=(f"{folder}: {fault}",),
                hints=(
                    "delete it: it holds nothing that is needed while nothing is built",
                    "or set `XDG_RUNTIME_DIR` or `TMPDIR` to a folder of your own",
                ),
            ) from None
    return folder


def _fault(folder: Path) -> str | None:
    """Say why a folder is not this user's alone, None if it is.

    Looked at once is enough: others cannot replace a folder of the user's where only its owner may (the sticky bit of
    the temporary folder).
    """
    try:
        found = folder.lstat()  # of the entry itself: a link may point to a folder of the user's
    except OSError as error:
        return error.strerror or str(error)
    if stat.S_ISLNK(found.st_mode):
        return "is a symbolic link"
    if not stat.S_ISDIR(found.st_mode):
        return "is not a folder"
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        return f"belongs to another user (uid {found.st_uid})"
    if found.st_mode & _OTHERS:
        return f"other users have access to it (mode {stat.S_IMODE(found.st_mode):04o}, not 0700)"
    if found.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        return f"cannot be written to (mode {stat.S_IMODE(found.st_mode):04o}, not 0700)"
    return None


@contextmanager
def _told(root: Path) -> Iterator[None]:
    """Turn what the system says of a file of the lock into an error for the user."""
    try:
        yield
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        raise MvenvError(
            f"cannot lock {root} against other builds",
            causes=(f"{place}{error.strerror or error}",),
            hints=("set `XDG_RUNTIME_DIR` or `TMPDIR` to a folder of your own that can be written to",),
        ) from None


def _write(holder: Path, text: str) -> None:
    """Write a new file: what a build that was killed left is deleted, and a link is not followed (O_EXCL)."""
    holder.unlink(missing_ok=True)
    with holder.open("x", encoding="utf-8") as file:
        file.write(text)


def _who(holder: Path) -> str:
    try:
        number = int(holder.read_text("utf-8"))
    except (OSError, ValueError):
        return "another process"
    # A build that was killed leaves its number behind.
    return f"process {number}" if is_running(number) else "another process"
