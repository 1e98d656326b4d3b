"""Removing all that builds have made; what the user has written, and the lock, stay."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environments import ownership
from orchestrator.environments.replacing import StaysError, put_aside
from orchestrator.environments.sweeping import sweep
from orchestrator.state import generations
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.files import remove
from orchestrator.system.interruption import held
from orchestrator.system.names import APPLICATION_FOLDER, MODULES

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What came of it."""

    removed: tuple[str, ...]
    """``.venv``, ``py_modules``: those that were there."""
    kept: tuple[Path, ...]
    """What running programs use: it goes with the first build, or clean, after their end."""
    left: tuple[Path, ...]
    """What could not be removed: another user has made it, or it is a mount point."""


def clean(root: Path, reporter: Reporter) -> Cleaned:
    """Remove the environments of the project in the folder *root*.

    :raises MvenvError: ``.venv`` or ``py_modules`` is not mvenv's, or cannot be removed; nothing has been touched then.
    """
    ownership.check(root)
    application = root / APPLICATION_FOLDER
    with one_build_at_a_time(root, reporter):
        there = tuple(name for name in (APPLICATION_FOLDER, MODULES) if os.path.lexists(root / name))
        if os.path.lexists(application):
            with held():
                _taken_away(application)
        left = sweep(root, ())
        return Cleaned(there, tuple(sorted(generations.kept(root))), left)


def _taken_away(application: Path) -> None:
    try:
        put_aside(application)
    except StaysError:
        for entry in application.iterdir():  # a mount point: its content is what there is to remove
            remove(entry)
