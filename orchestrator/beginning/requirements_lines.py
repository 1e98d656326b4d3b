"""The lines of a requirements file, as pip reads them ("Requirements File Format" of its documentation)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_VIA = re.compile(r"#\s*via(?:\s+(?P<who>.*))?$")
_FOLLOWING = re.compile(r"\s*#\s+(?P<who>\S.*)$")
_PER_REQUIREMENT = re.compile(r"\s--(?:hash|config-settings?|global-option|install-option)\b")
_ANOTHER_OPTION = re.compile(r"(?<=\S)\s+(?=--?[a-zA-Z][\w-]*(?:[\s=]|$))")
_OPTION = re.compile(
    r"(?P<name>--[a-z][a-z-]*|-[a-zA-Z])(?:\s*=\s*|\s+|(?<=^-[a-zA-Z])(?=\S)|$)(?P<value>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: comments are gone, what a backslash continues is joined."""

    number: int
    """Where it begins, from 1."""
    text: str
    """A requirement without its options; empty for an option."""
    option: str = ""
    """`-r`, `--index-url`, as written."""
    value: str = ""
    has_hashes: bool = False
    via: tuple[str, ...] = ()
    """For whom it is there, by the comment that pip-compile and uv write."""


def lines(text: str) -> Iterator[Line]:
    """Yield what a requirements file says, line by line."""
    waiting: Line | None = None
    for number, joined, comments in _joined(text.removeprefix("\ufeff").splitlines()):
        if not joined:
            if waiting is not None:
                waiting = _with_via(waiting, comments)
            continue
        for part in _ANOTHER_OPTION.split(joined) if joined.startswith("-") else [joined]:
            if waiting is not None:
                yield waiting
            waiting = _line(number, part)
        if waiting is not None:
            waiting = _with_via(waiting, comments)
    if waiting is not None:
        yield waiting


def _joined(physical: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield number, text and comments of each logical line; a line of a comment alone has no text."""
    begun = 0
    parts: list[str] = []
    comments: list[str] = []
    for number, line in enumerate(physical, start=1):
        begun = begun or number
        comment = _COMMENT.search(line)
        if comment is not None:
            comments.append(comment.group().strip())
        bare = _COMMENT.sub("", line).rstrip()
        is_continued = bare.endswith("\\") and comment is None
        parts.append(bare.removesuffix("\\").strip() if is_continued else bare.strip())
        if is_continued and number < len(physical):
            continue
        yield begun, " ".join(filter(None, parts)), list(comments)
        begun = 0
        parts.clear()
        comments.clear()


def _line(number: int, text: str) -> Line:
    if text.startswith("-"):
        match = _OPTION.fullmatch(text)
        name, value = (text, "") if match is None else (match["name"], match["value"].strip())
        return Line(number, "", name, value.strip("\"'"))
    options = _PER_REQUIREMENT.search(text)
    bare = text if options is None else text[: options.start()]
    return Line(number, bare.strip(), has_hashes="--hash" in text[len(bare) :])


def _with_via(line: Line, comments: list[str]) -> Line:
    """Add whom a line is there for: `# via flask`, or `# via` and a line for each."""
    found = list(line.via)
    for comment in comments:
        match = _VIA.fullmatch(comment)
        if match is not None:
            found += [match["who"] or ""]
        elif found and (following := _FOLLOWING.fullmatch(comment)) is not None:
            found.append(following["who"])
    return Line(line.number, line.text, line.option, line.value, line.has_hashes, tuple(found))
