"""Folders for what is needed for a moment: requirement files, uv's answers, metadata.

All those of a process lie in one folder of its own in the system's temporary folder, which the process holds a lock on
(``flock`` on the folder itself: no file system for temporary files is shared between machines). So what a process that
was killed has left is known by its lock being free, whoever has the process's number by now, and the next one of the
same user deletes it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.system.files import remove
from orchestrator.system.interruption import held

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "mvenv-build-"


class _Scratch:
    """The folder of this process; made at the first need."""

    def __init__(self) -> None:
        self.making = threading.Lock()
        self.is_wanted = False
        self.folder: Path | None = None
        self.lock: int | None = None


_scratch = _Scratch()


@contextmanager
def scratch() -> Iterator[None]:
    """Let nothing of :func:`temporary_folder` be left when the block ends, however it does."""
    _scratch.is_wanted = True
    try:
        yield
    finally:
        with held():
            _scratch.is_wanted = False
            if _scratch.folder is not None:
                remove(_scratch.folder)
                if _scratch.lock is not None:
                    os.close(_scratch.lock)
                _scratch.folder = _scratch.lock = None


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Have an empty folder while the block runs."""
    with tempfile.TemporaryDirectory(prefix="mvenv-", dir=_place()) as name:
        yield Path(name)


def _place() -> Path | None:
    with held(), _scratch.making:
        if _scratch.is_wanted and _scratch.folder is None:
            _scratch.folder, _scratch.lock = _made()
            sweep()
        return _scratch.folder


# There a folder cannot be opened, and what was killed is left to the system's own cleaning.
if sys.platform == "win32":

    def _made() -> tuple[Path, int | None]:
        return Path(tempfile.mkdtemp(prefix=_PREFIX)), None

    def sweep() -> None:
        """Delete what killed processes have left."""

else:

    def _made() -> tuple[Path, int | None]:
        while True:
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
            with suppress(FileNotFoundError):  # swept between the two steps by another build: once more
                lock = os.open(folder, os.O_RDONLY)
                if _is_free(lock) and folder.exists():
                    return folder, lock
                os.close(lock)

    def sweep() -> None:
        """Delete what killed processes have left."""
        for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
            with suppress(OSError):
                found = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
                try:
                    if os.fstat(found).st_uid == os.geteuid() and _is_free(found):
                        remove(folder)
                finally:
                    os.close(found)

    def _is_free(folder: int) -> bool:
        """Lock an open folder if nobody has."""
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
