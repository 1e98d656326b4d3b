"""Changing one value of a TOML text, and nothing else of it.

tomlkit replaces and removes. What is new is put in by position: tomlkit (0.15) puts keys behind the comment that
belongs to the next table, and forgets the comma of an entry with comments behind it. Every new text is read back:
it says what was meant, or it is not used.
"""

from __future__ import annotations

import re
import tomllib
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError

from orchestrator.config.location import KeyPath, array_spans, key_lines, show_key, table_ends
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from tomlkit.items import Item

Value: TypeAlias = "str | bool | Sequence[Value] | Mapping[str, Value]"
"""What is written: a string, a boolean, an array on one line or over several (tuple), an inline table."""

_COMMENT = re.compile(r"#[^\n]*")
_LAST_BLANKS = re.compile(r"(?:\n\s*|[ \t]*)\Z")
_INDENTED = re.compile(r"\n([ \t]*)[^\s]")

# What tomlkit was seen to raise for texts that tomllib reads: its own errors, and those of a container.
_TOMLKIT_FAILS = (TOMLKitError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)


def read(text: str) -> dict[str, Any]:
    """Parse a TOML text that is known to be valid; floats come as texts, so that equal means equal (nan)."""
    return tomllib.loads(text, parse_float=str)


def value_at(data: Any, path: KeyPath) -> Any:
    """Return what is at a key path, None if there is nothing."""
    for part in path:
        if isinstance(part, int):
            data = data[part] if isinstance(data, list) and part < len(data) else None
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def put(text: str, path: tuple[str, ...], value: Value) -> str:
    """Set a key; the tables on the way to it are made if they are missing.

    :raises ConfigError: the text is written in a way that cannot be changed here; so in all of this module.
    """
    data = read(text)
    is_there = value_at(data, path) is not None
    _table(data, path[:-1])[path[-1]] = list(value) if isinstance(value, tuple) else value
    ways = (_replaced,) if is_there else (_into_table, _with_new_table, _with_tomlkit)
    return _first((partial(way, text, path, value) for way in ways), data, f"set `{show_key(path)}`")


def add(text: str, path: tuple[str, ...], entry: Value, *, over_lines: bool = False) -> str:
    """Add an entry at the end of an array; in one over several lines it gets a line of its own.

    :param over_lines: how the array is written if it is missing or empty.
    """
    data = read(text)
    if value_at(data, path) is None or is_bare(text, path):
        return put(text, path, (entry,) if over_lines else [entry])
    value_at(data, path).append(entry)
    return _first([partial(_appended, text, path, entry)], data, f"add to `{show_key(path)}`")


def replace(text: str, path: KeyPath, index: int, value: str) -> str:
    """Replace an entry of an array in place."""
    expected = read(text)
    value_at(expected, path)[index] = value

    def edit() -> str:
        document = tomlkit.parse(text)
        _item(document, path)[index] = _rendered(value)
        return tomlkit.dumps(document)

    return _first([edit], expected, f"change `{show_key(path)}`")


def remove(text: str, path: KeyPath, indexes: Collection[int]) -> str:
    """Remove entries of an array, each with the comment on its line."""
    expected = read(text)
    doomed = sorted(indexes, reverse=True)
    for index in doomed:
        del value_at(expected, path)[index]

    def edit() -> str:
        document = tomlkit.parse(text)
        array = _item(document, path)
        for index in doomed:
            del array[index]
        return tomlkit.dumps(document)

    return _first([edit], expected, f"remove from `{show_key(path)}`")


def delete(text: str, path: tuple[str, ...]) -> str:
    """Remove a key, and the header of its table if nothing is left below it, not even a comment."""
    expected = read(text)
    del value_at(expected, path[:-1])[path[-1]]
    ways = (_without_table, _without_key)
    edited = _first(
        (partial(way, text, path) for way in ways), expected, f"remove `{show_key(path)}`", path[:-1]
    )
    return _without_empty_table(edited, path[:-1])


def remove_or_delete(text: str, path: tuple[str, ...], indexes: Collection[int]) -> str:
    """Remove entries of an array, and the key if nothing is left, not even a comment."""
    edited = remove(text, path, indexes)
    return delete(edited, path) if is_bare(edited, path) else edited


def is_bare(text: str, path: KeyPath) -> bool:
    """Whether an array holds nothing, not even a comment."""
    span = array_spans(text).get(path)
    return span is not None and not text[span.start : span.end].strip()


def _first(
    ways: Iterable[Callable[[], str | None]],
    expected: dict[str, Any],
    what: str,
    may_vanish: tuple[str, ...] = (),
) -> str:
    """Return the first text that says what is expected.

    :param may_vanish: a table that may be missing, and those it is in, if there is nothing in them.
    """
    for way in ways:
        try:
            edited = way()
            if edited is not None and _same(read(edited), expected, may_vanish):
                return edited
        except (*_TOMLKIT_FAILS, ConfigError):
            continue
    raise ConfigError(
        f"mvenv cannot {what} in the way pyproject.toml is written",
        hints=("make the change by hand, or write the table with a `[header]` of its own",),
    )


