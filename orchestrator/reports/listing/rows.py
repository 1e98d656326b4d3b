"""From what a build has left to the rows of the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.uv.model import version_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.reports.graph.built import BuiltProject


@dataclass(frozen=True, slots=True)
class ListedCopy:
    """One installation of a distribution."""

    environment: str
    path: str
    """The environment's folder, relative to the project."""
    size: int | None = None
    """Bytes of its files; None if nobody has counted them."""
    mine: bool = False
    """Whether the application imports this one."""
    instead: str | None = None
    """A newer installed version that all that require this copy allow; None if there is none, or nobody has looked."""


@dataclass(frozen=True, slots=True)
class Row:
    """A distribution in a version."""

    name: str
    version: str
    copies: tuple[ListedCopy, ...]


def rows(
    project: BuiltProject, *, duplicates: bool = False, unneeded: Mapping[tuple[str, str], str] | None = None
) -> tuple[Row, ...]:
    """Return everything that is installed, by name and version.

    :param duplicates: only distributions that are installed more than once, in whatever versions.
    :param unneeded: what :func:`orchestrator.reports.bounds.unneeded` has found.
    """
    instead = unneeded or {}
    found: dict[tuple[str, str], list[ListedCopy]] = {}
    count: dict[str, int] = {}
    for place in project.everywhere():
        for name, version in place.versions.items():
            found.setdefault((name, version), []).append(
                ListedCopy(
                    place.name,
                    place.path,
                    mine=project.application.borrowed.get(name, project.application.name) == place.name,
                    instead=instead.get((place.name, name)),
                )
            )
            count[name] = count.get(name, 0) + 1
    return tuple(
        Row(name, version, tuple(found[name, version]))
        for name, version in sorted(found, key=lambda key: (key[0], version_key(key[1])))
        if not duplicates or count[name] > 1
    )
