"""Reading and writing in a remote cache: what is there is whole, or it is told from that.

An archive is written before the note that names it, and neither is changed afterwards. Where a file system can move
(``mv`` of its own), a file is written under another name first. Elsewhere moving is copying, which needs more rights;
an object store has an object when all of it was sent.
"""

from __future__ import annotations

import hashlib
import posixpath
import secrets
from typing import TYPE_CHECKING

from orchestrator.remote_cache import notes
from orchestrator.remote_cache.notes import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.remote_cache.notes import Note
    from orchestrator.remote_cache.place import Remote

_FORM = "1"
"""Of what is there; another one is beside it."""


def note_of(remote: Remote, key: str) -> Note | None:
    """Return what is said of the environment *key*, None if there is nothing.

    :raises RefusedError: what is said is damaged, or not signed.
    """
    try:
        content = remote.files.cat_file(_note(remote, key))
    except FileNotFoundError:
        return None
    return notes.from_bytes(content, key, remote.secret)


def download(remote: Remote, note: Note, archive: Path) -> None:
    """Have the archive of a note in the file *archive*.

    :raises RefusedError: it is not there any more, or not the one that the note names.
    """
    try:
        remote.files.get_file(_archive(remote, note), str(archive))
    except FileNotFoundError:
        raise RefusedError("its archive is not there") from None
    if _digest(archive) != note.archive:
        raise RefusedError("its archive is not the one that its note names")


def upload(remote: Remote, key: str, archive: Path, environments: dict[str, str]) -> None:
    """Put the environment *key* there, of which *archive* is made.

    :param environments: as :class:`Note` has them.
    """
    note = notes.Note(_digest(archive), environments)
    _write(remote, _archive(remote, note), lambda place: remote.files.put_file(str(archive), place))
    content = notes.to_bytes(note, key, remote.secret)
    _write(remote, _note(remote, key), lambda place: remote.files.pipe_file(place, content))


def _write(remote: Remote, place: str, write: Callable[[str], object]) -> None:
    if type(remote.files).mv.__module__ == "fsspec.spec":  # by copying
        write(place)
        return
    remote.files.makedirs(posixpath.dirname(place), exist_ok=True)
    unfinished = f"{place}.unfinished-{secrets.token_hex(8)}"
    write(unfinished)
    remote.files.mv(unfinished, place)


def _note(remote: Remote, key: str) -> str:
    return f"{remote.folder}/environments-{_FORM}/{key}.json"


def _archive(remote: Remote, note: Note) -> str:
    return f"{remote.folder}/archives-{_FORM}/{note.archive}.tar.gz"


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
