"""Finding the project without loading what reads it."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path

from orchestrator.errors import MvenvError

_REFUSED = (
    "give the user that runs this permission to read and to write there"
    if sys.platform != "win32"  # there it is mostly a file that is open (docs/systems.md)
    else "end what runs from `.venv` (language servers of editors, too), and try again"
)
_FULL = "make room on the disk"
_HINTS = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), _REFUSED),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
}


class _Start:
    """Where the search for the project begins."""

    folder: Path | None = None
    """As ``--project`` says; None: the working directory."""


_start = _Start()


def begin_at(folder: Path) -> None:
    """Let the project be the one nearest to a folder, whatever the working directory is."""
    _start.folder = folder


def project_root() -> Path:
    """Return the folder of the pyproject.toml nearest to the working directory, or to where ``--project`` says.

    That is what :func:`orchestrator.config.project.find_pyproject` finds.

    :raises MvenvError: if there is none, or no working directory.
    """
    start = starting_folder()
    found = nearest_project(start)
    if found is not None:
        return found
    from orchestrator.config.project import find_pyproject  # has the words for this error, and costs 0.2 s

    return find_pyproject(start).parent


def starting_folder() -> Path:
    """Return the folder where the search for the project begins.

    :raises MvenvError: there is no working directory.
    """
    try:
        return _start.folder or Path.cwd()
    except FileNotFoundError:
        raise MvenvError(
            "the working directory does not exist any more", hints=("change to a folder that does: `cd`",)
        ) from None


def nearest_project(start: Path) -> Path | None:
    """Return the folder of the pyproject.toml nearest to a folder, None if there is none."""
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file():
            return folder.resolve()
    return None


def _first(error: OSError) -> OSError:
    """Return the first of the errors that copying a folder has met: ``shutil.Error`` holds texts of them all."""
    if not (error.args and isinstance(error.args[0], list) and error.args[0]):
        return error
    _, target, reason = error.args[0][0]
    number = re.match(r"\[Errno (\d+)\]", str(reason))
    return OSError(int(number[1]), os.strerror(int(number[1])), target) if number else OSError(str(reason))


def system_error(error: OSError) -> MvenvError:
    """Say what the operating system refused: a full disk, a folder without permission."""
    error = _first(error)
    place = (str(error.filename),) if error.filename else ()
    reason = error.strerror or str(error) or type(error).__name__
    hint = _HINTS.get(error.errno or 0, "check free space and permissions")
    return MvenvError(
        f"the operating system refused: {reason}",
        causes=place,
        hints=(f"{hint}; what was running before still runs",),
    )
