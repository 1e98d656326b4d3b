"""Requirements as they are written: PEP 508 texts, wherever pyproject.toml has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from orchestrator.config.faults import Fault, quote, wrong_type
from orchestrator.config.location import KeyPath, printable
from orchestrator.system.credentials import without

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEADING_NAME = re.compile(r"\s*(?:\+\s*)?([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
# uv takes absolute paths, and expands variables.
_RELATIVE = re.compile(r"file:(?![/$])|(?![A-Za-z][\w+.-]*:|[/$])")


@dataclass(frozen=True, slots=True)
class Entry:
    """One requirement that parses, and where it is written."""

    text: str
    name: str
    """Canonical distribution name."""
    key: KeyPath


def read_entry(written: object, key: KeyPath, faults: list[Fault]) -> Entry | None:
    """Check one requirement; None if it is a fault."""
    requirement = parse_requirement(written, key, faults)
    if requirement is None:
        return None
    return Entry(without(str(written)), canonicalize_name(requirement.name), key)


def read_entries(written: object, key: KeyPath, faults: list[Fault]) -> tuple[Entry, ...]:
    """Check a list of requirements; what is wrong is added to `faults` and left out."""
    if not isinstance(written, list):
        faults.append(wrong_type(key, "a list of strings", written))
        return ()
    entries = (read_entry(text, (*key, index), faults) for index, text in enumerate(written))
    return tuple(entry for entry in entries if entry is not None)


def parse_requirement(text: object, key: KeyPath, faults: list[Fault]) -> Requirement | None:
    """Parse a requirement; None if it is a fault."""
    if not isinstance(text, str):
        faults.append(wrong_type(key, "a string", text))
        return None
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        # packaging's own words: it knows best what it expected. They go on with the requirement and an arrow below.
        reason = printable(str(error).partition("\n")[0])
    except RecursionError:  # packaging before 26.4; since then it counts the levels itself
        reason = "it is nested too deeply"
    else:
        if requirement.url is None or not _RELATIVE.match(requirement.url):
            return requirement
        path = requirement.url.removeprefix("file:")
        hint = (
            f"a folder or archive goes to `[tool.uv.sources]`: `mvenv add {printable(path)}` writes it there"
        )
        reason = f"behind `@` stands a URL, and {quote(requirement.url)} is a relative path"
        faults.append(Fault(key, f"{quote(text)} is not a valid requirement", reason, (hint,)))
        return None
    faults.append(Fault(key, f"{quote(text)} is not a valid requirement", reason=reason))
    return None


def guessed_names(written: Iterable[object]) -> set[str]:
    """Return the canonical names that texts begin with, whether or not they parse.

    A requirement that does not parse still has a name: what refers to it is not called unknown as well.
    """
    guesses = (_LEADING_NAME.match(text) for text in written if isinstance(text, str))
    return {canonicalize_name(guess[1]) for guess in guesses if guess}
