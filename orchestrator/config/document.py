"""Reading the user's files from disk: text, TOML, and the errors of both."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.config.location import show_place
from orchestrator.errors import ConfigError
from orchestrator.system import pending

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TOML_POSITION = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """A TOML file that was read and parsed."""

    path: Path
    """The file, as the caller gave it."""
    text: str
    data: Mapping[str, Any]


def read_text(path: Path) -> str:
    """Read a UTF-8 file, line ends untouched; one that a command changes, as it is going to be.

    :raises ConfigError: the file cannot be read, or is not UTF-8.
    """
    to_be = pending.text_of(path)
    if to_be is not None:
        return to_be
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"`{path.name}` cannot be read", causes=(f"{show_place(path)}: {error.strerror}",)
        ) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = show_place(path, content.count(b"\n", 0, error.start) + 1)
        raise ConfigError(
            f"`{path.name}` is not UTF-8 text",
            causes=(f"{place}: byte 0x{content[error.start]:02x} is not UTF-8",),
            hints=("save the file in the UTF-8 encoding",),
        ) from error


def read_toml(path: Path) -> TomlDocument:
    """Read a TOML file.

    :raises ConfigError: the file cannot be read, or is not TOML; the cause has line and column.
    """
    return parse_toml(path, read_text(path))


def parse_toml(path: Path, text: str) -> TomlDocument:
    """Parse the text of a TOML file.

    :param path: the file that errors name; it is not read.
    :raises ConfigError: it is not TOML; the cause has line and column.
    """
    try:
        return TomlDocument(path=path, text=text, data=tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        raise _invalid_toml(path, text, error) from error


def toml_type(value: object) -> str:
    """Name the TOML type of a value as tomllib returns it, with its article: `a string`, `an array`."""
    # A boolean is an int and a datetime is a date in Python, so those come first.
    names: tuple[tuple[type, str], ...] = (
        (bool, "a boolean"),
        (int, "an integer"),
        (float, "a float"),
        (str, "a string"),
        (list, "an array"),
        (dict, "a table"),
        (dt.datetime, "a date-time"),
        (dt.date, "a date"),
        (dt.time, "a time"),
    )
    return next(name for kind, name in names if isinstance(value, kind))


def _invalid_toml(path: Path, text: str, error: ValueError | RecursionError) -> ConfigError:
    line, column, reason = None, None, str(error)
    if isinstance(error, RecursionError):
        reason = "the values are nested too deeply"
    elif position := _TOML_POSITION.search(reason):
        reason = reason[: position.start()]
        if position[1]:
            line, column = int(position[1]), int(position[2])
        else:
            line, column = text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1
    starts_with_mark = text.startswith("\ufeff")
    return ConfigError(
        f"`{path.name}` is not valid TOML",
        causes=(f"{show_place(path, line, column)}: {reason}",),
        hints=("save the file without a byte order mark",) if starts_with_mark else (),
    )
