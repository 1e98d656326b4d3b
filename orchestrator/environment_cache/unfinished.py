"""What is being made in the cache, or removed from it, and whether somebody is still at it.

Beside each such folder lies a file that whoever makes it holds a lock on: in the cache of a home folder that several
machines share, too. What a process that was killed has left is known by its lock being free.
"""

from __future__ import annotations

import os
import secrets
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from filelock import FileLock

from orchestrator.system.files import remove
from orchestrator.system.interruption import held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNFINISHED = ".unfinished-"
"""How the name begins of what is being made, or removed."""
_LOCK = ".lock"
_LONGEST = 24 * 60 * 60
"""So many seconds nobody takes; what has no lock's file, for the file system has no locks, is left that long."""


@contextmanager
def unfinished(entry: Path) -> Iterator[Path]:
    """Have a name beside *entry* that nobody else has, for what is to be renamed to it, or is on its way out.

    What is there when the block ends is removed.

    """
    folder = entry.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
    lock = _lock(folder)
    with suppress(OSError, NotImplementedError):  # the file system has no locks: nobody sweeps for a day
        lock.acquire(timeout=0)
    try:
        yield folder
    finally:
        with held():
            remove(folder)
            _give_up(lock)


def sweep(place: Path) -> None:
    """Remove what killed processes have left in a folder of the cache."""
    with suppress(OSError):  # there is none, or it is somebody else's
        names = {name.removesuffix(_LOCK) for name in os.listdir(place) if name.startswith(UNFINISHED)}  # noqa: PTH208
        for name in names:
            with suppress(OSError, NotImplementedError):  # somebody is at it, or the file system has no locks
                _sweep(place / name)


def _sweep(folder: Path) -> None:
    lock = _lock(folder)
    had_none = not os.path.lexists(lock.lock_file)
    lock.acquire(timeout=0)
    try:
        if not had_none or folder.stat().st_mtime < time.time() - _LONGEST:
            remove(folder)
    finally:
        _give_up(lock)


def _lock(folder: Path) -> FileLock:
    return FileLock(folder.with_name(folder.name + _LOCK), fallback_to_soft=False)


def _give_up(lock: FileLock) -> None:
    with suppress(OSError):  # before others can have it
        os.unlink(lock.lock_file)  # noqa: PTH108
    lock.release()
