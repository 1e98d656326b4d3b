"""From what a build has left to the rows of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.uv.model import version_key

if TYPE_CHECKING:
    from orchestrator.reports.graph.built import BuiltProject


@dataclass(frozen=True, slots=True)
class ListedCopy:
    """One installation of a distribution."""

    environment: str
    path: str
    """The environment's folder, relative to the project."""
    size: int | None = None
    """Bytes of its files; None if nobody has counted them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A distribution in a version."""

    name: str
    version: str
    copies: tuple[ListedCopy, ...]


def rows(project: BuiltProject, *, duplicates: bool = False) -> tuple[Row, ...]:
    """Return everything that is installed, by name and version.

    :param duplicates: only distributions that are installed more than once, in whatever versions.
    """
    found: dict[tuple[str, str], list[ListedCopy]] = {}
    count: dict[str, int] = {}
    for place in project.everywhere():
        for name, version in place.versions.items():
            found.setdefault((name, version), []).append(ListedCopy(place.name, place.path))
            count[name] = count.get(name, 0) + 1
    return tuple(
        Row(name, version, tuple(found[name, version]))
        for name, version in sorted(found, key=lambda key: (key[0], version_key(key[1])))
        if not duplicates or count[name] > 1
    )
