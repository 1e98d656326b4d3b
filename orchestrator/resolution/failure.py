"""Telling uv's failures apart by what it wrote: exit code 1 covers all of them."""

from __future__ import annotations

import re
from enum import Enum

NETWORK_DISABLED = "network was disabled"

_TROUBLE_WITH_NETWORK = (
    "error sending request",
    "dns error",
    "Failed to fetch",
    "Request failed after",
    "tcp connect error",
    "Could not connect",
    "operation timed out",
)
_DEPENDS = re.compile(
    r"(?P<requirer>[A-Za-z0-9][\w.\[\]-]*(?:==[\w.!+*-]+)?) depends on (?P<requirement>[A-Za-z0-9][^\s]*)"
)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*[\w]|[A-Za-z0-9]")


class Kind(Enum):
    """Why uv gave no resolution."""

    UNSATISFIABLE = "unsatisfiable"
    OFFLINE = "offline"  # perhaps satisfiable: the cache did not hold the answer
    NETWORK = "network"
    OTHER = "other"  # a build of an sdist failed, a bad index, a bug


def kind(stderr: str) -> Kind:
    """Classify a failure by its text."""
    if NETWORK_DISABLED in stderr or "not found in the cache" in stderr:
        return Kind.OFFLINE
    if "No solution found" in stderr:
        return Kind.UNSATISFIABLE
    if any(sign in stderr for sign in _TROUBLE_WITH_NETWORK):
        return Kind.NETWORK
    return Kind.OTHER


def suspects(stderr: str, question: str) -> frozenset[str]:
    """Return the direct requirements that uv's explanation names: a good guess at the conflict, no proof."""
    found: set[str] = set()
    flat = " ".join(stderr.split())
    for clause in re.findall(rf"\b{re.escape(question)} depends on (.*?)(?:, we can conclude|$)", flat):
        # "a==1 and b>=2" or "one of: …"; a following "and x depends on …" names somebody else's requirement.
        own = re.split(r" and [^\s]+ depends? on | and [^\s]+ has ", clause)[0]
        for word in re.split(r"\s+and\s+|\s*,\s+|\s+", own):
            match = _NAME.match(word)
            if match is not None:
                found.add(re.sub(r"[-_.]+", "-", match[0]).lower())
    return frozenset(found)


def reason(stderr: str, question: str) -> str:
    """Say in a line why the requirements exclude each other.

    The commonest shape, two requirers that want different versions of one distribution, is put as
    ``a 1.0 needs x<2, b 3.0 needs x>=2``. Anything else is uv's own last sentences, shortened.
    """
    flat = " ".join(line.strip() for line in stderr.splitlines()).replace("cause: ", "")
    wanted: dict[str, dict[str, str]] = {}
    for match in _DEPENDS.finditer(flat):
        requirement = match["requirement"].rstrip(",")
        name = _NAME.match(requirement)
        if name is None:
            continue
        if match["requirer"] != question:
            wanted.setdefault(name[0], {})[f"{_plain(match['requirer'])} needs"] = requirement
            continue
        # "the project depends on a==1 and b>=2": what follows "and" is required by the project, too.
        rest = flat[match.start("requirement") :]
        for own in re.split(r" and ", rest.partition(", we can conclude")[0]):
            name = _NAME.match(own)
            if name is None or " " in own:
                break
            wanted.setdefault(name[0], {})["the project requires"] = own
    for requirers in reversed(wanted.values()):
        if len(set(requirers.values())) == 2 == len(requirers):
            return ", ".join(f"{who} {what}" for who, what in sorted(requirers.items(), key=_project_last))
    return _shortened(flat, question)


def _project_last(requirer: tuple[str, str]) -> tuple[bool, str]:
    return requirer[0].startswith("the project"), requirer[0]


def _plain(requirer: str) -> str:
    return requirer.replace("==", " ", 1)


def _shortened(flat: str, question: str) -> str:
    flat = re.sub(r"^.*?(?=Because )", "", flat).partition(" hint:")[0]
    flat = flat.replace(f"{question} depends on", "the project requires").replace(
        "you require", "the project requires"
    )
    flat = re.sub(r", we can conclude that (the project's|your) requirements are unsatisfiable\.?$", "", flat)
    sentences = [sentence.strip() for sentence in re.split(r"(?<=\.) (?=And because|Because)", flat)]
    short = " ".join(sentences[-2:])
    short = re.sub(r"^(And because|Because|And) ", "", short)
    return short if len(short) <= 400 else short[:200].rstrip() + " … " + short[-199:].lstrip()


def first_lines(stderr: str, most: int = 6) -> tuple[str, ...]:
    """Return the beginning of uv's own message, for a failure that is not about versions."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    lines = [
        line.removeprefix("error: ").removeprefix("cause: ") for line in lines if not line.startswith("hint:")
    ]
    return tuple(lines[:most])
