"""Where something is written: the line of a key in a TOML text, and how a place is shown.

tomllib gives values without positions, so this scanner walks the text a second time, only when an error is
to be shown. It expects text that tomllib has accepted; where it meets anything else, it gives no lines rather
than wrong ones.
"""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KeyPath: TypeAlias = tuple[str | int, ...]
"""Names of tables and keys, and indexes into arrays: `("project", "dependencies", 3)`."""

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]+")
# A multi-line string may end in up to two quotes of its own: `"""a"""""` is `a""`.
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ArraySpan:
    """Where an array is in its text: offsets."""

    start: int
    """After the opening bracket."""
    entry_ends: tuple[int, ...]
    """Where the value of each entry ends, before its comma."""
    end: int
    """At the closing bracket."""


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """Map every table, key and array entry of a TOML text to the line (from 1) where it first appears.

    Empty if the text cannot be followed. Cost: one pass over the text.
    """
    return _scanned(text).lines


def table_ends(text: str) -> Mapping[KeyPath, int]:
    """Map every table that has a header of its own to the line (from 1) where its last own key ends.

    A table without keys ends at its header. Empty if the text cannot be followed.
    """
    return _scanned(text).table_ends


def array_spans(text: str) -> Mapping[KeyPath, ArraySpan]:
    """Map every array of a TOML text to where it is. Empty if the text cannot be followed."""
    return _scanned(text).arrays


def show_key(key: KeyPath) -> str:
    """Write a key path as TOML does, with array indexes: `tool.mvenv."odd key"[0]`."""
    shown = ""
    for part in key:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            shown += "." if shown else ""
            shown += part if _BARE_KEY.fullmatch(part) else printable(json.dumps(part, ensure_ascii=False))
    return shown


def show_path(path: Path) -> str:
    """Write a path relative to the current directory when it is below it, else as given."""
    try:
        # The folder is resolved and not the file, which may be a link to one kept elsewhere.
        below = (path.parent.resolve() / path.name).relative_to(Path.cwd())
    # No current directory, not below it, a loop of links (3.11, 3.12).
    except (OSError, ValueError, RuntimeError):
        return printable(str(path))
    return printable(str(below))


def show_place(path: Path, line: int | None = None, column: int | None = None) -> str:
    """Write a place as `FILE`, `FILE:LINE` or `FILE:LINE:COLUMN` (both from 1)."""
    return ":".join([show_path(path), *(str(number) for number in (line, column) if number is not None)])


def printable(text: str) -> str:
    """Escape what would break a line or the terminal: control characters and lone surrogates."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def _scanned(text: str) -> _Scanner:
    scanner = _Scanner(text)
    try:
        scanner.scan()
    except (ValueError, RecursionError):
        return _Scanner("")
    return scanner


class _Scanner:
    """One pass over a TOML text; a ValueError means that it is not the TOML this scanner knows."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self.table_ends: dict[KeyPath, int] = {}
        self.arrays: dict[KeyPath, ArraySpan] = {}
        self._text = text
        self._position = 0
        self._line_ends = [match.start() for match in re.finditer("\n", text)]
        self._table_counts: dict[KeyPath, int] = {}

    def scan(self) -> None:
        table: KeyPath = ()
        while True:
            self._take(_BLANK)
            if self._position == len(self._text):
                return
            if self._skip("[["):
                names = self._dotted_key()
                array = (*self._opened_table(names[:-1]), names[-1])
                self._expect("]]")
                index = self._table_counts.get(array, 0)
                self._table_counts[array] = index + 1
                table = (*array, index)
                self._record(array, self._line())
                self._record(table, self._line())
                self.table_ends[table] = self._line()
            elif self._skip("["):
                table = self._opened_table(self._dotted_key())
                self._expect("]")
                self.table_ends[table] = self._line()
            else:
                self._key_and_value(table)
                if table:
                    self.table_ends[table] = self._line()

    def _opened_table(self, names: Iterable[str]) -> KeyPath:
        """Follow a table header; a name that is an array of tables means its last table."""
        path: KeyPath = ()
        for name in names:
            path = (*path, name)
            self._record(path, self._line())
            if path in self._table_counts:
                path = (*path, self._table_counts[path] - 1)
        return path

    def _key_and_value(self, table: KeyPath) -> None:
        line = self._line()
        path = table
        for name in self._dotted_key():
            path = (*path, name)
            self._record(path, line)
        self._expect("=")
        self._take(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        if self._text.startswith(('"', "'"), self._position):
            self._take(_STRING)
        elif self._skip("["):
            self._array(path)
        elif self._skip("{"):
            self._inline_table(path)
        else:
            self._take(_SCALAR)

    def _array(self, path: KeyPath) -> None:
        start = self._position
        ends: list[int] = []
        self._take(_BLANK)
        while not self._text.startswith("]", self._position):
            entry = (*path, len(ends))
            self._record(entry, self._line())
            self._value(entry)
            ends.append(self._position)
            self._take(_BLANK)
            if not self._skip(","):
                break
            self._take(_BLANK)
        self.arrays[path] = ArraySpan(start, tuple(ends), self._position)
        self._expect("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._take(_BLANK)
        while not self._skip("}"):
            self._key_and_value(path)
            self._take(_BLANK)
            if not self._skip(","):
                self._expect("}")
                return
            self._take(_BLANK)

    def _dotted_key(self) -> list[str]:
        names: list[str] = []
        while not names or self._skip("."):
            self._take(_SPACE)
            if self._text.startswith(('"', "'"), self._position):
                names.append(tomllib.loads(f"key = {self._take(_STRING)}")["key"])
            else:
                names.append(self._take(_BARE_KEY))
            self._take(_SPACE)
        return names

    def _record(self, path: KeyPath, line: int) -> None:
        self.lines.setdefault(path, line)

    def _line(self) -> int:
        return bisect_left(self._line_ends, self._position) + 1

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._position)
        if match is None:
            raise ValueError(self._position)
        self._position = match.end()
        return match.group()

    def _skip(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._position)
        self._position += len(mark) if found else 0
        return found

    def _expect(self, mark: str) -> None:
        if not self._skip(mark):
            raise ValueError(self._position)
