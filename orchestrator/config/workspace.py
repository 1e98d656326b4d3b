"""uv's workspaces: the projects of a repository, which have each other for sources (`{ workspace = true }`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FILE = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a project is a member of."""

    root: Path
    """The folder of the pyproject.toml with `[tool.uv.workspace]`."""
    data: Mapping[str, Any]
    """What that says; its sources are every member's."""
    members: Mapping[str, Path]
    """Canonical name → folder, the root's own project included."""


def find_workspace(data: Mapping[str, Any], root: Path) -> Workspace | None:
    """Return the workspace that the project in *root* is in, None if it is in none.

    Files that cannot be read, and patterns that are none, hold no members: uv, which reads them as well, says so.

    :param data: what the project's own pyproject.toml says, which may be another one than on the disk.
    """
    if "workspace" in _table(data, "tool", "uv"):
        return _workspace(root, data)
    for folder in root.parents:
        found = _read(folder)
        if found is not None and "workspace" in _table(found, "tool", "uv"):
            workspace = _workspace(folder, found)
            return workspace if root in workspace.members.values() else None
    return None


def _workspace(root: Path, data: Mapping[str, Any]) -> Workspace:
    table = _table(data, "tool", "uv", "workspace")
    excluded = {folder for pattern in _texts(table.get("exclude")) for folder in _matching(root, pattern)}
    folders = [
        folder
        for pattern in _texts(table.get("members"))
        for folder in sorted(_matching(root, pattern))
        if folder not in excluded
    ]
    named = [(_table(data, "project").get("name"), root)]
    named += [(_table(_read(folder) or {}, "project").get("name"), folder) for folder in folders]
    return Workspace(
        root, data, {canonicalize_name(name): folder for name, folder in named if isinstance(name, str)}
    )


def _matching(root: Path, pattern: str) -> set[Path]:
    try:
        return {folder.resolve() for folder in root.glob(pattern) if folder.is_dir()}
    except (ValueError, NotImplementedError, OSError):  # an absolute pattern, an empty one
        return set()


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads((folder / _FILE).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _table(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    found: Any = data
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}
