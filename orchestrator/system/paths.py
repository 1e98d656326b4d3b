"""Paths as files of mvenv's write them: POSIX, and relative to the project, which can be moved."""

from __future__ import annotations

import ntpath
import posixpath
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath


def relative(path: str | PurePath, root: PurePath) -> str:
    """Return *path* relative to *root*; absolute if it is on another drive, from which nothing leads there."""
    flavour = ntpath if isinstance(root, PureWindowsPath) else posixpath
    try:
        found = flavour.relpath(str(path), str(root))
    except ValueError:  # of ntpath alone
        found = str(path)
    return type(root)(found).as_posix()


def relative_nearby(path: PurePath, root: PurePath) -> str:
    """Return *path* relative to *root* if it lies in it or beside it, absolute otherwise."""
    return relative(path, root) if is_nearby(path, root) else path.as_posix()


def is_nearby(path: PurePath, root: PurePath) -> bool:
    """Whether *path* lies in *root* or beside it, and is moved with it."""
    found = type(root)(relative(path, root))
    return not found.is_absolute() and found.parts.count("..") <= 1