def _same(one: dict[str, Any], other: dict[str, Any], may_vanish: tuple[str, ...]) -> bool:
    for data in (one, other):
        for length in range(len(may_vanish), 0, -1):
            if value_at(data, may_vanish[:length]) == {}:
                del value_at(data, may_vanish[: length - 1])[may_vanish[length - 1]]
    return one == other


def _replaced(text: str, path: tuple[str, ...], value: Value) -> str:
    document = tomlkit.parse(text)
    _item(document, path[:-1])[path[-1]] = _rendered(value)
    return tomlkit.dumps(document)


def _into_table(text: str, path: tuple[str, ...], value: Value) -> str | None:
    """Put the key below the last one of its table, which has a header."""
    end = table_ends(text).get(path[:-1])
    return None if end is None else _with_lines(text, end, [_line(path[-1], value)])


def _with_new_table(text: str, path: tuple[str, ...], value: Value) -> str:
    """Put the key into a new table, near those it is related to, else at the end."""
    header = ".".join(_key(name) for name in path[:-1])
    lines = ["", f"[{header}]", _line(path[-1], value)]
    ends = table_ends(text)
    for length in range(len(path) - 2, 0, -1):
        related = [end for table, end in ends.items() if table[:length] == path[:length]]
        if related:
            return _with_lines(text, max(related), lines)
    body = text if text.endswith("\n") or not text else text + "\n"
    return body + "\n".join(lines if body else lines[1:]) + "\n"


def _appended(text: str, path: tuple[str, ...], entry: Value) -> str:
    """Put an entry behind the last one, and behind the comments that follow that one."""
    span = array_spans(text)[path]
    last = span.entry_ends[-1] if span.entry_ends else span.start
    behind = text[last : span.end]
    has_comma = not span.entry_ends or "," in _COMMENT.sub("", behind)
    blanks = _LAST_BLANKS.search(behind)
    place = last + (blanks.start() if blanks else len(behind))
    new = f" {_rendered(entry).as_string()}"
    if "\n" in text[span.start : span.end]:
        line = _INDENTED.search(text, span.start, span.end)
        new = f"\n{line[1] if line else '    '}{new.lstrip()}"
    separators = ("", ",") if has_comma else (",", "")
    return f"{text[:last]}{separators[0]}{text[last:place]}{new}{separators[1]}{text[place:]}"


def _with_tomlkit(text: str, path: tuple[str, ...], value: Value) -> str:
    """Set the key where its table is an inline table, or has dotted keys instead of a header."""
    document = tomlkit.parse(text)
    container: Any = document
    for name in path[:-1]:
        if name not in container:
            container[name] = tomlkit.inline_table()
        container = container[name]
    container[path[-1]] = _rendered(value)
    return tomlkit.dumps(document)


def _without_key(text: str, path: tuple[str, ...]) -> str:
    document = tomlkit.parse(text)
    del _item(document, path[:-1])[path[-1]]
    return tomlkit.dumps(document)


def _without_table(text: str, path: tuple[str, ...]) -> str | None:
    """Remove a table with a header of its own; the comments behind it stay, they belong to what follows."""
    end = table_ends(text).get(path)
    if end is None:
        return None
    lines = text.split("\n")
    del lines[key_lines(text)[path] - 1 : end]
    return "\n".join(lines)


def _with_lines(text: str, after: int, new: list[str]) -> str:
    """Insert lines after one (from 1), and after the comments that follow it unless they lead to a header."""
    lines = text.split("\n")
    end = after
    while end < len(lines) and lines[end].lstrip().startswith("#"):
        end += 1
    if end < len(lines) and lines[end].strip():
        end = after
    lines[end:end] = new
    if end + len(new) == len(lines):  # the text did not end with a line break
        lines.append("")
    return "\n".join(lines)


def _without_empty_table(text: str, table: tuple[str, ...]) -> str:
    """Remove the header of a table that is empty and holds no comment, and the blank lines before it."""
    header = key_lines(text).get(table)
    if value_at(read(text), table) != {} or header is None or table_ends(text).get(table) != header:
        return text
    lines = text.split("\n")
    if "#" in lines[header - 1] or (header < len(lines) and lines[header].lstrip().startswith("#")):
        return text
    start = header - 1
    while start > 0 and not lines[start - 1].strip():
        start -= 1
    # Of the blank lines on both sides those after the table stay; at the end of the text none do.
    rest = lines[header:] if any(line.strip() for line in lines[header:]) else [""]
    edited = "\n".join(lines[:start] + rest)
    return edited if _same(read(edited), read(text), table) else text


def _table(data: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for name in path:
        data = data.setdefault(name, {})
    return data


def _item(document: Any, path: KeyPath) -> Any:
    for part in path:
        document = document[part]
    return document


def _line(key: str, value: Value) -> str:
    return f"{_key(key)} = {_rendered(value).as_string()}"


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _rendered(value: Value) -> Item:
    if isinstance(value, bool):
        return tomlkit.item(value)
    if isinstance(value, (list, tuple)):
        array = tomlkit.array()
        for entry in value:
            array.append(_rendered(entry))
        return array.multiline(isinstance(value, tuple))
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        for key, inner in value.items():
            table[key] = _rendered(inner)
        return table
    assert isinstance(value, str)
    # Markers are full of quotes, which a literal string need not escape.
    return tomlkit.string(value, literal='"' in value and "'" not in value and value.isprintable())
