"""An environment as an archive, and out of it again, from a place that others may write to.

Not the archive of ``mvenv pack``, which is for another place: here nothing is written anew, times are kept (bytecode is
compared with its source by them), and gzip will do, which every Python reads.

Links are made last, when all files are in their place, so that nothing is written through one.
"""

from __future__ import annotations

import gzip
import os
import posixpath
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.remote_cache.notes import RefusedError
from orchestrator.system import this_system
from orchestrator.system.files import entries_by_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LEVEL = 1  # five times as fast as the default of 9, an eighth more


def pack(folder: Path, archive: Path, outside: Collection[str]) -> None:
    """Write the environment in *folder* to *archive*.

    :param outside: folders beside it that links may lead to, relative to its parent.
    :raises RefusedError: a link in it leads elsewhere.
    :raises OSError: something cannot be read or written.
    """
    with (
        archive.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as stream,
        tarfile.open(fileobj=stream, mode="w|", encoding="utf-8", errors="surrogateescape") as tar,
    ):
        for name in _names(folder):
            member = tar.gettarinfo(folder / name, name)
            if member.issym():
                _check(name, member.linkname, None, outside)
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mtime = int(member.mtime)
            if member.isreg():
                with (folder / name).open("rb") as content:
                    tar.addfile(member, content)
            else:
                tar.addfile(member)


def unpack(archive: Path, folder: Path, python: str, outside: Collection[str]) -> None:
    """Make *folder*, which must not exist, the environment in *archive*; nothing is written anywhere else.

    :param python: the interpreter that the environment is for: the one thing that a link may name absolutely.
    :param outside: folders beside it that links may lead to, relative to its parent.
    :raises RefusedError: it is no such archive.
    :raises OSError: something cannot be written.
    """
    if not hasattr(tarfile, "data_filter"):  # what PEP 706 has added
        raise RefusedError("this Python cannot unpack it safely; 3.11.4 can")
    folder.mkdir()
    names: set[str] = set()
    links: dict[str, str] = {}
    try:
        with tarfile.open(archive, "r:gz", encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                if member.name in names:
                    raise RefusedError(f"`{member.name}` is in it twice")
                names.add(member.name)
                if member.issym():
                    _check(member.name, member.linkname, python, outside)
                    links[member.name] = member.linkname
                elif member.isreg() or member.isdir() or member.islnk():
                    tar.extract(member, folder, filter="data")
                else:
                    raise RefusedError(f"`{member.name}` in it is no file, folder or link")
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError) as error:
        raise RefusedError(str(error)) from None
    for name, target in links.items():
        if any(str(above) in links for above in PurePosixPath(name).parents):
            raise RefusedError(f"`{name}` in it is below a link")
        os.symlink(target, folder / name)  # noqa: PTH211


def _names(folder: Path, prefix: str = "") -> Iterator[str]:
    """Yield what is below a folder, relative to it, folders first."""
    for entry in entries_by_name(folder):
        name = prefix + entry.name
        yield name
        if entry.is_dir(follow_symlinks=False):
            yield from _names(Path(entry.path), f"{name}/")


def _check(name: str, target: str, python: str | None, outside: Collection[str]) -> None:
    """Refuse a link that leads out of an environment.

    :param python: its interpreter; None if that can be any.
    """
    if posixpath.normpath(name) != name or name.startswith(("/", "../")):
        raise RefusedError(f"`{name}` in it is no name of a link")
    if posixpath.isabs(target):
        is_interpreter = python is None or os.path.realpath(target) == os.path.realpath(python)
        if name == this_system.PYTHON and is_interpreter:
            return
    else:
        place = posixpath.normpath(posixpath.join("/environment", posixpath.dirname(name), target))
        if place.startswith("/environment/") or any(place.startswith(f"/{each}/") for each in outside):
            return
    raise RefusedError(f"`{name}` in it is a link to `{target}`")
