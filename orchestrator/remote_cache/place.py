"""Where finished environments are kept for several machines, whether at all, and what may be done there."""

from __future__ import annotations

import importlib
import os
import threading
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Protocol

from orchestrator.errors import MvenvError
from orchestrator.system.credentials import without
from orchestrator.uv.run import is_set

if TYPE_CHECKING:
    from orchestrator.system.console import Reporter

VARIABLE = "MVENV_REMOTE_ENVIRONMENT_CACHE"
"""A URL that fsspec understands; nothing, or ``off``, for none."""
ACCESS = f"{VARIABLE}_ACCESS"
"""One of :data:`_ACCESSES`; both without it."""
SECRET = f"{VARIABLE}_SECRET"
"""What notes are signed with; they are not signed without it."""

_OFF = frozenset({"", "off", "0", "false", "no"})
_BOTH, _READ, _WRITE = "read-write", "read", "write"
_ACCESSES = (_BOTH, _READ, _WRITE)
_NO_NETWORK = ("file://", "local://", "memory://")
_READ_ONLY = ("http://", "https://")  # fsspec's can only POST


class FileSystem(Protocol):
    """What is asked of a file system of fsspec's (``fsspec.AbstractFileSystem``)."""

    def cat_file(self, path: str, /) -> bytes: ...  # noqa: D102 - fsspec's
    def pipe_file(self, path: str, value: bytes, /) -> object: ...  # noqa: D102
    def get_file(self, rpath: str, lpath: str, /) -> object: ...  # noqa: D102
    def put_file(self, lpath: str, rpath: str, /) -> object: ...  # noqa: D102
    def mv(self, path1: str, path2: str, /) -> object: ...  # noqa: D102
    def makedirs(self, path: str, /, *, exist_ok: bool) -> object: ...  # noqa: D102


@dataclass(slots=True)
class Remote:
    """A place for finished environments that other machines reach as well."""

    url: str
    """As people are shown it: without credentials."""
    files: FileSystem
    folder: str
    """What *files* calls the place."""
    reads: bool = True
    writes: bool = True
    secret: bytes = b""
    spoiled: set[str] = field(default_factory=set)
    """Keys of what is there and cannot be taken."""
    _is_given_up: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_given_up(self) -> bool:
        """Whether this build goes on without it."""
        return self._is_given_up

    def give_up(self, error: Exception, reporter: Reporter) -> None:
        """Go on without it, and say so: once, for environments are sent and fetched by several threads."""
        with self._lock:
            if self._is_given_up:
                return
            self._is_given_up = True
        said = next(iter(str(error).splitlines()), "") or type(error).__name__
        reporter.warn(f"this build goes on without the remote cache {self.url}: {said}")


def remote_of() -> Remote | None:
    """Return the remote cache that this build uses, None if it uses none. It is one and the same in a process.

    :raises MvenvError: there is to be one, and it is none, or something is not installed.
    """
    url = os.environ.get(VARIABLE, "").strip()
    if url.lower() in _OFF or (is_set("UV_OFFLINE") and not url.startswith(_NO_NETWORK)):
        return None
    return _opened(url, os.environ.get(ACCESS, ""), os.environ.get(SECRET, ""))


@cache
def _opened(url: str, access: str, secret: str) -> Remote:
    shown = without(url)
    if "://" not in url:
        raise _wrong(shown, "it is no URL", "for a folder write `file:///absolute/path`")
    is_read_only = url.startswith(_READ_ONLY)
    chosen = access or (_READ if is_read_only else _BOTH)
    if chosen not in _ACCESSES:
        raise _wrong(shown, f"{ACCESS} is `{access}`", f"let {ACCESS} be one of {', '.join(_ACCESSES)}")
    if is_read_only and chosen != _READ:
        raise _wrong(shown, f"{ACCESS} is `{access}`: HTTP can only be read", f"let {ACCESS} be {_READ}")
    try:
        fsspec = importlib.import_module("fsspec")
    except ImportError:
        raise _wrong(
            shown, "fsspec is not installed", "install `mvenv[remote]`: `uv tool install 'mvenv[remote]'`"
        ) from None
    try:
        files, folder = fsspec.core.url_to_fs(url)
    except ImportError as error:
        hint = "install it beside mvenv: `uv tool install 'mvenv[remote]' --with PACKAGE`"
        raise _wrong(shown, without(str(error)), hint) from None
    except ValueError as error:
        raise _wrong(shown, without(str(error)), "see fsspec's documentation for what it reaches") from None
    key = secret.encode("utf-8", "surrogateescape")
    return Remote(shown, files, str(folder).rstrip("/"), chosen != _WRITE, chosen != _READ, key)


def _wrong(url: str, cause: str, hint: str) -> MvenvError:
    return MvenvError(
        f"finished environments cannot be kept at `{url}`",
        causes=(f"{VARIABLE}: {cause}",),
        hints=(hint, f"or unset {VARIABLE}: builds need none"),
    )
