"""Has a file or a source folder changed? Answered by names, sizes, times and digests. Standard library only."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from orchestrator.system.names import BUILD_LOCK, UNFINISHED

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
    for directory, names, files in os.walk(folder):
        names[:] = sorted(
            name
            for name in names
            if name not in _NOT_SOURCE
            and not name.endswith((".egg-info", "_cache"))
            and not re.fullmatch(UNFINISHED, name)
        )
        for file in sorted(set(files) - {BUILD_LOCK}):
            path = Path(directory, file)
            try:
                status = path.stat()
            except OSError:
                continue
            relative = path.relative_to(folder).as_posix()
            digest.update(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def digest(content: bytes) -> str:
    """Return the digest of a file's content, as the record of a build has it."""
    return hashlib.sha256(content).hexdigest()


def file_digest(path: Path) -> str:
    """Return the digest of the content of the file at *path*, an empty text if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
