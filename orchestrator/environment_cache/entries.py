"""Putting finished environments into the cache, and taking them out.

An entry is made beside its place and renamed into it, so it is there whole or not at all, and of several builds that
make it one is the first. Nothing that is there is written to again but the time of its folder, which tells when it was
last used. Where files are hard links, an edit in one environment is an edit of the entry as well (as with uv's cache):
so an entry is compared with its seal when it is taken. That also finds what a power failure has left incomplete, for
which nobody waits for the disk here.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.environment_cache.place import claim
from orchestrator.environment_cache.unfinished import unfinished
from orchestrator.environments import making
from orchestrator.state import seal
from orchestrator.system import shown, this_system
from orchestrator.system.cloning import clone
from orchestrator.system.files import remove
from orchestrator.system.interruption import held
from orchestrator.system.names import FRESH, RECORD

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.environment_cache.place import Cache
    from orchestrator.state.documents import Seal


class DamagedError(Exception):
    """What the cache holds is not what was put there: somebody has edited it, here or where it is linked."""


def keep(cache: Cache, key: str, folder: Path) -> bool:
    """Put the finished environment in *folder* into the cache unless it is there; return whether it is there then.

    A full disk, or a cache that cannot be written to, is no failure of a build: nothing is kept then.
    """
    entry = cache.environments / key
    sealed = seal.read_seal(folder)
    if sealed is None or not claim(cache):
        return False
    if is_there(cache, key):
        used(entry)
        return True
    discard(entry)  # what a power failure has left of one
    try:
        with unfinished(entry) as new:
            clone(folder, new, cache.link_mode, copied=_copied(sealed), left_out=(FRESH,))
            new.rename(entry)
    except OSError as error:
        shown.note(f"not kept in {cache.folder}: {error}")
        return is_there(cache, key)  # another build may have been the first
    return True


def is_there(cache: Cache, key: str) -> bool:
    """Whether the cache holds an environment of this key."""
    return seal.read_seal(cache.environments / key) is not None


def take(cache: Cache, key: str, folder: Path) -> Seal | None:
    """Make *folder* what the cache holds under *key*, but for its record or mark; return its seal.

    None, and no folder, if the cache has nothing of the kind, or it is removed in this moment.

    :raises DamagedError: what is there is not what was put there. It is removed.
    """
    entry = cache.environments / key
    sealed = seal.read_seal(entry)
    if sealed is None:
        return None
    making.begin(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        clone(entry, folder, cache.link_mode, copied=_copied(sealed), left_out=(RECORD,))
    except OSError as error:
        shown.note(f"not taken from {cache.folder}: {error}")
        remove(folder)
        return None
    if not seal.is_as_stamped(folder, sealed):
        # An archive that the cache has been in may have rounded all times.
        if seal.damage(folder, sealed):
            remove(folder)
            discard(entry)
            raise DamagedError
        sealed = seal.with_new_stamps(folder, sealed)
    used(entry)
    return sealed


def used(path: Path) -> None:
    """Note that an entry has been used now; that of somebody else, or of a read-only cache, stays as it is."""
    with suppress(OSError):
        os.utime(path)


def discard(entry: Path) -> None:
    """Remove an entry: at once for whoever looks for it."""
    if not os.path.lexists(entry):
        return
    with suppress(OSError), held(), unfinished(entry) as gone:
        entry.rename(gone)


def _copied(sealed: Seal) -> tuple[str, ...]:
    """Return the folders whose files may be written to, or locked, where they lie: mvenv's own, and a person's."""
    return "", this_system.SCRIPTS, str(PurePosixPath(sealed["site_packages"]).parent)
