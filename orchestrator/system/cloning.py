"""A folder once more: its files by reflink, hard link or copy, whatever is asked for and the file system has."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING

from orchestrator.system import this_system

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# What is tried, in this order, in the words of uv's `--link-mode`.
_WAYS = {"clone": ("clone", "hardlink", "copy"), "hardlink": ("hardlink", "copy"), "copy": ("copy",)}
# Of one file alone: it has as many links as it can have. All else is so of every file.
_OF_ONE_FILE = errno.EMLINK


def clone(
    source: Path,
    target: Path,
    mode: str,
    *,
    copied: Collection[str] = (),
    left_out: Collection[str] = (),
) -> None:
    """Make *target*, which must not exist, the same as *source*: content, permissions, times, symbolic links.

    :param mode: ``clone``, ``hardlink`` or ``copy``.
    :param copied: folders below *source* (empty for itself) whose own files are to be copies in any case.
    :param left_out: files below *source* that *target* is not to have.
    :raises OSError: something could not be read or written; *target* is left half made.
    """
    place = _Placing(mode)
    os.mkdir(target)  # noqa: PTH102
    left = [""]
    while left:
        folder = left.pop()
        with os.scandir(os.path.join(source, folder)) as entries:  # noqa: PTH118
            for entry in entries:
                relative = f"{folder}/{entry.name}" if folder else entry.name
                new = f"{target}/{relative}"
                if relative in left_out:
                    continue
                if entry.is_symlink():
                    os.symlink(os.readlink(entry.path), new)  # noqa: PTH115, PTH211
                elif entry.is_dir():
                    os.mkdir(new)  # noqa: PTH102
                    left.append(relative)
                elif folder in copied:
                    shutil.copy2(entry.path, new)
                else:
                    place.file(entry.path, new)


class _Placing:
    """Makes files; what does not work here is not tried again."""

    def __init__(self, mode: str) -> None:
        self._ways = list(_WAYS[mode])

    def file(self, source: str, target: str) -> None:
        if self._ways[0] == "clone":
            if this_system.reflink(source, target):
                return
            del self._ways[0]
        if self._ways[0] == "hardlink":
            try:
                os.link(source, target)
            except FileNotFoundError:
                raise
            except OSError as error:
                if error.errno != _OF_ONE_FILE:
                    del self._ways[0]
            else:
                return
        shutil.copy2(source, target)
