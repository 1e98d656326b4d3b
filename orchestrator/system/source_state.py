"""Has a file or a source folder changed? Answered by names, sizes, times and digests. Standard library only."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from orchestrator.system.metadata_files import BUILD_FILES, metadata_files
from orchestrator.system.names import BUILD_LOCK, MODULES, UNFINISHED, VENV_CONFIGURATION

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from collections.abc import Iterator

# What tools leave in a source folder, wherever; changes there are not changes of the source.
_NOT_SOURCE = frozenset({"__pycache__", "node_modules", ".git", ".hg", ".tox", ".nox", ".venv"})
# What they leave beside a build file. Elsewhere, or with an `__init__.py`, it is a package like any other.
_BESIDE_BUILD_FILES = frozenset({"build", "dist", MODULES})


def source_state(folder: Path, *, editable: bool) -> str:
    """Return a text that changes when the source in *folder* does (names, sizes and times of its files)."""
    if folder.is_file():
        return file_digest(folder)
    if editable:
        return ",".join(file_digest(folder / name) for name in metadata_files(folder))
    digest = hashlib.sha256()
    for directory, files in _walk(folder):
        for file in files:
            path = Path(directory, file)
            try:
                status = path.stat()
            except OSError:
                continue
            relative = path.relative_to(folder).as_posix()
            digest.update(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def source_paths(folder: Path, *, editable: bool, most: int) -> list[str]:
    """Return the files and folders of which one has changed if :func:`source_state` is another.

    :param most: how many are wanted at the most; with more, the list ends somewhere behind that.
    """
    if folder.is_file():
        return [str(folder)]
    if editable:
        return [str(folder / name) for name in metadata_files(folder)]
    paths: list[str] = []
    for directory, files in _walk(folder):
        paths += [directory, *(f"{directory}/{file}" for file in files)]
        if len(paths) > most:
            break
    return paths or [str(folder)]


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder in *folder*, itself included, that can hold source, with the names of its files.

    Links are followed, as build back ends do, but none twice or to a folder around this one.
    """
    followed: set[str] = set()
    for directory, names, files in os.walk(folder, followlinks=True):
        if VENV_CONFIGURATION in files and directory != str(folder):
            names.clear()
            continue
        is_project = not set(files).isdisjoint(BUILD_FILES)
        names[:] = [
            name
            for name in sorted(names)
            if _can_hold_source(directory, name, is_project=is_project) and _is_new(directory, name, followed)
        ]
        yield directory, sorted(set(files) - {BUILD_LOCK})


def _can_hold_source(directory: str, name: str, *, is_project: bool) -> bool:
    if name in _NOT_SOURCE or name.endswith(".egg-info") or re.fullmatch(UNFINISHED, name):
        return False
    if name.startswith(".") and name.endswith("_cache"):
        return False
    return (
        not is_project or name not in _BESIDE_BUILD_FILES or os.path.exists(f"{directory}/{name}/__init__.py")  # noqa: PTH110 - faster
    )


def _is_new(directory: str, name: str, followed: set[str]) -> bool:
    """Whether a folder is none that is walked already: a link to one of *followed*, among which it is from now on."""
    path = f"{directory}/{name}"
    if not os.path.islink(path):  # noqa: PTH114 - faster
        return True
    real = os.path.realpath(path)
    if real in followed or f"{os.path.realpath(directory)}/".startswith(f"{real.rstrip('/')}/"):
        return False
    followed.add(real)
    return True


def digest(content: bytes) -> str:
    """Return the digest of a file's content, as the record of a build has it."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """Return the digest of the content of the file at *path*, an empty text if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
