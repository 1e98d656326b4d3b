"""Is what is built still what the project asks for? Answered from files alone, in milliseconds.

Standard library only: ``mvenv run`` asks this before every start.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from orchestrator import __version__

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from typing import Any

RECORD = "mvenv.json"
OVERRIDES = "custom_dependencies_versions.json"

# What `stage` calls an application environment in the making, and `replace_folder` one on its way out. Users
# have environments of their own beside `.venv` (`.venv-3.12`).
UNFINISHED = re.compile(r"\.venv-(?:[0-9a-f]{8}|old)-\d+")

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


def inputs(root: Path, sources: dict[str, bool]) -> dict[str, Any]:
    """Return a description of everything a build of the project at *root* depends on.

    :param sources: folder of each local dependency, relative to *root* where it can be → whether it is
        editable (then only what its metadata comes from counts).
    """
    return {
        "mvenv": __version__,
        "files": {
            name: _digest(root / name) for name in ("pyproject.toml", "uv.toml", ".python-version", OVERRIDES)
        },
        "sources": {
            folder: {"editable": editable, "state": source_state(root / folder, editable=editable)}
            for folder, editable in sorted(sources.items())
        },
    }


def source_state(folder: Path, *, editable: bool) -> str:
    """Return a text that changes when the source in *folder* does (names, sizes and times of its files)."""
    if folder.is_file():
        return _digest(folder)
    if editable:
        return ",".join(_digest(folder / name) for name in _BUILD_FILES)
    digest = hashlib.sha256()
    for directory, names, files in os.walk(folder):
        names[:] = sorted(
            name for name in names if name not in _NOT_SOURCE and not name.endswith((".egg-info", "_cache"))
        )
        for file in sorted(files):
            path = Path(directory, file)
            try:
                status = path.stat()
            except OSError:
                continue
            relative = path.relative_to(folder).as_posix()
            digest.update(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def read_record(root: Path) -> dict[str, Any] | None:
    """Return the record of the last build of the project at *root*, None if there is none."""
    try:
        record = json.loads((root / ".venv" / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def is_fresh(root: Path, record: dict[str, Any] | None) -> bool:
    """Whether the environments that *record* describes are there and still what the project asks for."""
    if record is None or not isinstance(record.get("inputs"), dict):
        return False
    recorded = record["inputs"]
    asked = os.environ.get("UV_PYTHON")
    if asked and asked != record.get("python_request"):
        return False
    if not (root / ".venv" / "bin" / "python").exists():  # the interpreter it was made from may be gone
        return False
    if not all((root / path / RECORD).is_file() for path in record.get("environments", ())):
        return False
    sources = {folder: entry["editable"] for folder, entry in recorded.get("sources", {}).items()}
    return bool(inputs(root, sources) == recorded)


def is_tidy(root: Path, record: dict[str, Any]) -> bool:
    """Whether the project holds the environments of *record* alone: no build was killed before it had swept."""
    if any(UNFINISHED.fullmatch(path.name) for path in root.iterdir()):
        return False
    in_use = {Path(path).name for path in record.get("environments", ())}
    try:
        with os.scandir(root / "py_modules") as entries:
            return not any(entry.is_dir() and entry.name not in in_use for entry in entries)
    except OSError:  # there is none
        return True


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
