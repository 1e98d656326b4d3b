"""Comparing paths as the system does: on Windows ``C:\\Project`` and ``c:/project`` are one folder.

On a Mac they often are as well, but there nobody tells (:func:`os.path.normcase` changes nothing), and paths that come
from one ``sys.path`` are spelt alike.
"""

from __future__ import annotations

import os


def prefix(folder: str) -> str:
    """Return what :func:`comparable` paths in a folder begin with."""
    return os.path.normcase(os.path.join(folder, ""))


def comparable(path: str) -> str:
    """Return a path as it is compared."""
    return os.path.normcase(path)


def is_below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, or below it."""
    return comparable(path).startswith(prefix(folder))
