"""Writing an archive that is the same bytes for the same contents: ``tar``, in the order of names.

In GNU's form: all that unpack know its long names, BusyBox's among them, which passes over those of POSIX's.
"""

from __future__ import annotations

import io
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.packing.equal_files import first_of_equal
from orchestrator.packing.model import File

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import IO

    from orchestrator.packing.model import Entry

_MAY_RUN, _MAY_READ = 0o755, 0o644
_BLOCK = 1 << 20


def write(entries: Iterable[Entry], output: IO[bytes], moment: int) -> None:
    """Write *entries*, and the folders that they are in, to *output*.

    All are root's, readable by everybody, writable by their owner.

    :param moment: the time that everything has, in seconds since 1970.
    """
    by_name = {entry.name: entry for entry in entries}
    folders = {str(folder) for name in by_name for folder in PurePosixPath(name).parents} - {"."}
    names = sorted({*by_name, *folders}, key=lambda name: name.split("/"))
    equal = first_of_equal(each for name in names if isinstance(each := by_name.get(name), File))
    # Names are bytes to a file system, and UTF-8 here, whatever this machine's locale says.
    with tarfile.open(
        fileobj=output,
        mode="w|",
        format=tarfile.GNU_FORMAT,
        bufsize=_BLOCK,
        encoding="utf-8",
        errors="surrogateescape",
    ) as tar:
        for name in names:
            _add(tar, name, by_name.get(name), equal.get(name), moment)


def _add(tar: tarfile.TarFile, name: str, entry: Entry | None, equal: str | None, moment: int) -> None:
    member = tarfile.TarInfo(name)
    member.mtime, member.mode = moment, _MAY_RUN
    if entry is None:
        member.type = tarfile.DIRTYPE
        tar.addfile(member)
    elif not isinstance(entry, File):
        member.type, member.linkname = tarfile.SYMTYPE, entry.target
        tar.addfile(member)
    else:
        member.mode = _MAY_RUN if entry.is_executable else _MAY_READ
        if equal is not None:
            member.type, member.linkname = tarfile.LNKTYPE, equal
            tar.addfile(member)
        elif isinstance(entry.source, Path):
            with entry.source.open("rb") as opened:
                member.size = entry.source.stat().st_size
                tar.addfile(member, opened)
        else:
            member.size = len(entry.source)
            tar.addfile(member, io.BytesIO(entry.source))
