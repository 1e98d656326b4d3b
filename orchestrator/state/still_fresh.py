"""Nothing has changed since the environments were last found fresh: answered from file times alone.

:mod:`orchestrator.state.freshness` reads files and compares digests, for which it loads :mod:`json`, :mod:`hashlib` and
:mod:`pathlib`: longer than an interpreter takes to start. So its last "yes" is kept beside the record, with the times,
sizes and numbers of all files that it was decided by, as git keeps them in its index. While all are the same, so is the
answer; anything else is a question for :mod:`orchestrator.state.freshness`.

A file that was changed in the moment in which it was looked at could keep its time (git calls it "racily clean"), so
nothing is kept until all files have been at rest for a while.

The modules :mod:`os` and :mod:`time` alone, which every interpreter has loaded.
"""

from __future__ import annotations

import os
import time

from orchestrator import __version__
from orchestrator.system import this_system
from orchestrator.system.names import (
    APPLICATION_FOLDER,
    FRESH,
    IMPORT_MAP,
    INPUTS,
    INPUTS_ABOVE,
    OVERRIDES,
    PTH,
    RECORD,
    SHIM,
    VENV_CONFIGURATION,
)
from orchestrator.system.platforms import platform_here

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestrator.state.documents import Record

_AT_REST = 2 * 10**9
"""Nanoseconds: more than the times of any file system are rounded to (FAT: two seconds)."""
_MOST = 2000
"""Files; with more, looking at all of them would take as long as asking anew."""
_ABSENT = "absent"
_END = "end"


def is_unchanged(root: str) -> bool:
    """Whether the project in *root* was found fresh, and nothing that this depends on has changed since then."""
    try:
        with open(_place(root), encoding="utf-8", errors="surrogateescape", newline="") as file:  # noqa: PTH123
            header, *entries, end = file.read().split("\0")
    except (OSError, ValueError):
        return False
    if header != _circumstances(root) or end != _END or len(entries) % 2:
        return False
    return all(_state(path) == state for path, state in zip(entries[::2], entries[1::2], strict=True))


def keep(root: Path, record: Record) -> None:
    """Remember that the environments which *record* describes have just been found fresh, if they are at rest.

    Where that cannot be written, nothing is lost but time.
    """
    now = time.time_ns()
    paths = _paths(root, record)
    if len(paths) > _MOST:
        return
    entries = []
    for path in paths:
        state = _state(path, since=now - _AT_REST)
        if state is None:
            return
        entries += [path, state]
    place = _place(str(root))
    temporary = os.path.join(os.path.dirname(place), f".{FRESH}.{os.getpid()}")  # noqa: PTH118, PTH120
    try:
        with open(temporary, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:  # noqa: PTH123
            file.write("\0".join([_circumstances(str(root)), *entries, _END]))
        os.replace(temporary, place)  # noqa: PTH105
    except (OSError, ValueError):
        try:
            os.unlink(temporary)  # noqa: PTH108
        except OSError:
            return


def _place(root: str) -> str:
    return f"{root}/{APPLICATION_FOLDER}/{FRESH}"


def _circumstances(root: str) -> str:
    """Return what the answer depends on beside files: this mvenv, the machine, the Python and who may run it."""
    python = this_system.interpreter_behind(f"{root}/{APPLICATION_FOLDER}")
    may_run = os.access(python, os.X_OK)
    return "\n".join(
        (__version__, platform_here(), os.environ.get("UV_PYTHON", ""), python, str(may_run), root)
    )


def _paths(root: Path, record: Record) -> list[str]:
    """Return all that :func:`orchestrator.state.freshness.is_fresh` looks at."""
    from orchestrator.system.source_state import source_paths  # not for those who only ask

    library = record["overrides"]["library"]
    relative = [
        *INPUTS,
        *(f"{APPLICATION_FOLDER}/{name}" for name in (RECORD, VENV_CONFIGURATION, this_system.PYTHON)),
        f"{library}/{OVERRIDES}",
    ]
    if record["environments"]:
        relative += [f"{library}/site-packages/{name}" for name in (PTH, f"{SHIM}/{IMPORT_MAP}")]
        relative += [f"{environment}/{RECORD}" for environment in record["environments"]]
    else:
        relative.append(f"{library}/site-packages")
    sources: Iterable[str] = (
        path
        for folder, source in record["inputs"]["sources"].items()
        for path in source_paths(root / folder, editable=source["editable"], most=_MOST)
    )
    above = (os.path.join(folder, name) for folder in root.parents for name in INPUTS_ABOVE)  # noqa: PTH118
    return [*(f"{root}/{name}" for name in relative), *above, *sources]


def _state(path: str, since: int | None = None) -> str | None:
    """Return what changes when a file does, None if that cannot be known.

    :param since: nanoseconds; what has changed later is not known either.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return _ABSENT
    except (OSError, ValueError):
        return None
    if since is not None and max(status.st_mtime_ns, status.st_ctime_ns) > since:
        return None
    values = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_mode)
    return " ".join(map(str, values))
