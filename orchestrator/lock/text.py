"""The text of ``mvenv.lock``: one line for each thing that changes by itself, so that merges go well."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import Table

from orchestrator.config.location import printable
from orchestrator.lock.convert import from_table, to_table
from orchestrator.lock.document import ANSWER, combined, separated
from orchestrator.lock.error import LockError
from orchestrator.lock.form import LockTable
from orchestrator.lock.several import answers
from orchestrator.system.names import LOCK_FORMAT
from orchestrator.system.toml_array import toml_array

if TYPE_CHECKING:
    from pathlib import Path

    from tomlkit import TOMLDocument
    from tomlkit.items import Array, InlineTable

    from orchestrator.lock.model import Lock

HEADER = (
    "Made by mvenv, so that every build makes the same. Commit it.",
    "It holds for one minor version of Python on one platform. `mvenv lock` brings it up to date.",
)
HEADER_OF_SEVERAL = (
    HEADER[0],
    "It holds for several Pythons and platforms: what differs from the first one's answer is in `[[answer]]`.",
    "`mvenv lock` brings all of it up to date.",
)

_DAMAGED = "if it holds the marks of a merge, take either side's whole file and run `mvenv lock`"
_ANEW = "or delete it: `mvenv lock` makes it anew, with the newest versions"


def to_text(lock: Lock, root: Path) -> str:
    """Return the file's text; paths are written relative to *root*."""
    document = tomlkit.document()
    for line in HEADER_OF_SEVERAL if lock.others else HEADER:
        document.add(tomlkit.comment(line))
    _fill(document, combined([to_table(each, root) for each in answers(lock)]))
    return tomlkit.dumps(document)


def from_text(text: str, root: Path, place: str) -> Lock:
    """Return the lock that :func:`to_text` wrote: the first answer, the others beside it.

    :param place: how the file is called in errors.
    :raises LockError: the text is not TOML, of another format, or not what mvenv writes.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise LockError(
            f"`{place}` is not valid TOML", causes=(f"{place}: {error}",), hints=(_DAMAGED, _ANEW)
        ) from None
    version = data.get("version")
    if isinstance(version, int) and not 1 <= version <= LOCK_FORMAT:
        raise LockError(
            f"`{place}` has format {version}, and this mvenv knows format {LOCK_FORMAT}",
            hints=("use the mvenv that made it", _ANEW),
        )
    first = _answer(data, root, place)
    _, *others = separated(data)
    return replace(
        first,
        others=tuple(_answer(each, root, place, (ANSWER, number)) for number, each in enumerate(others)),
    )


def _answer(data: dict[str, Any], root: Path, place: str, where: tuple[str | int, ...] = ()) -> Lock:
    """Return one answer of a document; *where* leads the key that an error names."""
    try:
        return from_table(LockTable.model_validate(data), root)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = (*where, *(each for each in first["loc"] if not str(each).endswith("Table")))
        reason = first["msg"]
    except ValueError as error:
        key, reason = where, str(error)
    raise _unreadable(place, ": ".join(filter(None, (".".join(map(str, key)), reason))))


def _unreadable(place: str, reason: str) -> LockError:
    return LockError(
        f"`{place}` is not as mvenv writes it",
        causes=(f"{place}: {printable(reason)}",),
        hints=(_DAMAGED, _ANEW),
    )


def _fill(place: TOMLDocument | Table, entries: dict[str, Any]) -> None:
    """Add the entries of a document, or of one of its answers: what is not in tables first, as TOML needs it."""
    for key, value in sorted(entries.items(), key=lambda entry: _is_tables(entry[1])):
        if isinstance(value, list) and _is_tables(value):
            tables = tomlkit.aot()
            for entry in value:
                table = tomlkit.table()
                (_fill if key == ANSWER else _add)(table, entry)
                tables.append(table)
            place.add(key, tables)
        else:
            _add(place, {key: value})


def _is_tables(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _add(place: TOMLDocument | Table, entries: dict[str, Any]) -> None:
    container = place.value if isinstance(place, Table) else place
    # While it is not read from a text, tomlkit looks for the first table behind the values at every key: with 50,000
    # import names that takes minutes, and here there is none.
    container.parsing(not any(isinstance(value, dict) for value in entries.values()))
    for key, value in entries.items():
        if isinstance(value, dict):
            table = tomlkit.table()
            _add(table, value)
            place.add(key, table)
        else:
            place.add(key, _item(value))
    container.parsing(False)


def _item(value: Any) -> Any:
    """Return a value for the right side of an equals sign: a list has a line for each entry."""
    return _lines(value) if isinstance(value, list) and value else tomlkit.item(value)


def _lines(values: list[Any]) -> Array:
    array = toml_array(map(_inline, values))
    array.multiline(multiline=True)
    return array


def _inline(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    table: InlineTable = tomlkit.inline_table()
    for key, entry in value.items():
        table.append(key, _inline(entry))
    return table
