"""What is in an archive once although it is at several places: files that are equal."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.native.elf import MAGIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.packing.model import File


def first_of_equal(files: Iterable[File]) -> Mapping[str, str]:
    """Return name → the name of an earlier file that is the same; a hard link will do for it.

    Not so for object code: to the dynamic linker two names of one file are one library, and an environment may have a
    copy of its own because it has to be another. It is linked where the project has it linked.
    """
    by_look: dict[tuple[int, bool], list[File]] = {}
    for file in files:
        size = file.source.stat().st_size if isinstance(file.source, Path) else len(file.source)
        if size:
            by_look.setdefault((size, file.is_executable), []).append(file)
    found: dict[str, str] = {}
    for alike in by_look.values():
        firsts: dict[object, str] = {}
        for file in alike if len(alike) > 1 else ():
            first = firsts.setdefault(_identity(file.source), file.name)
            if first != file.name:
                found[file.name] = first
    return found


def _identity(source: Path | bytes) -> object:
    if isinstance(source, bytes):
        return hashlib.sha256(source).digest()
    with source.open("rb") as opened:
        if opened.read(len(MAGIC)) == MAGIC:
            status = source.stat()
            return status.st_dev, status.st_ino
        opened.seek(0)
        return hashlib.file_digest(opened, "sha256").digest()
