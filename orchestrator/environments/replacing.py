"""Putting an application environment in the place of the last one, and taking one away."""

from __future__ import annotations

import errno
import os
import shutil
from itertools import count
from typing import TYPE_CHECKING

from orchestrator.system.files import exchange, remove, write_text
from orchestrator.system.names import RECORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

# What renaming a folder says where it is a mount point (a volume), or, on overlayfs, part of a lower layer.
_STAYS_WHERE_IT_IS = (errno.EBUSY, errno.EXDEV)


class StaysError(Exception):
    """The folder cannot be renamed."""


def put_in_place(new: Path, target: Path, commit: Callable[[], AbstractContextManager[None]]) -> None:
    """Put the folder *new* in place of *target*, which may or may not exist.

    Where the kernel can exchange two names in one step (Linux's ``renameat2`` with ``RENAME_EXCHANGE``), there is no
    moment without a *target*; elsewhere there is one between two renames. A *target* that cannot be renamed keeps its
    place and gets the content of *new*: what takes time is done before, and its record says from the first change to
    the last that it is unfinished, so that whatever ends the process in between, the next build makes it anew.

    What was there before is left for the sweep, under the name of *new* or of an unfinished environment.

    :param commit: a context for the moment of the change; entered again if the first way turns out not to be one.
    """
    try:
        with commit():
            _replace(new, target)
    except StaysError:
        near = _brought_into(target, new)
        with commit():
            _replace_content(near, target)


def _replace(new: Path, target: Path) -> None:
    if not os.path.lexists(target):
        new.rename(target)
        return
    if exchange(new, target):
        return
    old = put_aside(target)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise


def put_aside(target: Path) -> Path:
    """Rename an application environment; programs that run from it find it there, and the sweep leaves it to them.

    :return: where it is now.
    :raises StaysError: it cannot be renamed.
    :raises OSError: for another reason.
    """
    # In a container every build has the same process number, and an earlier one's environment may still be in use.
    names = (target.with_name(f"{target.name}-old-{number}") for number in count(os.getpid()))
    aside = next(path for path in names if not os.path.lexists(path))
    try:
        return target.rename(aside)
    except OSError as error:
        if error.errno in _STAYS_WHERE_IT_IS:
            raise StaysError from error
        raise


def _brought_into(target: Path, new: Path) -> Path:
    """Have *new* in the folder *target*, where its parts can be renamed; return where."""
    near = target / new.name
    try:
        new.rename(near)
    except OSError as error:
        if error.errno not in _STAYS_WHERE_IT_IS:
            raise
        shutil.copytree(new, near, symlinks=True)  # another file system
    return near


def _replace_content(new: Path, target: Path) -> None:
    write_text(target / RECORD, "{}\n")  # mvenv's, and unfinished
    names = {entry.name for entry in new.iterdir()} - {RECORD}
    for name in names:
        if not os.path.lexists(target / name):
            (new / name).rename(target / name)
        elif not exchange(new / name, target / name):
            remove(target / name)
            (new / name).rename(target / name)
    for entry in list(target.iterdir()):
        if entry.name not in {*names, RECORD, new.name}:
            remove(entry)
    (new / RECORD).replace(target / RECORD)
