"""Collecting what a reader has to tell, with places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from orchestrator.config.disjoint import are_disjoint
from orchestrator.config.faults import quote
from orchestrator.config.location import key_lines, printable, show_key, show_place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.document import TomlDocument
    from orchestrator.config.location import KeyPath

OLDEST = "3.11"
"""The oldest Python that mvenv knows."""


class Notes:
    """What is carried in another form, and what is not carried at all; each line once."""

    def __init__(self) -> None:
        self._told: dict[str, None] = {}
        self._lost: dict[str, None] = {}

    @property
    def told(self) -> tuple[str, ...]:
        """What is carried in another form."""
        return tuple(self._told)

    @property
    def lost(self) -> tuple[str, ...]:
        """What is not carried."""
        return tuple(self._lost)

    def tell(self, place: str, sentence: str) -> None:
        """Note what is carried in another form."""
        self._told[f"{place}: {sentence}"] = None

    def lose(self, place: str, sentence: str) -> None:
        """Note what is not carried."""
        self._lost[f"{place}: {sentence}"] = None

    def requirement(self, text: str, place: str) -> str | None:
        """Return a requirement that parses; None, and a note, for what is none."""
        try:
            Requirement(text)
        except (InvalidRequirement, RecursionError) as error:
            reason = printable(str(error).partition("\n")[0])
            self.lose(place, f"{quote(text)} is not a valid requirement: {reason}")
            return None
        return text

    def requires_python(self, text: str, place: str) -> str:
        """Return a range of Pythons that mvenv can have; of none, the range of all that it knows, and a note."""
        try:
            wanted = SpecifierSet(text)
        except InvalidSpecifier:
            self.lose(place, f"{quote(text)} is not a valid Python version range")
            return ""
        if not are_disjoint(wanted, SpecifierSet(f">={OLDEST}")):
            return text
        self.lose(place, f"Python {quote(text)}: mvenv needs {OLDEST} or newer, so `>={OLDEST}` is written")
        return f">={OLDEST}"


class Places:
    """Where the keys of a TOML file are, as people read it."""

    def __init__(self, document: TomlDocument) -> None:
        self._path: Path = document.path
        self._lines: Mapping[KeyPath, int] = key_lines(document.text)

    def of(self, key: KeyPath) -> str:
        """Return `FILE:LINE: key.path`."""
        line = next(
            (self._lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in self._lines),
            None,
        )
        return f"{show_place(self._path, line)}: {show_key(key)}"
