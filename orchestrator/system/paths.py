"""Paths as files of mvenv's write them: POSIX, and relative to the project, which can be moved."""

from __future__ import annotations

import ntpath
import posixpath
import re
from pathlib import PurePath, PureWindowsPath
from urllib.parse import unquote

# As RFC 3986 has it, appendix B; `urllib.parse.urlsplit` raises for what is no address between the slashes.
_URL = re.compile(r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?(?P<path>[^?#]*)")


def relative(path: str | PurePath, root: PurePath) -> str:
    """Return *path* relative to *root*; absolute if it is on another drive, from which nothing leads there."""
    flavour = ntpath if isinstance(root, PureWindowsPath) else posixpath
    try:
        found = flavour.relpath(str(path), str(root))
    except ValueError:  # of ntpath alone
        found = str(path)
    return type(root)(found).as_posix()


def parts_of(path: str) -> list[str]:
    """Return the parts of a relative POSIX path, as :class:`pathlib.PurePosixPath` has them, in a tenth of its time.

    A build asks of every file of every environment.
    """
    return [part for part in path.split("/") if part not in ("", ".")] or [path]


def relative_nearby(path: PurePath, root: PurePath) -> str:
    """Return *path* relative to *root* if it lies in it or beside it, absolute otherwise."""
    return relative(path, root) if is_nearby(path, root) else path.as_posix()


def is_nearby(path: PurePath, root: PurePath) -> bool:
    """Whether *path* lies in *root* or beside it, and is moved with it."""
    found = type(root)(relative(path, root))
    return not found.is_absolute() and found.parts.count("..") <= 1


def of_url(url: str, kind: type[PurePath] = PurePath) -> str:
    """Return the path that a ``file:`` URL names (RFC 8089), the inverse of :meth:`pathlib.Path.as_uri`.

    :param kind: the system whose path it is; this one if not given.
    """
    parts = _URL.match(url)
    assert parts is not None
    path, authority = unquote(parts["path"]), parts["authority"] or ""
    if not isinstance(kind(), PureWindowsPath):
        return path
    if authority not in ("", "localhost"):
        path = f"//{authority}{path}"  # of a server
    elif re.match("/[A-Za-z]:", path):
        path = path[1:]
    return str(kind(path))


def is_url(text: str) -> bool:
    """Whether a text is a URL and no path; ``C:`` is a drive."""
    parts = _URL.match(text)
    return parts is not None and len(parts["scheme"] or "") > 1
