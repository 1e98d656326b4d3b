"""Who requires a version of a distribution: the edges that ``mvenv build`` left beside ``site-packages``."""

from __future__ import annotations

import os

from runtime_shim.model import import_map
from runtime_shim.model.names import canonical

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any


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
    library = os.path.dirname(os.path.dirname(import_map.SHIM_FOLDER))  # <environment>/lib/pythonX.Y
    try:
        with open(os.path.join(library, import_map.DEFAULTS), encoding="utf-8") as file:
            document: Any = import_map.parse(file.read())
    except (OSError, ValueError):
        return {}
    return document if isinstance(document, dict) else {}
