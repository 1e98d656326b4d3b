"""What the values of ``mvenv.lock`` claim to be: names, versions, requirements, places; anything else is refused.

A lock comes with a project, and its values go into files that uv reads line by line, into paths and onto terminals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_VERSION_OF_URL = re.compile(r"[^\s;,\"'`\\]+")
_DIGEST = re.compile(r"[a-z0-9]+:[0-9a-f]+")
_SPELLING = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SCHEME = re.compile(r"(?:git\+)?(?:https?|ssh|file)|(?:hg|svn|bzr)\+[a-z]+")


def on_one_line(value: Any) -> Any:
    """Return the value of a field, whose texts have no control characters.

    :raises ValueError: one has.
    """
    for text in _texts(value):
        if _CONTROL.search(text):
            raise ValueError(f"{text[:80]!a} has a line break or another control character")
    return value


def _texts(value: object) -> Iterator[str]:
    """Yield the texts of a field whose type has been checked: it is nested as deeply as that says."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield name
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _name(text: str) -> str:
    if not _SPELLING.fullmatch(text) or canonicalize_name(text) != text:
        raise ValueError(f"{text[:80]!a} is not the normalized name of a distribution")
    return text


def _spelling(text: str) -> str:
    if not _SPELLING.fullmatch(text):
        raise ValueError(f"{text[:80]!a} is not the name of a distribution")
    return text


def _any_version(text: str) -> str:
    if not _VERSION_OF_URL.fullmatch(text):
        raise ValueError(f"{text[:80]!a} is not a version")
    return text


def _requirement(text: str) -> str:
    try:
        Requirement(text)
    except (InvalidRequirement, RecursionError):
        raise ValueError(f"{text[:80]!a} is not a requirement") from None
    return text


def _module(text: str) -> str:
    if not all(part.isidentifier() for part in text.split(".")):
        raise ValueError(f"{text[:80]!a} is not the name of a module")
    return text


def _hash(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError(f"{text[:80]!a} is not a hash")
    return text


def _url(text: str) -> str:
    if text and (re.search(r"\s", text) or not _SCHEME.fullmatch(urlsplit(text).scheme)):
        raise ValueError(f"{text[:80]!a} is not a URL")
    return text


def _path(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"{text[:80]!a} is not a path")
    return text


def check_pinned(version: str, url: str, path: str) -> None:
    """Make sure that what an index is asked for is a version (PEP 440); of other places it may be a commit.

    :raises ValueError: it is none.
    """
    if not url and not path:
        try:
            Version(version)
        except InvalidVersion:
            raise ValueError(f"{version[:80]!a} is not a version") from None


Name = Annotated[str, AfterValidator(_name)]
"""Of a distribution, normalized (PEP 503)."""
Spelling = Annotated[str, AfterValidator(_spelling)]
"""Of a distribution, as its metadata has it."""
AnyVersion = Annotated[str, AfterValidator(_any_version)]
"""A version, or what stands for one where a distribution comes from a URL or a folder."""
RequirementText = Annotated[str, AfterValidator(_requirement)]
"""PEP 508."""
Module = Annotated[str, AfterValidator(_module)]
"""An import name, dotted for a portion of a namespace package."""
Hash = Annotated[str, AfterValidator(_hash)]
"""``sha256:…``."""
Url = Annotated[str, AfterValidator(_url)]
"""Empty for none."""
PathText = Annotated[str, AfterValidator(_path)]
"""Relative to the project, which may have dependencies beside it."""
