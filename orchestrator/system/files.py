"""Writing files so that a reader sees the old text or the new one, never a part."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from orchestrator.system import this_system
from orchestrator.system.durability import bring_file_to_disk
from orchestrator.system.interruption import held

if TYPE_CHECKING:
    from pathlib import Path


def temporary_beside(path: Path) -> Path:
    """Return what a file is called, in this process, until it takes the place of *path*."""
    return path.with_name(f".{path.name}.{os.getpid()}")


def write_text(path: Path, text: str, *, mode: int | None = None, durably: bool = False) -> None:
    """Replace *path* by a file that holds *text* (UTF-8).

    :param mode: the new file's permissions, those of a new file if not given.
    :param durably: whether a power failure is to leave the old text or the new one as well: for what is in use at once.
    """
    temporary = temporary_beside(path)
    with held():
        try:
            temporary.write_text(text, encoding="utf-8", newline="\n")
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            if durably:
                bring_file_to_disk(temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)  # a full disk
            raise


def entries_by_name(folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder, in the order of names, which no file system promises.

    :raises OSError: it cannot be read.
    """
    with os.scandir(folder) as scanned:
        return sorted(scanned, key=lambda entry: entry.name)


def record_hash(path: Path) -> str:
    """Return the hash of a file as RECORD (PEP 376, PEP 427) spells it.

    :raises OSError: it cannot be read.
    """
    import base64  # not for what asks whether there is anything to do
    import hashlib

    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where that cannot be."""
    sys.audit("os.rename", os.fsencode(one), os.fsencode(other), -1, -1)
    return this_system.exchange(os.fspath(one), os.fspath(other))


def remove(path: Path) -> None:
    """Delete a file, a link or a folder as far as it goes; what is in use elsewhere is left for the next build."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
