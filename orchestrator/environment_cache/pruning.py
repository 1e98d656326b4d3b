"""Removing from the cache what is not used any more."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environment_cache import builds
from orchestrator.environment_cache.place import is_claimed
from orchestrator.environment_cache.unfinished import UNFINISHED, sweep
from orchestrator.errors import MvenvError
from orchestrator.state import seal
from orchestrator.system.files import remove

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from orchestrator.environment_cache.place import Cache

DAYS = 30
"""What no build has made or taken for so long is not kept."""
_DAY = 24 * 60 * 60  # seconds
_STAMP = "pruned"


def prune(cache: Cache, days: int = DAYS) -> int:
    """Remove what no build has made or taken in *days*, and what killed builds have left; return how many."""
    now = time.time()
    gone = [entry for entry in _all(cache) if _last_used(entry) < now - days * _DAY]
    _sweep(cache)
    for entry in gone:
        builds.discard(cache, entry.name)
    layers = [entry for entry in _layers(cache) if _last_used(entry) < now - days * _DAY]
    for entry in layers:
        remove(cache.layers / entry.name)
    return len(gone) + len(layers)


def prune_in_passing(cache: Cache) -> None:
    """Remove what killed builds have left, and once a day what is not used: nobody has to think of it."""
    stamp = cache.folder / _STAMP
    if not is_claimed(cache):
        return
    _sweep(cache)
    with suppress(OSError):
        if stamp.exists() and stamp.stat().st_mtime > time.time() - _DAY:
            return
        stamp.touch()
        prune(cache)


def clean(cache: Cache, names: Collection[str] = ()) -> int:
    """Remove everything, or what holds one of some distributions, with the builds it is part of; return how many.

    :raises MvenvError: some of it cannot be removed.
    """
    wanted = {canonicalize_name(name) for name in names}
    gone = [entry for entry in _all(cache) if not wanted or wanted & _distributions(cache, entry.name)]
    for entry in gone:
        builds.discard(cache, entry.name)
    if not wanted and is_claimed(cache):
        remove(cache.folder)
    left = [entry for entry in gone if os.path.lexists(cache.environments / entry.name)]
    if left:
        raise MvenvError(
            f"{len(left)} of {len(gone)} finished environments cannot be removed",
            causes=(f"{cache.environments} cannot be changed by you",),
            hints=("whoever owns the folder can remove them, or set it free",),
        )
    return len(gone)


def _sweep(cache: Cache) -> None:
    if is_claimed(cache):
        for place in (cache.environments, cache.layers):
            sweep(place)


def _all(cache: Cache) -> list[os.DirEntry[str]]:
    return _finished(cache, cache.environments)


def _layers(cache: Cache) -> list[os.DirEntry[str]]:
    """Return what was installed for single runs."""
    return _finished(cache, cache.layers)


def _finished(cache: Cache, place: Path) -> list[os.DirEntry[str]]:
    if not is_claimed(cache):
        return []
    try:
        with os.scandir(place) as entries:
            return [entry for entry in entries if not entry.name.startswith(UNFINISHED)]
    except OSError:  # there is none
        return []


def _last_used(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except OSError:  # another process has removed it
        return time.time()


def _distributions(cache: Cache, key: str) -> set[str]:
    sealed = seal.read_seal(cache.environments / key)
    names = () if sealed is None else sealed["records"]
    return {canonicalize_name(name.partition("-")[0]) for name in names}
