"""The error of a name that a built project does not hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.system.names import APPLICATION_FOLDER, LOCK, RECORD

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.reports.graph.built import BuiltProject


def unknown_name(name: str, project: BuiltProject, root: Path) -> MvenvError:
    """Return the error for a *name* that :meth:`orchestrator.reports.graph.built.BuiltProject.meant` does not know.

    :param root: the project's folder.
    """
    from orchestrator.cli.unselected import unselected
    from orchestrator.config.faults import did_you_mean, quote

    if name.partition(".")[0] in sys.stdlib_module_names:
        return MvenvError(
            f"{quote(name)} belongs to Python's standard library, of which everybody sees one copy",
            hints=("ask about a distribution, or about what is imported from one",),
        )
    message = f"the project holds nothing called {quote(name)}"
    if _is_locked(name, root):
        hints = tuple(unselected(name, root)) or (
            "`mvenv build --all-groups --all-extras` takes all of them in",
        )
        cause = f"{LOCK} has it for dependency groups or extras that were not asked for"
        return MvenvError(message, causes=(cause,), hints=hints)
    known = project.known_names()
    is_built = (root / APPLICATION_FOLDER / RECORD).exists()
    those = "that the last build installed" if is_built else f"that {LOCK} says to install"
    return MvenvError(
        message,
        causes=(f"neither a distribution nor an import name of those {those}",),
        hints=(did_you_mean(name, known, otherwise="it holds"),) if known else (),
    )


def _is_locked(name: str, root: Path) -> bool:
    from packaging.utils import canonicalize_name

    from orchestrator.lock import file
    from orchestrator.lock.error import LockError

    try:
        lock = file.read(root)
    except LockError:
        return False
    groups = () if lock is None else lock.groups.groups
    return any(canonicalize_name(name) in group.resolution.pins for group in groups)
