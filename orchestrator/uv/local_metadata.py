"""Local projects whose metadata comes from more files than uv looks at.

uv keeps the metadata of a local project until one of its build files changes, or what its ``cache-keys`` name (its
documentation, "Caching"). What it is to build with in the environment (``extra-build-variables``) is part of the key
in its cache, so a variable that nobody reads has it look again, and only then; ``--refresh-package`` would do so for
every question, and is refused offline.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.system.metadata_files import BUILD_FILES, metadata_files
from orchestrator.system.source_state import digest, source_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.config.model import Project
    from orchestrator.uv.model import Pin

_VARIABLE = "MVENV_METADATA"

BuildVariables = dict[str, dict[str, str]]
"""Canonical name → variables that uv builds it with."""


def of_project(project: Project) -> BuildVariables:
    """Return what uv is to be told of those that the project names in ``[tool.uv.sources]``."""
    return _told(
        (canonicalize_name(name), project.root / source["path"])
        for name, source in project.uv_sources.items()
        if isinstance(source, dict) and "path" in source
    )


def of_pins(pins: Iterable[Pin]) -> BuildVariables:
    """Return what uv is to be told of local projects that it has found."""
    return _told((pin.name, Path(pin.source)) for pin in pins if pin.source is not None)


def _told(folders: Iterable[tuple[str, Path]]) -> BuildVariables:
    return {name: {_VARIABLE: state} for name, folder in folders for state in _state(folder)}


def _state(folder: Path) -> Iterator[str]:
    if folder.is_dir() and len(metadata_files(folder)) > len(BUILD_FILES):
        yield digest(source_state(folder, editable=True).encode())
