"""Where finished environments are kept, and whether they are."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.system.names import CACHE_SIGNATURE, CACHE_TAG
from orchestrator.uv.run import is_set, run
from orchestrator.uv.settings import value_of

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "MVENV_ENVIRONMENT_CACHE"
"""A folder; ``off`` for none."""
_OFF = frozenset({"off", "0", "false", "no"})
_NAME = "mvenv-environments"
_TAG_TEXT = f"{CACHE_SIGNATURE}\n# Finished environments of mvenv; `mvenv cache clean` removes them.\n"

LINK_MODES = ("clone", "hardlink", "copy")
"""How a file of the cache becomes one of an environment, in uv's words."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of finished environments."""

    folder: Path
    link_mode: str
    """One of :data:`LINK_MODES`."""

    @property
    def environments(self) -> Path:
        """The environments, each under its key."""
        return self.folder / "environments-1"

    @property
    def layers(self) -> Path:
        """What was installed for one run (`mvenv run --with`), each under its key."""
        return self.folder / "layers-1"

    @property
    def builds(self) -> Path:
        """Which environments make a finished build: a file each."""
        return self.folder / "builds-1"


def cache_of(root: Path) -> Cache | None:
    """Return the cache that the project at *root* uses, None if it uses none.

    There is none where uv is to cache nothing, or to install symbolic links into its cache; nor where uv's cache is a
    mount point (of a container that is built): what lies beside that would be part of the image.
    """
    value = os.environ.get(VARIABLE, "")
    # Never tried there: junctions and launchers name their targets absolutely.
    if sys.platform == "win32" or value.lower() in _OFF or is_set("UV_NO_CACHE"):
        return None
    mode = os.environ.get("UV_LINK_MODE") or value_of("link-mode", root) or LINK_MODES[0]
    if mode not in LINK_MODES or value_of("no-cache", root) is True:
        return None
    folder = root / value if value else _beside(root, os.environ.get("UV_CACHE_DIR"))
    return None if folder is None else Cache(folder, str(mode))


def chosen() -> str:
    """Return the folder that the environment variable names, as it is written; empty if it names none."""
    value = os.environ.get(VARIABLE, "")
    return "" if value.lower() in _OFF else value


def folder_of(root: Path) -> Path | None:
    """Return where finished environments are kept, whether or not there are any."""
    cache = cache_of(root)
    return None if cache is None else cache.folder


def claim(cache: Cache) -> bool:
    """Make the folder if need be, and return whether it can be written to and is mvenv's."""
    return not obstacle(cache)


def obstacle(cache: Cache) -> str:
    """Make the folder if need be; return why it cannot be used, empty if it can.

    Several threads and builds may be the first at once: what holds nothing but the beginnings of a cache is one.
    """
    try:
        cache.folder.mkdir(parents=True, exist_ok=True)
        own = {CACHE_TAG, cache.environments.name, cache.builds.name, cache.layers.name}
        if not is_claimed(cache) and not own.issuperset(os.listdir(cache.folder)):  # noqa: PTH208 - names
            return "it holds something else"
        cache.environments.mkdir(exist_ok=True)
        cache.builds.mkdir(exist_ok=True)
        return "" if _tag(cache) else "it cannot be written to"
    except (FileExistsError, NotADirectoryError):
        return "it is no folder"
    except OSError as error:
        return error.strerror or str(error)


def is_claimed(cache: Cache) -> bool:
    """Whether the folder is there, and mvenv's."""
    try:
        return (cache.folder / CACHE_TAG).read_text("utf-8") == _TAG_TEXT
    except (OSError, ValueError):
        return False


def _tag(cache: Cache) -> bool:
    if not is_claimed(cache):
        (cache.folder / CACHE_TAG).write_text(_TAG_TEXT, "utf-8")
    return os.access(cache.environments, os.W_OK | os.X_OK)


@cache
def _beside(root: Path, _: str | None) -> Path | None:
    """Return the folder beside uv's cache; what decides that does not change during a command."""
    try:
        answer = run(["cache", "dir"], cwd=root)
    except MvenvError:  # what is wrong with uv's settings is told where they count
        return None
    text = answer.stdout.strip()
    if answer.code != 0 or not text:
        return None
    folder = root / text
    try:
        is_mounted = folder.exists() and folder.stat().st_dev != folder.parent.stat().st_dev
    except OSError:
        return None
    return None if is_mounted else folder.parent / _NAME
