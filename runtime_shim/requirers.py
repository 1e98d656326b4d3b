"""Who requires a version of a distribution: the edges that ``mvenv build`` left beside ``site-packages``."""

from __future__ import annotations

import os

import runtime_shim
from runtime_shim import manifest
from runtime_shim.distribution import canonical

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

EDGES = "default_dependencies_versions.json"


def of(distribution: str, version: str) -> list[str]:
    """Return those that use *version* of *distribution*, as ``name version``; the project may be among them.

    Empty if nobody does or the file cannot be read: it is beside the point of whoever asks.
    """
    wanted = canonical(distribution)
    return [
        f"{name} {own_version}"
        for name, versions in _edges().items()
        for own_version, needed in versions.items()
        if any(canonical(other) == wanted and that == version for other, that in needed.items())
    ]


def _edges() -> dict[str, dict[str, dict[str, str]]]:
    # <environment>/lib/pythonX.Y/site-packages/runtime_shim/__init__.py
    library = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(runtime_shim.__file__))))
    try:
        with open(os.path.join(library, EDGES), encoding="utf-8") as file:
            document: Any = manifest.parse(file.read())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
