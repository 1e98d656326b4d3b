"""Where the direct requirements are written now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.document import read_toml
from orchestrator.config.location import key_lines, show_key, show_path
from orchestrator.config.requirements import DEPENDENCIES
from orchestrator.errors import ConfigError
from orchestrator.why.model import Place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def places(pyproject: Path) -> Mapping[str, Place]:
    """Return each entry of `project.dependencies` with its place; nothing if the file cannot be read.

    Of entries with the same text the first counts: they are one requirement.
    """
    try:
        document = read_toml(pyproject)
    except ConfigError:  # it was readable when the project was built, and the answer is about that
        return {}
    project = document.data.get("project")
    written = project.get("dependencies") if isinstance(project, dict) else None
    lines = key_lines(document.text)
    file = show_path(pyproject)
    found: dict[str, Place] = {}
    for index, text in enumerate(written if isinstance(written, list) else ()):
        key = (*DEPENDENCIES, index)
        if isinstance(text, str):
            found.setdefault(text, Place(file, lines.get(key), show_key(key)))
    return found
