"""What is on the disk when the power fails.

A rename that the disk has, of files whose content it has not, leaves files that are empty or full of zeros. So all that
a build has made is brought to the disk before the rename that puts it in its place, and that itself after it. One
``syncfs`` does the first for all files: hard links into uv's cache are files that uv may have written a moment ago, and
thousands of ``fsync`` calls take hundreds of times as long.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def bring_to_disk(*folders: Path) -> None:
    """Have the disk hold all that was written in the file systems of *folders*; called before a commit.

    :raises OSError: it does not (a write has failed that nobody has waited for).
    """
    devices = {folder.stat().st_dev: folder for folder in folders if folder.exists()}
    for folder in devices.values():
        _sync_file_system(folder)


def bring_name_to_disk(path: Path) -> None:
    """Have the disk hold that *path* is called so, and what it holds if it is a file; called after a rename."""
    with suppress(OSError):  # some file systems (of networks) know nothing of the kind
        _fsync(path.parent)


def bring_file_to_disk(path: Path) -> None:
    """Have the disk hold the content of a file; called before the rename that puts it in its place."""
    with suppress(OSError):
        _fsync(path)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_file_system(folder: Path) -> None:
    try:
        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError, TypeError):  # not Linux
        if hasattr(os, "sync"):
            os.sync()
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), os.fspath(folder))
    finally:
        os.close(descriptor)
