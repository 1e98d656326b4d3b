"""The user's uv settings, as uv would find them, to be put into a question that has settings of its own.

uv reads ``uv.toml`` or ``[tool.uv]`` of the nearest folder that has either (its documentation, "Configuration
files"); settings of the user and the system apply besides and are not touched here.
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pathlib import Path

# What concerns a project that uv manages, not how it resolves.
_OF_PROJECTS = frozenset(
    {
        *("build-backend", "conflicts", "default-groups", "dependency-groups", "dev-dependencies"),
        *("environments", "index", "managed", "package", "required-environments", "sources", "workspace"),
    }
)
_PLACES = ("find-links", "extra-index-url")


def discovered(root: Path) -> dict[str, Any]:
    """Return the settings that apply in *root*, relative folders made absolute; without sources and indexes."""
    for folder in (root, *root.parents):
        table = _read(folder / "uv.toml")
        if table is None:
            tool = (_read(folder / "pyproject.toml") or {}).get("tool", {})
            table = tool.get("uv") if isinstance(tool, dict) else None
        if isinstance(table, dict):
            return {
                key: _absolute(key, value, folder) for key, value in table.items() if key not in _OF_PROJECTS
            }
    return {}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _absolute(key: str, value: object, folder: Path) -> object:
    if key in _PLACES and isinstance(value, list):
        return [_place(each, folder) for each in value]
    return _place(value, folder) if key in ("index-url", "cache-dir") else value


def _place(value: object, folder: Path) -> object:
    if not isinstance(value, str) or urlsplit(value).scheme:
        return value
    return os.path.normpath(folder / value)
