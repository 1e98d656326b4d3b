"""`setup.cfg`, as setuptools has it ("Configuring setuptools using setup.cfg files")."""

from __future__ import annotations

import configparser
import re
from typing import TYPE_CHECKING

from orchestrator.beginning.setuptools_fields import Written, of_file
from orchestrator.config.document import read_text
from orchestrator.config.faults import quote
from orchestrator.config.location import printable, show_place
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.beginning.notes import Notes

FILE = "setup.cfg"

_COMMANDS = "options.entry_points"


def name(folder: Path) -> str:
    """Return the name that setup.cfg of a folder says, empty if it says none."""
    path = folder / FILE
    try:
        return _parsed(path, read_text(path)).get("metadata", "name", fallback="") if path.is_file() else ""
    except ConfigError:
        return ""


def read(path: Path, notes: Notes) -> Written:
    """Read a setup.cfg; without requirements and a name it says nothing of a project.

    :raises ConfigError: it cannot be read.
    """
    text = read_text(path)
    return _Reader(path, text, notes).read()


class _Reader:
    def __init__(self, path: Path, text: str, notes: Notes) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._parser = _parsed(path, text)
        self._notes = notes

    def read(self) -> Written:
        get = self._parser.get
        version = get("metadata", "version", fallback="").strip()
        python = get("options", "python_requires", fallback="").strip()
        for key in ("setup_requires", "dependency_links"):
            if self._parser.has_option("options", key):
                self._notes.lose(self._place("options", key), f"`{key}` is for building alone")
        extras = self._parser["options.extras_require"] if self._has("options.extras_require") else {}
        fields = set(self._parser["metadata"] if self._has("metadata") else ())
        if self._has(_COMMANDS) or self._parser.has_option("options", "entry_points"):
            fields.add("entry_points")
        return Written(
            file=FILE,
            name=get("metadata", "name", fallback="").strip(),
            version="" if ":" in version else version,
            requires_python=(python, self._place("options", "python_requires")),
            requirements=self._entries("options", "install_requires"),
            extras={extra: self._entries("options.extras_require", extra) for extra in extras},
            tests=self._entries("options", "tests_require"),
            fields=frozenset(fields - {"name"}),
        )

    def _has(self, section: str) -> bool:
        return self._parser.has_section(section)

    def _entries(self, section: str, key: str) -> tuple[tuple[str, str], ...]:
        value = self._parser.get(section, key, fallback="").strip()
        place = self._place(section, key)
        if value.startswith("file:"):
            return tuple(self._of_files(value.removeprefix("file:"), place))
        # On one line `;` parts requirements, on several it begins a marker.
        parts = value.splitlines() if "\n" in value else [value] if ":" in key else value.split(";")
        found = []
        for part in parts:
            text = re.sub(r"(?:^|\s)#.*$", "", part).strip()
            if text:
                found.append((text, self._place(section, key, text)))
        return tuple(found)

    def _of_files(self, written: str, place: str) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for file in filter(None, (part.strip() for part in written.split(","))):
            path = self._path.parent / file
            try:
                found += of_file(path, read_text, lambda number, path=path: show_place(path, number))  # type: ignore[misc]
            except ConfigError as error:
                self._notes.lose(place, error.message)
        return found

    def _place(self, section: str, key: str, entry: str = "") -> str:
        """Return file and line of a key, or of what stands in its value; of the file alone if that is not found."""
        header = f"[{section}]"
        begin = next((index for index, line in enumerate(self._lines) if line.strip() == header), None)
        if begin is None:
            return show_place(self._path)
        is_key = re.compile(rf"\s*{re.escape(key)}\s*[=:]", re.IGNORECASE)
        at = next((i for i in range(begin, len(self._lines)) if is_key.match(self._lines[i])), None)
        if at is not None and entry:
            at = next((i for i in range(at, len(self._lines)) if entry in self._lines[i]), at)
        return show_place(self._path, None if at is None else at + 1)


def _parsed(path: Path, text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser()
    parser.optionxform = _as_setuptools  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(text, path.name)
    except configparser.Error as error:
        line, reason = _fault(error)
        raise ConfigError(
            f"`{FILE}` cannot be read as such",
            causes=(f"{show_place(path, line)}: {reason}",),
            hints=("mend the file, or move it away",),
        ) from error
    return parser


def _fault(error: configparser.Error) -> tuple[int | None, str]:
    """Return the line, and what is wrong there."""
    match error:
        case configparser.MissingSectionHeaderError():
            return error.lineno, "there is no `[section]` above"
        case configparser.ParsingError():
            return error.errors[0][0], "neither a `[section]` nor `key = value`"
        case configparser.DuplicateOptionError():
            return error.lineno, f"{quote(error.option)} is there twice"
        case configparser.DuplicateSectionError():
            return error.lineno, f"the section {quote(error.section)} is there twice"
    return None, printable(error.message)


def _as_setuptools(key: str) -> str:
    return key.replace("-", "_") if " " not in key and ":" not in key else key
