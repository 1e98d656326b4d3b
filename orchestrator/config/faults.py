"""What is wrong in a pyproject.toml: faults are collected, then raised as one error."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.config.document import TomlDocument, toml_type
from orchestrator.config.location import KeyPath, key_lines, printable, show_key, show_place
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LONGEST_QUOTE = 120
_LONGEST_LIST = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong at one key."""

    key: KeyPath
    message: str
    """What is wrong, in one sentence without a full stop."""
    reason: str = ""
    """What another library said of it."""
    hints: tuple[str, ...] = ()


def config_error(document: TomlDocument, faults: Iterable[Fault]) -> ConfigError:
    """Make one error of all faults of a file, in the order of their lines.

    A single fault gives the message; of several, each has a cause line of its own.
    """
    lines = key_lines(document.text)
    ordered = sorted(dict.fromkeys(faults), key=lambda fault: lines.get(fault.key, 0))
    alone = len(ordered) == 1
    causes = tuple(
        _cause(fault, show_place(document.path, lines.get(fault.key)), alone=alone) for fault in ordered
    )
    hints = tuple(dict.fromkeys(hint for fault in ordered for hint in fault.hints))
    message = ordered[0].message if alone else f"{len(ordered)} problems in `{document.path.name}`"
    return ConfigError(message, causes=causes, hints=hints)


def wrong_type(key: KeyPath, expected: str, value: object) -> Fault:
    """Make the fault of a value that is not of the `expected` type (`a string`, `a list of strings`)."""
    return Fault(key, f"`{show_key(key)}` must be {expected}, not {toml_type(value)}")


def table_at(data: Mapping[str, Any], key: tuple[str, ...], faults: list[Fault]) -> dict[str, Any] | None:
    """Return the table at a key path, or None if it is absent or (a fault) not a table."""
    table: Any = data
    for depth, name in enumerate(key, start=1):
        if name not in table:
            return None
        table = table[name]
        if not isinstance(table, dict):
            faults.append(wrong_type(key[:depth], "a table", table))
            return None
    return dict(table)


def quote(text: str) -> str:
    """Put what the user wrote into backticks: on one line, cut if it is very long."""
    shown = printable(text)
    return f"`{shown}`" if len(shown) <= _LONGEST_QUOTE else f"`{shown[:_LONGEST_QUOTE]}…`"


def did_you_mean(wrong: str, known: Iterable[str], *, otherwise: str) -> str:
    """Hint at the known names close to a wrong one, or list them all after the words `otherwise`."""
    names = list(dict.fromkeys(known))
    if not names:
        return f"{otherwise} none"
    close = difflib.get_close_matches(wrong, names)
    if close:
        return f"did you mean {join_words(close, 'or')} instead of {quote(wrong)}?"
    shown = names if len(names) <= _LONGEST_LIST else names[:_LONGEST_LIST]
    listed = join_words(shown, "and") if shown == names else ", ".join(f"`{name}`" for name in shown) + ", …"
    return f"{otherwise} {listed}"


def join_words(words: Iterable[str], conjunction: str) -> str:
    """Write names as a sentence does: `a`, `b` and `c`."""
    *first, last = (f"`{word}`" for word in words)
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _cause(fault: Fault, place: str, *, alone: bool) -> str:
    key = show_key(fault.key)
    message = "" if alone else fault.message
    # A message that names the key need not be led by it.
    shown_key = "" if f"`{key}`" in message else key
    return ": ".join(part for part in (place, shown_key, message, fault.reason) if part)
