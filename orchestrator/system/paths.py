"""Paths as files of mvenv's write them: POSIX, and relative to the project, which can be moved."""

from __future__ import annotations

import os
from pathlib import Path


def relative(path: str | Path, root: Path) -> str:
    """Return *path* relative to *root*."""
    return Path(os.path.relpath(path, root)).as_posix()


def relative_nearby(path: Path, root: Path) -> str:
    """Return *path* relative to *root* if it lies in it or beside it, absolute otherwise."""
    return relative(path, root) if is_nearby(path, root) else path.as_posix()


def is_nearby(path: Path, root: Path) -> bool:
    """Whether *path* lies in *root* or beside it, and is moved with it."""
    return Path(relative(path, root)).parts.count("..") <= 1
