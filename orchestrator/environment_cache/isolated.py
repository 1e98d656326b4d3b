"""An isolated environment that a build is to make, or has made, in the cache."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environment_cache.entries import keep, take
from orchestrator.environment_cache.keys import key_of_environment
from orchestrator.environments.marking import Marking, NativeWork, mark, marking_of
from orchestrator.state.seal import read_seal
from orchestrator.system.names import PTH

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.environment_cache.place import Cache
    from orchestrator.environments.site import Site
    from orchestrator.state.documents import Seal

_UNTOUCHED = NativeWork()


@dataclass(frozen=True, slots=True)
class Kept:
    """An isolated environment in the cache."""

    key: str
    is_of_this_place: bool
    """Whether something in it was installed from a folder of the user's: it is nobody else's then."""


def key_of_planned(site: Site, seen: str, root: Path) -> Kept:
    """Return what the environment of a plan is in the cache as it is installed, its libraries not kept apart yet.

    :param seen: the text of the file that names the other environments which it sees.
    :param root: the project's folder.
    """
    is_local = any(pin.source is not None for pin in site.environment.pins.values())
    place = root if is_local else None
    return Kept(key_of_environment(site.lives_at, site.content, _UNTOUCHED, seen, place), is_local)


def take_planned(cache: Cache, key: str, site: Site) -> bool:
    """Take the environment of a plan; return whether it was there.

    :raises DamagedError: as :func:`orchestrator.environment_cache.entries.take`.
    """
    sealed = take(cache, key, site.folder)
    if sealed is None:
        return False
    mark(site.folder, Marking(content=site.content, name=site.environment.name, seal=dict(sealed)))
    return True


def take_finished(cache: Cache, key: str, folder: Path, content: str) -> bool:
    """Take an environment of a finished build to *folder*; return whether it was there.

    :param content: the digest of what it is to hold.
    :raises DamagedError: as :func:`orchestrator.environment_cache.entries.take`.
    """
    marking = marking_of(cache.environments / key)
    if marking is None or marking.content != content:
        return False
    sealed = take(cache, key, folder)
    if sealed is None:
        return False
    mark(folder, marking.model_copy(update={"seal": dict(sealed)}))
    return True


def keep_finished(cache: Cache, folder: Path, root: Path) -> Kept | None:
    """Keep the isolated environment in *folder*; return what it is in the cache, None if it is not kept."""
    marking, sealed = marking_of(folder), read_seal(folder)
    if marking is None or sealed is None:
        return None
    site_packages = folder / sealed["site_packages"]
    place = root if _has_local(site_packages, sealed) else None
    seen = _text(site_packages / PTH)
    key = key_of_environment(folder, marking.content, marking.native, seen, place)
    return Kept(key, place is not None) if keep(cache, key, folder) else None


def _has_local(site_packages: Path, sealed: Seal) -> bool:
    """Whether anything was installed from a folder or file of the user's (PEP 610), whose place it knows."""
    texts = (_text(site_packages / name / "direct_url.json") for name in sealed["records"])
    return any(_is_local(text) for text in texts if text)


def _is_local(direct_url: str) -> bool:
    try:
        return str(json.loads(direct_url).get("url", "")).startswith("file:")
    except (ValueError, AttributeError, RecursionError):
        return True  # nothing is known: nobody else's then


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
