"""Paths as files of mvenv's write them: POSIX, and relative to the project, which can be moved."""

from __future__ import annotations

import os
from pathlib import Path


def relative(path: str | Path, root: Path) -> str:
    """Return *path* relative to *root*."""
    return Path(os.path.relpath(path, root)).as_posix()


def relative_nearby(path: Path, root: Path) -> str:
    """Return *path* relative to *root* if it lies in it or beside it, absolute otherwise."""
    text = relative(path, root)
    return text if Path(text).parts.count("..") <= 1 else path.as_posix()
