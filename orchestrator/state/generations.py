"""Environments of earlier builds that running programs use: those stay. Standard library only.

The shim holds a shared lock on a file of the application environment it runs from, for as long as its process lives
(:mod:`runtime_shim.model.generation`). What such an environment is made of, its record says. Where files cannot be
locked nobody holds anything, and nothing stays.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from contextlib import suppress
from itertools import count

from orchestrator.state.record import read_record_of
from orchestrator.system.names import UNFINISHED
from runtime_shim.model.generation import FILE

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from pathlib import Path


def kept(root: Path) -> set[Path]:
    """Return the folders that programs use which have begun before the last build: to be left as they are.

    Application environments on their way out, and the isolated environments that belong to them.
    """
    found: set[Path] = set()
    for name in os.listdir(root):  # noqa: PTH208 - before every start
        folder = root / name
        if re.fullmatch(UNFINISHED, name) and is_used(folder):
            record = read_record_of(folder)
            found.add(folder)
            found.update(root / path for path in (record["environments"] if record else ()))
    return found


def free_folder(root: Path, content: str) -> Path:
    """Return where an application environment is to be made that holds *content*, a digest."""
    # In a container every build has the same process number, and an earlier one's environment may be in use.
    names = (root / f".venv-{content[:8]}-{number}" for number in count(os.getpid()))
    return next(folder for folder in names if not is_used(folder))


def is_used(folder: Path) -> bool:
    """Whether a program runs from the application environment in *folder*, as far as locks tell."""
    if sys.platform == "win32":
        return False
    import fcntl  # where there is something to ask about

    try:
        descriptor = _opened(folder / FILE)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EWOULDBLOCK, errno.EACCES)
    finally:
        os.close(descriptor)
    return False


def _opened(path: Path) -> int:
    with suppress(PermissionError):  # over a network an exclusive lock needs a file that can be written to
        return os.open(path, os.O_RDWR)
    return os.open(path, os.O_RDONLY)
