"""The mark of a complete environment: what it was made for, and what was done to it.

That of an isolated environment is written here; the application environment's is the record of the build
(:mod:`orchestrator.state.record`), which says the same and more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator import __version__
from orchestrator.system.files import write_text
from orchestrator.system.names import RECORD

if TYPE_CHECKING:
    from pathlib import Path


class NativeWork(BaseModel):
    """What was done in an environment so that its native libraries are not taken for another's."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    names: dict[str, str] = {}
    """Library names, old → new."""
    symbols: int = 0
    """How many process-wide symbols are its own now."""
    files: dict[str, str] = {}
    """Every changed file, below ``site-packages`` → ``sha256=…`` as in RECORD."""


class Marking(BaseModel):
    """What an environment says of itself."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    content: str
    """A digest of what it holds (:func:`orchestrator.install.installer.content`)."""
    name: str = ""
    native: NativeWork = NativeWork()
    seal: dict[str, Any] | None = None
    """What it held when its build had ended (:mod:`orchestrator.state.seal`); None until then."""


def mark(folder: Path, marking: Marking) -> None:
    """Declare the environment in *folder* complete, and mvenv's."""
    document = {"mvenv": __version__, **marking.model_dump()}
    write_text(folder / RECORD, json.dumps(document, indent=2, sort_keys=True) + "\n")


def unmark(folder: Path) -> None:
    """Declare the environment in *folder* unfinished."""
    (folder / RECORD).unlink(missing_ok=True)


def marking_of(folder: Path) -> Marking | None:
    """Return what the environment in *folder* says of itself, None if it is not complete or the mark is damaged."""
    try:
        return Marking.model_validate_json((folder / RECORD).read_bytes())
    except (OSError, ValidationError):
        return None


def is_marked(folder: Path) -> bool:
    """Whether mvenv has made the environment in *folder*, whatever has become of what it says."""
    return (folder / RECORD).is_file()
