"""Removing what earlier builds have left: after a commit, or where there is nothing to do; always under the mutex.

Whatever ends a process, it can leave this to the next build: nothing that is swept is in use by what is there.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from orchestrator.environments import ownership
from orchestrator.state import generations
from orchestrator.system.files import remove
from orchestrator.system.names import (
    APPLICATION_FOLDER,
    IS_TEMPORARY,
    MODULES,
    UNFINISHED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def sweep(root: Path, keep: Iterable[Path]) -> tuple[Path, ...]:
    """Remove environments of earlier builds, finished or not, except *keep*, and files that were half written.

    What running programs use stays until a build after their end.

    :return: what could not be removed (another user has made it).
    """
    kept = set(keep) | generations.kept(root)
    unfinished = (path for path in _unfinished(root) if path not in kept)
    garbage = [*unfinished, *_earlier(root, kept), *_half_written(root)]
    for path in garbage:
        remove(path)
    ownership.remove_empty_modules(root)
    return tuple(path for path in garbage if os.path.lexists(path))


def _unfinished(root: Path) -> Iterator[Path]:
    """Yield application environments in the making, and on their way out, of builds that were killed."""
    for place in (root, root / APPLICATION_FOLDER):  # in the latter where it is a mount point
        for leftover in place.glob(".venv-*"):
            # Not asked is whether it looks like an environment: a killed build may have got anywhere.
            if re.fullmatch(UNFINISHED, leftover.name):
                yield leftover


def _earlier(root: Path, kept: set[Path]) -> Iterator[Path]:
    """Yield isolated environments that what is there does not need."""
    if ownership.is_claimed(root):
        yield from (folder for folder in ownership.environments(root) if folder not in kept)


def _half_written(root: Path) -> Iterator[Path]:
    """Yield files that were to take another's place (:func:`orchestrator.system.files.write_text`)."""
    for place in (root, root / MODULES, root / APPLICATION_FOLDER):
        for path in place.glob(".*.*"):
            found = re.fullmatch(IS_TEMPORARY, path.name)
            if found is not None and int(found["process"]) != os.getpid():
                yield path
