"""Which environments of the cache make a finished build: an index, one small file a build."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.environment_cache import entries
from orchestrator.system.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.environment_cache.place import Cache


def note(cache: Cache, key: str, environments: Mapping[str, str]) -> None:
    """Note of which isolated environments the build of *key* consists, whose application environment has that key.

    :param environments: folder, relative to the project → key.
    :raises OSError: it cannot be written.
    """
    write_text(cache.builds / f"{key}.json", json.dumps(dict(environments), indent=2) + "\n")


def isolated(cache: Cache, key: str) -> dict[str, str] | None:
    """Return the isolated environments of a build as they were noted, None if there is none of this key."""
    file = cache.builds / f"{key}.json"
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        return None
    entries.used(file)
    return document


def discard(cache: Cache, key: str, environments: Iterable[str] = ()) -> None:
    """Remove a build, its application environment, and those of its isolated *environments* (keys) that are named."""
    (cache.builds / f"{key}.json").unlink(missing_ok=True)
    for each in (key, *environments):
        entries.discard(cache.environments / each)
