"""Poetry's version constraints, as PEP 440 has them.

Carets and tildes are ranges, `*` is any version, a bare version is that one; commas and blanks join, `||` divides
(Poetry's documentation, "Dependency specification").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_OPERATOR_AND_BLANKS = re.compile(r"(\^|~=|~|={1,3}|!=|<=?|>=?)\s+")
_PART = re.compile(r"(?P<operator>\^|~=|~|={1,3}|!=|<=?|>=?|)v?(?P<version>[A-Za-z0-9*][^\s,=<>]*)")


@dataclass(frozen=True, slots=True)
class Specifier:
    """What a constraint comes to."""

    text: str
    """A PEP 440 specifier set, empty for any version."""
    dropped: tuple[str, ...] = ()
    """The alternatives of a `||` that have no room in it."""


def specifier(written: str) -> Specifier:
    """Translate a constraint; of alternatives the newest is taken, which PEP 440 cannot all say.

    :raises ValueError: it is none.
    """
    parts = _parts(written)
    translated = [_conjunction(part) for part in parts]
    if "" in translated:
        return Specifier("")
    newest = max(range(len(translated)), key=lambda index: _lowest(translated[index]))
    dropped = tuple(part for index, part in enumerate(parts) if index != newest)
    return Specifier(translated[newest], dropped)


def alternatives(written: str) -> list[str]:
    """Translate each of the alternatives of a constraint; empty for any version.

    :raises ValueError: it is none.
    """
    return [_conjunction(part) for part in _parts(written)]


def hull(written: str) -> str:
    """Translate a constraint on Python: of alternatives, from the lowest bound to the highest.

    :raises ValueError: it is none.
    """
    translated = alternatives(written)
    if "" in translated:
        return ""
    ordered = sorted(translated, key=_lowest)
    if len(ordered) == 1:
        return ordered[0]
    lower = [str(each) for each in SpecifierSet(ordered[0]) if each.operator in {">=", ">", "=="}]
    upper = [str(each) for each in SpecifierSet(ordered[-1]) if each.operator in {"<=", "<"}]
    return ",".join([*(text.replace("==", ">=").removesuffix(".*") for text in lower[:1]), *upper[:1]])


def _parts(written: str) -> list[str]:
    return [part.strip() for part in re.split(r"\|\|?", written)]


def _conjunction(written: str) -> str:
    parts = list(filter(None, re.split(r"[\s,]+", _OPERATOR_AND_BLANKS.sub(r"\1", written))))
    matches = [_PART.fullmatch(part) for part in parts]
    if not parts or None in matches:
        raise ValueError(f"{written!r} is not a version constraint")
    texts = [_one(match["operator"], match["version"]) for match in matches if match is not None]
    text = ",".join(filter(None, texts))
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError(str(error)) from error
    return text


def _one(operator: str, version: str) -> str:
    if version == "*":
        return ""
    if operator == "^":
        return _range(version, _caret(version))
    if operator == "~":
        return _range(version, _tilde(version))
    if operator in {"", "="}:
        return f"=={version}"
    return f"{operator}{version}"


def _range(version: str, upper: str) -> str:
    return f">={version.removesuffix('.*')},<{upper}"


def _release(version: str) -> tuple[int, ...]:
    try:
        return Version(version.removesuffix(".*")).release
    except InvalidVersion as error:
        raise ValueError(str(error)) from error


def _caret(version: str) -> str:
    """Return where the leftmost number that is not zero, or the last one written, goes up."""
    release = _release(version)
    position = next((index for index, number in enumerate(release) if number), len(release) - 1)
    bumped = [*release[:position], release[position] + 1]
    return ".".join(map(str, (*bumped, *([0] * (min(len(release), 2) - len(bumped))))))


def _tilde(version: str) -> str:
    release = _release(version)
    return f"{release[0] + 1}" if len(release) == 1 else f"{release[0]}.{release[1] + 1}"


def _lowest(text: str) -> Version:
    lower = [
        Version(each.version.removesuffix(".*"))
        for each in SpecifierSet(text)
        if each.operator in {">=", ">", "==", "~=", "==="}
    ]
    return max(lower, default=Version("0"))
