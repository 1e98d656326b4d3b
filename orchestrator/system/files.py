"""Writing files so that a reader sees the old text or the new one, never a part."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def write_text(path: Path, text: str) -> None:
    """Replace *path* by a file that holds *text* (UTF-8)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


def record_hash(path: Path) -> str:
    """Return the hash of a file as RECORD (PEP 376, PEP 427) spells it.

    :raises OSError: it cannot be read.
    """
    import base64  # not for what asks whether there is anything to do
    import hashlib

    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def replace_folder(new: Path, target: Path) -> None:
    """Put the folder *new* in place of *target*, which may or may not exist; the old one is left beside it.

    Where the kernel can exchange two names in one step (Linux's ``renameat2`` with ``RENAME_EXCHANGE``),
    there is no moment without a *target*. Elsewhere there is one between two renames.
    """
    if not target.exists():
        new.rename(target)
        return
    if not _exchange(new, target):
        old = target.with_name(f"{target.name}-old-{os.getpid()}")
        target.rename(old)
        new.rename(target)


def remove_folder(folder: Path) -> None:
    """Delete a folder as far as it goes; what is in use elsewhere is left for the next build."""
    shutil.rmtree(folder, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):  # a libc without it
        return False
    names = os.fsencode(one), os.fsencode(other)
    return bool(renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)
