"""uv's workspaces: the projects of a repository, which have each other for sources (`{ workspace = true }`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FILE = "pyproject.toml"
_TABLE = ("tool", "uv", "workspace")


@dataclass(frozen=True)
class Workspace:
    """What a project is a member of."""

    root: Path
    """The folder of the pyproject.toml with `[tool.uv.workspace]`."""
    data: Mapping[str, Any]
    """What that says; its sources are every member's."""

    @cached_property
    def folders(self) -> tuple[Path, ...]:
        """Those of the members, without the root's own."""
        table = _table(self.data, *_TABLE)
        excluded = {
            folder for pattern in _texts(table.get("exclude")) for folder in _matching(self.root, pattern)
        }
        return tuple(
            folder
            for pattern in _texts(table.get("members"))
            for folder in sorted(_matching(self.root, pattern))
            if folder not in excluded
        )

    @cached_property
    def members(self) -> Mapping[str, Path]:
        """Canonical name → folder, the root's own project included; reads all their files."""
        named = [(_table(self.data, "project").get("name"), self.root)]
        named += [(_table(_read(folder) or {}, "project").get("name"), folder) for folder in self.folders]
        return {canonicalize_name(name): folder for name, folder in named if isinstance(name, str)}


def find_workspace(data: Mapping[str, Any], root: Path) -> Workspace | None:
    """Return the workspace that the project in *root* is in, None if it is in none.

    Files that cannot be read, and patterns that are none, hold no members: uv, which reads them as well, says so.

    :param data: what the project's own pyproject.toml says, which may be another one than on the disk.
    """
    if _has_workspace(data):
        return Workspace(root, data)
    for folder in root.parents:
        found = _read(folder, _TABLE[-1])
        if found is not None and _has_workspace(found):
            workspace = Workspace(folder, found)
            return workspace if root in workspace.folders else None
    return None


def _has_workspace(data: Mapping[str, Any]) -> bool:
    return _TABLE[-1] in _table(data, *_TABLE[:-1])


def _matching(root: Path, pattern: str) -> set[Path]:
    try:
        return {folder.resolve() for folder in root.glob(pattern) if folder.is_dir()}
    except (ValueError, NotImplementedError, OSError):  # an absolute pattern, an empty one
        return set()


def _read(folder: Path, word: str = "") -> dict[str, Any] | None:
    """Return what a pyproject.toml says, None if it cannot be read, or if it does not have a word at all."""
    try:
        text = (folder / _FILE).read_text("utf-8")
        return tomllib.loads(text) if word in text else None
    except (OSError, ValueError, RecursionError):
        return None


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _table(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
