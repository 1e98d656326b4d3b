"""Damaged files, made from whole ones by a seeded generator: the same seed, the same damage."""

from __future__ import annotations

import copy
import json
import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

DEEP = 100_000
HOSTILE_TEXTS = (
    *(
        "",
        " ",
        "\0",
        "\n",
        "\x1b[2J",
        "\ud800",
        "..",
        "../../../etc",
        "/",
        "/etc/passwd",
        "a/b",
        "a\nb",
        "x" * 10_000,
    ),
    *(
        "." * 2000,
        "-r x",
        "a==1\n--index-url=http://host.invalid",
        "__proto__",
        "__class__",
        "application",
        "%s{}",
    ),
)
HOSTILE_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**400, [], {}, [[]], {"": ""}, [None], [1], {"a": 1}, {"a": None}),
    *HOSTILE_TEXTS,
)


def damaged_json(text: str, rng: random.Random) -> str:
    """Return the text of a JSON document with damage to its text, or to its values."""
    if rng.random() < 0.3:
        return damaged_text(text, rng)
    document = json.loads(text)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        document = damaged_value(document, rng)
    return json.dumps(document)


def damaged_value(document: Any, rng: random.Random) -> Any:
    """Return a copy of a value of JSON or TOML in which one thing, anywhere, is another."""
    document = copy.deepcopy(document)
    places = list(_places(document))
    if not places:
        return rng.choice(HOSTILE_VALUES)
    holder, key = rng.choice(places)
    kind = rng.choice(("value", "value", "value", "delete", "rename", "other", "wrap", "more"))
    if kind == "value":
        holder[key] = copy.deepcopy(rng.choice(HOSTILE_VALUES))
    elif kind == "delete":
        del holder[key]
    elif kind == "rename" and isinstance(holder, dict):
        holder[rng.choice(HOSTILE_TEXTS)] = holder.pop(key)
    elif kind == "wrap":
        holder[key] = [holder[key]] if rng.random() < 0.5 else {"a": holder[key]}
    elif kind == "more":
        holder[key] = _more(holder[key], rng)
    else:
        other, there = rng.choice(places)
        holder[key] = copy.deepcopy(other[there]) if there in other or isinstance(other, list) else None
    return document


def damaged_text(text: str, rng: random.Random) -> str:
    """Return a text that was cut off, has lost or gained a piece, or is nested deeply."""
    start = rng.randrange(len(text) + 1)
    end = min(len(text), start + rng.choice((1, 1, 3, 20, 200)))
    kind = rng.choice(("cut", "lose", "repeat", "noise", "deep", "empty"))
    if kind == "cut":
        return text[:start]
    if kind == "lose":
        return text[:start] + text[end:]
    if kind == "repeat":
        return text[:end] + text[start:]
    if kind == "noise":
        return (
            text[:start]
            + rng.choice(("\0", '"', "\\", "}", "]", "{", "[", ",", "\ufeff", "1e999"))
            + text[start:]
        )
    if kind == "deep":
        return text[:start] + rng.choice(("[", '{"a":')) * DEEP + text[start:]
    return ""


def _more(value: Any, rng: random.Random) -> Any:
    """Return much of the same."""
    if isinstance(value, str):
        return value * rng.choice((2, 1000))
    if isinstance(value, list):
        return value * rng.choice((2, 1000))
    if isinstance(value, dict):
        return {**value, **{f"{name}{number}": each for name, each in value.items() for number in range(50)}}
    return [value] * 1000


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict):
        pairs: Any = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    else:
        return
    for key, each in pairs:
        yield value, key
        yield from _places(each)


def damaged_toml(text: str, rng: random.Random) -> str:
    """Return the text of a TOML document with damage to its text, or to its values."""
    if rng.random() < 0.4:
        return damaged_text(text, rng)
    document: Any = tomllib.loads(text)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        document = damaged_value(document, rng)
    try:
        return tomlkit.dumps(_without_none(document))
    except (TypeError, ValueError, AttributeError, UnicodeError):  # what TOML cannot say
        return damaged_text(text, rng)


def damaged_lines(text: str, rng: random.Random) -> str:
    """Return a text of lines that mean something each, some of which do so no longer."""
    if rng.random() < 0.4:
        return damaged_text(text, rng)
    lines = text.splitlines()
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.randrange(len(lines) + 1)
        words = rng.choice(lines or [""]).replace(",", " , ").replace(":", " : ").split(" ")
        words[rng.randrange(len(words))] = rng.choice(HOSTILE_TEXTS)
        lines[at : at + rng.randrange(2)] = [
            "".join(words) if rng.random() < 0.7 else rng.choice(HOSTILE_TEXTS)
        ]
    return rng.choice(("\n", "\n", "\r\n")).join(lines)


def damaged_bytes(content: bytes, rng: random.Random) -> bytes:
    """Return bytes of which some are others."""
    made = bytearray(content or b"\0")
    for _ in range(rng.choice((1, 3, 30))):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_none(each) for each in value if each is not None]
    return value
