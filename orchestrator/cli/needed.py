"""Who else needs what is added or removed, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import MvenvError
from orchestrator.lock import file
from orchestrator.reports.needed import needed_by

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MOST = 5


def needed(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Return distribution → "plain 1.0 and other 2.0 need it", of those that others need; nothing without a lock.

    :param root: the project's folder.
    """
    try:
        lock = file.read(root)
    except MvenvError:  # whoever needs it says so
        return {}
    if lock is None:
        return {}
    wanted = frozenset(map(str, map(canonicalize_name, names)))
    return {name: _sentence(found) for name, found in needed_by(lock.groups, wanted).items()}


def _sentence(releases: tuple[tuple[str, str], ...]) -> str:
    shown = [" ".join(release) for release in releases[:_MOST]]
    if len(releases) > _MOST:
        shown.append(f"{len(releases) - _MOST} more")
    *first, last = shown
    return f"{', '.join(first)} and {last} need it" if first else f"{last} needs it"
