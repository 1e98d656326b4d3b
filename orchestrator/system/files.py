"""Writing files so that a reader sees the old text or the new one, never a part."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from orchestrator.system import this_system

if TYPE_CHECKING:
    from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Replace *path* by a file that holds *text* (UTF-8)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


def replace_folder(new: Path, target: Path) -> None:
    """Put the folder *new* in place of *target*, which may or may not exist; nothing is left of the old one.

    Where the kernel can exchange two names in one step there is no moment without a *target*. Elsewhere there is one
    between two renames.
    """
    if not target.exists():
        new.rename(target)
        return
    if not _exchange(new, target):
        old = target.with_name(f"{target.name}-old-{os.getpid()}")
        target.rename(old)
        new.rename(target)
        new = old
    remove_folder(new)


def remove_folder(folder: Path) -> None:
    """Delete a folder as far as it goes; what is in use elsewhere is left for the next build."""
    shutil.rmtree(folder, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    return this_system.exchange(os.fspath(one), os.fspath(other))
