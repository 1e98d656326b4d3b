"""Distributions that come from a folder, a repository or a URL, as Poetry's and Pipenv's tables say it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.config.faults import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestrator.beginning.model import Source
    from orchestrator.beginning.notes import Notes

_SCP = re.compile(r"(?P<user>[^/@:]+@)?(?P<host>[^/:]+):(?!//)(?P<path>.+)")
_PLACES = ("git", "path", "file", "url")


@dataclass(frozen=True, slots=True)
class Placed:
    """A requirement, and where it comes from if `[tool.uv.sources]` has to say so."""

    requirement: str
    source: Source | None = None


def is_placed(table: Mapping[str, Any]) -> bool:
    """Tell whether a table names a place rather than a version."""
    return any(isinstance(table.get(kind), str) for kind in _PLACES)


def placed(
    name: str, table: Mapping[str, Any], marker: str, place: str, root: Path, notes: Notes
) -> Placed | None:
    """Return what a table that names a place comes to; None, and a note, if there is nothing at its path.

    :param place: of the table, for notes.
    :param root: the project's folder, where relative paths begin.
    """
    bare = named(name, table.get("extras", ()))
    if isinstance(table.get("git"), str):
        source: Source = {"git": git_url(table["git"])}
        for key, kind in (("branch", "branch"), ("tag", "tag"), ("rev", "rev"), ("ref", "rev")):
            if isinstance(table.get(key), str):
                source[kind] = table[key]
        if isinstance(table.get("subdirectory"), str):
            source["subdirectory"] = table["subdirectory"]
        if table.get("editable") or table.get("develop"):
            notes.tell(place, "installed like any other, not editable: it comes from a repository")
        return Placed(under(bare, marker), source)
    path = table.get("path", table.get("file"))
    if isinstance(path, str) and "://" not in path:
        editable = bool(table.get("develop") or table.get("editable"))
        return local(bare, path, marker, place, root, notes, editable=editable)
    return Placed(under(f"{bare} @ {path or table['url']}", marker, is_url=True))


def local(
    bare: str, path: str, marker: str, place: str, root: Path, notes: Notes, *, editable: bool
) -> Placed | None:
    """Return what a folder or an archive comes to; None, and a note, if it is not there or is the project itself.

    :param bare: name and extras.
    """
    found = root / path
    if not os.path.exists(found):  # noqa: PTH110 -- Path.exists raises for a name that is too long
        notes.lose(place, f"there is nothing at {quote(path)}")
        return None
    if found.resolve() == root.resolve():
        notes.lose(place, f"{quote(path)} is the project itself, whose requirements are read")
        return None
    source: Source = {"path": path}
    if editable and found.is_dir():
        source["editable"] = True
    return Placed(under(bare, marker), source)


def git_url(written: str) -> str:
    """Return the URL of a repository: uv does not know the short form of SSH (`git@host:owner/name`)."""
    text = written.removeprefix("git+")
    match = None if "://" in text else _SCP.fullmatch(text)
    return text if match is None else f"ssh://{match['user'] or ''}{match['host']}/{match['path']}"


def named(name: str, extras: object) -> str:
    """Return a name with its extras."""
    listed = (
        [extra for extra in extras if isinstance(extra, str)] if isinstance(extras, (list, tuple)) else []
    )
    return f"{name}[{','.join(listed)}]" if listed else name


def under(requirement: str, marker: str, *, is_url: bool = False) -> str:
    """Return a requirement for where a marker holds; a URL ends at a blank."""
    return f"{requirement}{' ' if is_url else ''}; {marker}" if marker else requirement


def joined(markers: Iterable[str]) -> str:
    """Return the marker that holds where all of them do; empty ones say nothing."""
    said = list(filter(None, markers))
    return " and ".join(f"({each})" if " or " in each and len(said) > 1 else each for each in said)
