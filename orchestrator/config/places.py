"""Where the direct requirements are written now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.config.aliases import ALIASES, REQUIREMENT
from orchestrator.config.document import read_toml
from orchestrator.config.location import KeyPath, key_lines, show_key
from orchestrator.config.optional import EXTRAS, GROUPS
from orchestrator.config.requirements import DEPENDENCIES
from orchestrator.errors import ConfigError
from orchestrator.system.credentials import without

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RequirementPlace:
    """One requirement in pyproject.toml."""

    entry: str
    """Its key path, as `DirectRequirement.entry` has it: `dependency-groups.dev[0]`."""
    text: str
    line: int | None
    """From 1; None if the text of the file cannot be followed."""


def requirement_places(pyproject: Path) -> tuple[RequirementPlace, ...]:
    """Return every requirement of dependencies, extras, dependency groups and aliases, in this order.

    Nothing if the file cannot be read: it was readable when it was loaded, and who asks for lines has something
    to say that matters more.
    """
    try:
        document = read_toml(pyproject)
    except ConfigError:
        return ()
    lines = key_lines(document.text)
    return tuple(
        RequirementPlace(show_key(key), without(text), lines.get(key))
        for key, text in written_requirements(document.data)
    )


def written_requirements(data: object) -> Iterator[tuple[KeyPath, str]]:
    """Yield key and text of every requirement of a parsed pyproject.toml, valid or not."""
    yield from _texts(DEPENDENCIES, _at(data, DEPENDENCIES))
    for table in (EXTRAS, GROUPS):
        found = _at(data, table)
        for name, entries in found.items() if isinstance(found, dict) else ():
            yield from _texts((*table, name), entries)
    aliases = _at(data, ALIASES)
    for name, value in aliases.items() if isinstance(aliases, dict) else ():
        text = value.get(REQUIREMENT) if isinstance(value, dict) else value
        if isinstance(text, str):
            yield (*ALIASES, name), text


def _texts(key: KeyPath, entries: object) -> Iterator[tuple[KeyPath, str]]:
    for index, text in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(text, str):
            yield (*key, index), text


def _at(value: object, key: KeyPath) -> object:
    for name in key:
        value = value.get(name) if isinstance(value, dict) else None
    return value
