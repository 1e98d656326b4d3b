"""What setup.cfg and setup.py have in common: the same words for the same things."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.beginning.placed import joined, under
from orchestrator.beginning.requirements_lines import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from orchestrator.beginning.notes import Notes

# What setuptools goes on to read where it is, if `[project]` calls it dynamic.
_DYNAMIC = {
    "version": "version",
    "description": "description",
    "long_description": "readme",
    "author": "authors",
    "author_email": "authors",
    "maintainer": "maintainers",
    "maintainer_email": "maintainers",
    "license": "license",
    "classifiers": "classifiers",
    "keywords": "keywords",
    "url": "urls",
    "project_urls": "urls",
}


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of a file, each with its place."""

    file: str
    name: str = ""
    version: str = ""
    requires_python: tuple[str, str] = ("", "")
    requirements: tuple[tuple[str, str], ...] = ()
    """Text and place."""
    extras: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """As written: `name:marker`, or `:marker` for what everybody gets."""
    tests: tuple[tuple[str, str], ...] = ()
    fields: frozenset[str] = frozenset()
    """All that is said, by setuptools' words."""
    says_requirements: bool = True
    """False: they are there, and cannot be read."""


def dynamic(fields: Iterable[str], *, has_commands: bool) -> tuple[str, ...]:
    """Return which keys of `[project]` setuptools finds elsewhere."""
    found = {_DYNAMIC[each] for each in fields if each in _DYNAMIC}
    return tuple(sorted(found | ({"scripts", "gui-scripts", "entry-points"} if has_commands else set())))


def checked(written: Iterable[tuple[str, str]], notes: Notes, marker: str = "") -> tuple[str, ...]:
    """Return the requirements that parse, under a marker."""
    found = []
    for text, place in written:
        requirement = notes.requirement(_under(text, marker) if marker else text, place)
        if requirement is not None:
            found.append(requirement)
    return tuple(dict.fromkeys(found))


def extras_of(written: Written, notes: Notes) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Return what everybody gets under a marker, and the extras."""
    everybody: list[str] = []
    extras: dict[str, list[str]] = {}
    for key, entries in written.extras.items():
        name, _, marker = key.partition(":")
        found = checked(entries, notes, marker.strip())
        (extras.setdefault(name.strip(), []) if name.strip() else everybody).extend(found)
    return tuple(everybody), {name: tuple(found) for name, found in extras.items()}


def of_file(path: Path, read: Callable[[Path], str], shown: Callable[[int], str]) -> list[tuple[str, str]]:
    """Return the requirements of a file that `file:` names: setuptools takes lines, and no options."""
    return [(line.text, shown(line.number)) for line in lines(read(path)) if line.text]


def _under(text: str, marker: str) -> str:
    bare, _, own = text.partition(";")
    return under(bare.strip(), joined((own.strip(), marker)), is_url="://" in bare)
