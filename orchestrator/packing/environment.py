"""The files of one environment, as the archive has them."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.packing import texts
from orchestrator.packing.model import File, Link
from orchestrator.system import this_system
from orchestrator.system.files import entries_by_name
from orchestrator.system.names import APPLICATION_FOLDER, CACHE_TAG, FRESH, RECORD, VENV_CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.packing.model import Entry

# Directly in an environment: marks for mvenv, uv, git and backups, which would keep it from being deployed or changed.
_MARKS = frozenset({RECORD, FRESH, ".lock", ".gitignore", ".ignore", CACHE_TAG})
_COMPILED = "__pycache__"
# Of a `dist-info`: PEP 610's, and uv's own.
_ORIGIN, _BUILT_WHEN = "direct_url.json", "uv_cache.json"
_LIST = "RECORD"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the archive will be, and the interpreter there."""

    interpreter: str
    """What ``.venv/bin/python`` is a link to."""
    home: str = ""
    """Folder of the interpreter; empty if it is only known by that link."""
    prefix: str = ""
    """The folder that the archive is unpacked in; empty if that can be any."""


def entries(root: Path, path: str, target: Target) -> Iterator[Entry]:
    """Yield what the environment at *path* (relative to the project, POSIX) of the project at *root* holds."""
    for name in _names(root / path):
        relative = f"{path}/{name}"
        file = root / relative
        if name == this_system.PYTHON:
            yield Link(relative, _interpreter(path, target))
        elif file.is_symlink():
            yield Link(relative, file.readlink().as_posix())
        else:
            source = _source(file, name, path, target)
            if source is not None:
                yield File(relative, source, is_executable(file))


def is_executable(file: Path) -> bool:
    """Whether anybody may run a file."""
    return bool(file.stat().st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH))


def _interpreter(path: str, target: Target) -> str:
    """Return what an environment's ``bin/python`` is a link to: one place says for all of them which Python it is."""
    if path == APPLICATION_FOLDER:
        return target.interpreter
    return os.path.relpath(f"{APPLICATION_FOLDER}/{this_system.PYTHON}", f"{path}/{this_system.SCRIPTS}")


def _source(file: Path, name: str, path: str, target: Target) -> Path | bytes | None:
    """Return what a file becomes in the archive, None if it is not in there."""
    folder, _, last = name.rpartition("/")
    if not folder and last in _MARKS:
        return None
    if name == VENV_CONFIGURATION:
        return texts.configuration(file.read_text("utf-8"), target.home).encode()
    if folder == this_system.SCRIPTS and target.prefix:
        content = file.read_bytes()
        written = texts.script(content, f"{target.prefix}/{path}/{this_system.PYTHON}")
        return file if written == content else written
    if folder.endswith(".dist-info") and last in (_ORIGIN, _BUILT_WHEN, _LIST):
        left_out = _of_a_local_build(file.parent)
        if last in left_out:
            return None
        if last == _LIST and left_out:
            return texts.record(file.read_bytes(), left_out)
    return file


def _of_a_local_build(dist_info: Path) -> list[str]:
    """Return the files in there that say where, and when, a project of this machine was built."""
    names = [_BUILT_WHEN] if (dist_info / _BUILT_WHEN).is_file() else []
    origin = dist_info / _ORIGIN
    return [*names, _ORIGIN] if origin.is_file() and texts.is_local(origin.read_bytes()) else names


def _names(folder: Path, prefix: str = "") -> Iterator[str]:
    """Yield the files and links below a folder, relative to it; not what this machine's Python has compiled."""
    for entry in entries_by_name(folder):
        if not entry.is_dir(follow_symlinks=False):
            yield prefix + entry.name
        elif entry.name != _COMPILED:
            yield from _names(Path(entry.path), f"{prefix}{entry.name}/")
