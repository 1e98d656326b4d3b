"""uv settings for one question: the user's, as uv would find them, and the metadata that overrides ask for.

uv reads ``uv.toml`` or ``[tool.uv]`` of the nearest folder that has either, unless ``UV_CONFIG_FILE`` names
another file or ``UV_NO_CONFIG`` forbids it (its documentation, "Configuration files"). Metadata, and the
variables of builds, can only be given in such a file, so a question that gives some has a file of its own, which holds
the rest as well.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit
from packaging.utils import canonicalize_name

from orchestrator.system.paths import is_url
from orchestrator.uv.run import is_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.uv.core_metadata import Metadata

# What concerns a project that uv manages, not how it resolves. Sources are in the question itself.
_OF_PROJECTS = frozenset(
    {
        *("build-backend", "conflicts", "default-groups", "dependency-groups", "dev-dependencies"),
        *("environments", "managed", "package", "required-environments", "sources", "workspace"),
    }
)
_LISTS_OF_PLACES = ("find-links", "extra-index-url")
_PLACES = ("index-url", "cache-dir")
_METADATA = "dependency-metadata"
_VARIABLES = "extra-build-variables"


def write(
    folder: Path, root: Path, metadata: Sequence[Metadata], variables: Mapping[str, Mapping[str, str]]
) -> list[str]:
    """Write the settings to *folder* and return the arguments with which uv reads them; none if all is as uv finds it.

    Settings of the user and the system apply besides, except where the environment says that no others do.

    :param root: the project's folder, where uv would look for settings.
    :param variables: canonical name → environment variables with which uv builds it.
    """
    if not metadata and not variables:
        return []
    chosen, forbidden = os.environ.get("UV_CONFIG_FILE"), is_set("UV_NO_CONFIG")
    if chosen:
        table = _read(root / chosen) or {}
        given = _resolved(table, (root / chosen).parent)
    else:
        given = {} if forbidden else _discovered(root)
    releases = {entry.release for entry in metadata}
    kept = [
        entry
        for entry in given.get(_METADATA, ())
        if (canonicalize_name(entry.get("name", "")), entry.get("version")) not in releases
    ]
    given[_METADATA] = [*kept, *(entry.table() for entry in metadata)]
    if variables:
        given[_VARIABLES] = _with_variables(given.get(_VARIABLES, {}), variables)
    path = folder / "uv.toml"
    path.write_text(tomlkit.dumps(given), encoding="utf-8")
    return ["--config-file", str(path)] if chosen or forbidden else ["--project", str(folder)]


def _with_variables(
    given: Mapping[str, Mapping[str, str]], variables: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    merged: dict[str, dict[str, str]] = {
        canonicalize_name(name): dict(table) for name, table in given.items()
    }
    for name, table in variables.items():
        merged[name] = {**merged.get(name, {}), **table}
    return merged


def from_above(root: Path) -> dict[str, Any]:
    """Return the settings that uv finds above the project in *root*, as written; none if the project has its own."""
    folder, table = _nearest(root)
    return {} if folder == root else _of_resolution(table)


def value_of(key: str, root: Path) -> object:
    """Return a setting of uv's: that of the project at *root*, the user's or the system's; None if nobody has it."""
    chosen = os.environ.get("UV_CONFIG_FILE")
    if chosen:
        return (_read(root / chosen) or {}).get(key)
    if is_set("UV_NO_CONFIG"):
        return None
    own = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "uv/uv.toml"
    for table in (_discovered(root), _read(own) or {}, _read(Path("/etc/uv/uv.toml")) or {}):
        if key in table:
            return table[key]
    return None


def _discovered(root: Path) -> dict[str, Any]:
    folder, table = _nearest(root)
    return _resolved(table, folder)


def _nearest(root: Path) -> tuple[Path, dict[str, Any]]:
    for folder in (root, *root.parents):
        table = _read(folder / "uv.toml")
        if table is None:
            tool = (_read(folder / "pyproject.toml") or {}).get("tool", {})
            table = tool.get("uv") if isinstance(tool, dict) else None
        if isinstance(table, dict):
            return folder, table
    return root, {}


def _resolved(table: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return settings that mean the same in a file elsewhere: places that are relative to *folder* are absolute."""
    return {key: _absolute(key, value, folder) for key, value in _of_resolution(table).items()}


def _of_resolution(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key not in _OF_PROJECTS}


def _absolute(key: str, value: object, folder: Path) -> object:
    if key in _LISTS_OF_PLACES and isinstance(value, list):
        return [_place(each, folder) for each in value]
    if key == "index" and isinstance(value, list):
        return [{**each, "url": _place(each.get("url"), folder)} for each in value if isinstance(each, dict)]
    return _place(value, folder) if key in _PLACES else value


def _place(value: object, folder: Path) -> object:
    if not isinstance(value, str) or is_url(value):
        return value
    return os.path.normpath(folder / value)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
