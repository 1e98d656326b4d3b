"""Has a file or a source folder changed? Answered by names, sizes, times and digests. Standard library only."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from orchestrator.system.names import BUILD_LOCK, UNFINISHED

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from collections.abc import Iterator

# What tools leave in a source folder; changes there are not changes of the source.
_NOT_SOURCE = frozenset(
    {
        "__pycache__",
        "build",
        "dist",
        "node_modules",
        "py_modules",
        "venv",
        ".git",
        ".hg",
        ".tox",
        ".nox",
        ".venv",
    }
)
_BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


def source_state(folder: Path, *, editable: bool) -> str:
    """Return a text that changes when the source in *folder* does (names, sizes and times of its files)."""
    if folder.is_file():
        return file_digest(folder)
    if editable:
        return ",".join(file_digest(folder / name) for name in _BUILD_FILES)
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
        return [str(folder / name) for name in _BUILD_FILES]
    paths: list[str] = []
    for directory, files in _walk(folder):
        paths += [directory, *(f"{directory}/{file}" for file in files)]
        if len(paths) > most:
            break
    return paths or [str(folder)]


def _walk(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each folder in *folder*, itself included, that can hold source, with the names of its files."""
    for directory, names, files in os.walk(folder):
        names[:] = sorted(
            name
            for name in names
            if name not in _NOT_SOURCE
            and not name.endswith((".egg-info", "_cache"))
            and not re.fullmatch(UNFINISHED, name)
        )
        yield directory, sorted(set(files) - {BUILD_LOCK})


def digest(content: bytes) -> str:
    """Return the digest of a file's content, as the record of a build has it."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """Return the digest of the content of the file at *path*, an empty text if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
