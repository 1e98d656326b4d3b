"""The user's overrides of dependency versions: custom_dependencies_versions.json, its shape only.

`{dist: {version: {dep: version}}}` says "this version of dist uses that version of dep"; nested to any depth,
a branch says the same of a chain of dependencies.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from orchestrator.config.document import read_text
from orchestrator.config.location import KeyPath, show_key, show_place
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_TRAILING_COMMA = re.compile(r",\s*[}\]]")

_JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
}


def load_overrides(path: Path) -> dict[str, Any]:
    """Read the overrides; a missing file is an empty one.

    :raises ConfigError: the file cannot be read, is not JSON (with line and column), or holds anything but
        objects and strings (with the key path).
    """
    # A link to nowhere is not a missing file: what the user meant to say would be lost.
    if not path.exists() and not path.is_symlink():
        return {}
    data = _parse(path, read_text(path))
    wrong = _wrong_places(data)
    if not isinstance(data, dict) or wrong:
        raise _wrong_shape(path, wrong)
    return data


def _parse(path: Path, text: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cause = f"{show_place(path, error.lineno, error.colno)}: {error.msg}"
        hints = _hints(text, error.pos)
    except RecursionError:
        cause, hints = f"{show_place(path)}: the objects are nested too deeply", ()
    except ValueError as error:  # a number of thousands of digits
        cause, hints = f"{show_place(path)}: {error}", ()
    raise ConfigError(f"`{path.name}` is not valid JSON", causes=(cause,), hints=hints)


def _hints(text: str, position: int) -> tuple[str, ...]:
    """Recognise what people write most often that JSON does not have."""
    if text.startswith(("//", "/*", "#"), position):
        return ("JSON has no comments",)
    before = text[:position].rstrip()
    # Python 3.13 points at the comma, earlier versions at what follows it.
    if _TRAILING_COMMA.match(text, len(before) - 1 if before.endswith(",") else position):
        return ("JSON has no comma after the last entry",)
    return ()


def _wrong_places(data: object) -> list[tuple[KeyPath, object]]:
    """List the values that are neither an object nor (below the top) a string, in the order written."""
    wrong: list[tuple[KeyPath, object]] = []
    waiting: list[tuple[KeyPath, object]] = [((), data)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed([((*key, name), below) for name, below in value.items()])
        elif not (key and isinstance(value, str)):
            wrong.append((key, value))
    return wrong


def _wrong_shape(path: Path, wrong: list[tuple[KeyPath, object]]) -> ConfigError:
    described = [_describe(key, value) for key, value in wrong]
    several = len(described) > 1
    return ConfigError(
        f"{len(described)} problems in `{path.name}`" if several else described[0],
        causes=tuple(f"{show_place(path)}: {text}" for text in described) if several else (show_place(path),),
        hints=('the form is `{"dep-a": {"2.2.2": {"dep-c": "1.1.1"}}}`, nested to any depth',),
    )


def _describe(key: KeyPath, value: object) -> str:
    if not key:
        return f"the top level must be an object, not {_JSON_TYPES[type(value)]}"
    return f"`{show_key(key)}` must be an object or a string, not {_JSON_TYPES[type(value)]}"
