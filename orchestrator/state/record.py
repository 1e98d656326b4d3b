"""The record that a build leaves in ``.venv``: written and read here alone.

Standard library only, and little of that: ``mvenv run`` reads it before every start, and importing pydantic would
cost more than the start. So the form is not checked field by field. The record carries its schema and a checksum of
its own text instead: what has both is as this mvenv wrote it, and so has the form of
:class:`orchestrator.state.documents.Record`; anything else is no record, and the next build makes one.
"""

from __future__ import annotations

import hashlib
import json

from orchestrator import __version__
from orchestrator.system.names import APPLICATION_FOLDER, GRAPH_SCHEMA, RECORD, RECORD_SCHEMA

TYPE_CHECKING = False  # importing typing takes as long as reading the file
if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.state.documents import Record

_SCHEMAS = (RECORD_SCHEMA, GRAPH_SCHEMA)


def read_record(root: Path) -> Record | None:
    """Return the record of the last build of the project at *root*.

    None if there is none, if it is of another schema, or not what a build has written.
    """
    return read_record_of(root / APPLICATION_FOLDER)


def read_record_of(folder: Path) -> Record | None:
    """Return the record in an application environment, wherever that is, likewise."""
    try:
        text = (folder / RECORD).read_bytes()
        document = json.loads(text)
        checksum, schemas = document["checksum"], (document["schema"], document["graph"]["schema"])
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        return None
    if schemas != _SCHEMAS or not isinstance(checksum, str) or _checksum(text, checksum) != checksum:
        return None
    record: Record = document
    return record


def write_record(folder: Path, record: Record) -> None:
    """Leave *record* in the application environment in *folder*; with it, that is complete, and mvenv's."""
    from orchestrator.system.files import write_text  # for builds alone

    document = {**record, "mvenv": __version__, "schema": RECORD_SCHEMA, "checksum": ""}
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    write_text(folder / RECORD, text.replace(_line(""), _line(_checksum(text.encode(), "")), 1), durably=True)


def _checksum(text: bytes, written: str) -> str:
    """Return the digest of a record's text without the checksum that is *written* in it."""
    line = _line(written).encode(errors="replace")  # JSON can hold half of a surrogate pair
    return hashlib.sha256(text.replace(line, _line("").encode(), 1)).hexdigest()


def _line(checksum: str) -> str:
    # No value has a line break in it, and only the keys of the record itself are indented by two spaces.
    return f'\n  "checksum": "{checksum}"'
