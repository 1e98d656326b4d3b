"""Where what the user wrote is written now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.decisions import ISOLATE
from orchestrator.config.document import read_toml
from orchestrator.config.location import key_lines, show_key, show_path
from orchestrator.config.places import requirement_places
from orchestrator.errors import ConfigError
from orchestrator.reports.why.model import WrittenAt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WrittenPlaces:
    """Where requirements and settings are written."""

    requirements: Mapping[tuple[str, str], WrittenAt] = field(default_factory=dict)
    """(entry, text) → place, in the order of `orchestrator.config.places.requirement_places`."""
    isolated: Mapping[str, WrittenAt] = field(default_factory=dict)
    """Canonical name → its place in `[tool.mvenv] isolate`."""

    def of(self, text: str, entry: str = "") -> WrittenAt | None:
        """Return the place of a requirement: the same entry if it still says the same, else the first that does."""
        known = self.requirements.get((entry, text))
        if known is not None:
            return known
        return next((place for (_, other), place in self.requirements.items() if other == text), None)


def places(pyproject: Path) -> WrittenPlaces:
    """Return all places in a pyproject.toml; none if the file cannot be read.

    It was readable when the project was built, and the answer is about that.
    """
    file = show_path(pyproject)
    return WrittenPlaces(
        {
            (found.entry, found.text): WrittenAt(file, found.line, found.entry)
            for found in requirement_places(pyproject)
        },
        _isolated(pyproject, file),
    )


def _isolated(pyproject: Path, file: str) -> dict[str, WrittenAt]:
    try:
        document = read_toml(pyproject)
    except ConfigError:
        return {}
    value: object = document.data
    for name in ISOLATE:
        value = value.get(name) if isinstance(value, dict) else None
    lines = key_lines(document.text)
    found: dict[str, WrittenAt] = {}
    for index, text in enumerate(value if isinstance(value, list) else ()):
        if isinstance(text, str):
            key = (*ISOLATE, index)
            found.setdefault(canonicalize_name(text), WrittenAt(file, lines.get(key), show_key(key)))
    return found
