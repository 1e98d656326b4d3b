"""The names of distributions that are given by their place alone, as far as that is said without running anything."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.utils import (
    InvalidName,
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)

from orchestrator.beginning import setup_cfg, setup_py

if TYPE_CHECKING:
    from pathlib import Path


def name_of_url(url: str) -> str:
    """Return the name in a wheel's or a source distribution's file name, empty if there is none."""
    file = url.rpartition("/")[2]
    try:
        return parse_wheel_filename(file)[0] if file.endswith(".whl") else parse_sdist_filename(file)[0]
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def name_of_folder(folder: Path) -> str:
    """Return the name that pyproject.toml, setup.cfg or setup.py of a folder says, empty if none does."""
    found = _of_pyproject(folder / "pyproject.toml") or setup_cfg.name(folder) or setup_py.name(folder)
    try:
        return canonicalize_name(found, validate=True) if found else ""
    except InvalidName:
        return ""


def _of_pyproject(path: Path) -> str:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    poetry = data.get("tool", {}).get("poetry", {}) if isinstance(data.get("tool", {}), dict) else {}
    for table in (data.get("project"), poetry):
        if isinstance(table, dict) and isinstance(table.get("name"), str):
            return str(table["name"])
    return ""
