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
    from collections.abc import Callable, Iterator

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


def _refused_unless(is_right: Callable[[str], object], what: str) -> AfterValidator:
    def checked(text: str) -> str:
        if not is_right(text):
            raise ValueError(f"{text[:80]!a} is not {what}")
        return text

    return AfterValidator(checked)


def _is_name(text: str) -> bool:
    return _SPELLING.fullmatch(text) is not None and canonicalize_name(text) == text


def _is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except (InvalidRequirement, RecursionError):
        return False
    return True


def _is_module(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _is_url(text: str) -> bool:
    return not text or (
        re.search(r"\s", text) is None and _SCHEME.fullmatch(urlsplit(text).scheme) is not None
    )


def check_pinned(version: str, url: str, path: str) -> None:
    """Make sure that what an index is asked for is a version (PEP 440); of other places it may be a commit.

    :raises ValueError: it is none.
    """
    if not url and not path:
        try:
            Version(version)
        except InvalidVersion:
            raise ValueError(f"{version[:80]!a} is not a version") from None


Name = Annotated[str, _refused_unless(_is_name, "the normalized name of a distribution")]
"""Of a distribution, normalized (PEP 503)."""
Spelling = Annotated[str, _refused_unless(_SPELLING.fullmatch, "the name of a distribution")]
"""Of a distribution, as its metadata has it."""
AnyVersion = Annotated[str, _refused_unless(_VERSION_OF_URL.fullmatch, "a version")]
"""A version, or what stands for one where a distribution comes from a URL or a folder."""
RequirementText = Annotated[str, _refused_unless(_is_requirement, "a requirement")]
"""PEP 508."""
Module = Annotated[str, _refused_unless(_is_module, "the name of a module")]
"""An import name, dotted for a portion of a namespace package."""
Hash = Annotated[str, _refused_unless(_DIGEST.fullmatch, "a hash")]
"""``sha256:…``."""
Url = Annotated[str, _refused_unless(_is_url, "a URL")]
"""Empty for none."""
PathText = Annotated[str, _refused_unless(lambda text: "\0" not in text, "a path")]
"""Relative to the project, which may have dependencies beside it."""
