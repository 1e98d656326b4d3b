"""The text of ``mvenv.lock``: one line for each thing that changes by itself, so that merges go well."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit
from pydantic import ValidationError

from orchestrator.config.location import printable
from orchestrator.lock.convert import from_table, to_table
from orchestrator.lock.error import LockError
from orchestrator.lock.form import LockTable
from orchestrator.system.names import LOCK_FORMAT

if TYPE_CHECKING:
    from pathlib import Path

    from tomlkit.items import Array, InlineTable, Table

    from orchestrator.lock.model import Lock

HEADER = (
    "Made by mvenv, so that every build makes the same. Commit it.",
    "It holds for one minor version of Python on one platform. `mvenv lock` brings it up to date.",
)

_DAMAGED = "if it holds the marks of a merge, take either side's whole file and run `mvenv lock`"
_ANEW = "or delete it: `mvenv lock` makes it anew, with the newest versions"


def to_text(lock: Lock, root: Path) -> str:
    """Return the file's text; paths are written relative to *root*."""
    document = tomlkit.document()
    for line in HEADER:
        document.add(tomlkit.comment(line))
    table = to_table(lock, root).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for key, value in table.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables = tomlkit.aot()
            for entry in value:
                tables.append(_table(entry))
            document.add(key, tables)
        else:
            document.add(key, _table(value) if isinstance(value, dict) else _item(value))
    return tomlkit.dumps(document)


def from_text(text: str, root: Path, place: str) -> Lock:
    """Return the lock that :func:`to_text` wrote.

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
    try:
        return from_table(LockTable.model_validate(data), root)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(key) for key in first["loc"] if not str(key).endswith("Table"))
        raise _unreadable(place, f"{where}: {first['msg']}") from None
    except ValueError as error:
        raise _unreadable(place, str(error)) from None


def _unreadable(place: str, reason: str) -> LockError:
    return LockError(
        f"`{place}` is not as mvenv writes it",
        causes=(f"{place}: {printable(reason)}",),
        hints=(_DAMAGED, _ANEW),
    )


def _table(entries: dict[str, Any]) -> Table:
    table = tomlkit.table()
    # While it is not read from a text, tomlkit looks for the first table behind the values at every key: with 50,000
    # import names that takes minutes, and here there is none.
    table.value.parsing(not any(isinstance(value, dict) for value in entries.values()))
    for key, value in entries.items():
        table.add(key, _table(value) if isinstance(value, dict) else _item(value))
    table.value.parsing(False)
    return table


def _item(value: Any) -> Any:
    """Return a value for the right side of an equals sign: a list has a line for each entry."""
    return _lines(value) if isinstance(value, list) and value else tomlkit.item(value)


def _lines(values: list[Any]) -> Array:
    array = tomlkit.array()
    array.multiline(multiline=True)
    for value in values:
        array.append(_inline(value))
    return array


def _inline(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    table: InlineTable = tomlkit.inline_table()
    for key, entry in value.items():
        table.append(key, _inline(entry))
    return table
