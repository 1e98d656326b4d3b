"""What an archive holds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PYTHON_FOLDER = ".python"
"""In the archive: the interpreter that was brought along."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the archive."""

    name: str
    """Where it is unpacked, POSIX."""
    source: Path | bytes
    """What it holds, or the file that holds it."""
    is_executable: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link of the archive."""

    name: str
    target: str


Entry = File | Link


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in the project's folder that is not in the archive."""

    path: str
    """Relative to the project; a folder ends with a slash."""
    reason: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What one part of the project gives to the archive."""

    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...] = ()
