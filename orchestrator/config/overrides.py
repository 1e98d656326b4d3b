"""The user's overrides of dependency versions: custom_dependencies_versions.json, its shape only.

`{dist: {version: {dep: version}}}` says "this version of dist uses that version of dep"; nested to any depth, a
branch says the same of a chain of dependencies.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestrator.config.document import read_text
from orchestrator.config.location import KeyPath, show_key, show_place
from orchestrator.errors import ConfigError

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

    :raises ConfigError: the file cannot be read, is not JSON (with line and column), or holds anything but objects
        and strings (with the key path).
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
        place, reason = show_place(path, error.lineno, error.colno), error.msg
        hints = _hints(text, error.pos)
    except RecursionError:
        place, reason, hints = show_place(path), "the objects are nested too deeply", ()
    except ValueError as error:  # a number of thousands of digits
        place, reason, hints = show_place(path), str(error), ()
    raise ConfigError(f"`{path.name}` is not valid JSON", causes=(f"{place}: {reason}",), hints=hints)


def _hints(text: str, position: int) -> tuple[str, ...]:
    """Recognise what people write most often that JSON does not have."""
    rest = text[position:].lstrip()
    if rest.startswith(("//", "/*", "#")):
        return ("JSON has no comments",)
    # Python 3.13 points at the comma, earlier versions at what follows it.
    if rest.lstrip(",").lstrip().startswith(("}", "]")) and (text[:position].rstrip() + rest[:1]).endswith(
        ","
    ):
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
    def describe(key: KeyPath, value: object) -> str:
        expected = "an object or a string" if key else "an object"
        return f"{f'`{show_key(key)}`' if key else 'the top level'} must be {expected}, not {_JSON_TYPES[type(value)]}"

    described = [describe(key, value) for key, value in wrong]
    if len(described) == 1:
        message, causes = described[0], (show_place(path),)
    else:
        message = f"{len(described)} problems in `{path.name}`"
        causes = tuple(f"{show_place(path)}: {text}" for text in described)
    return ConfigError(
        message,
        causes=causes,
        hints=('the form is `{"dep-a": {"2.2.2": {"dep-c": "1.1.1"}}}`, nested to any depth',),
    )
