"""Telling uv's failures apart by what it wrote: exit code 1 covers all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from orchestrator.config.disjoint import are_disjoint
from orchestrator.uv import derivation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.uv.derivation import Dependence, Term

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
# What uv says of its own progress, before the error.
_PROGRESS = re.compile(
    r"(?:Resolved|Prepared|Audited|Installed|Uninstalled) \d"
    r"|(?:Using|Creating|Downloading|Downloaded|Building|Built) |warning:"
)
_LEADING = re.compile(r"^(?:error: |cause: |\N{MULTIPLICATION SIGN} |[├╰]─▶ |│ )+")


# The loggers of uv that tell of a cache miss, in the form of `RUST_LOG`, and what they say then. Offline, uv takes
# a release that it knows nothing of for one that does not exist, and answers with an older one as if all was well.
TELLING_OF_MISSES = "uv_client=debug,uv_resolver=warn"
_MISS = re.compile(r"^WARN .* needs to be downloaded|^DEBUG Sending fresh ", re.MULTILINE)
_PAGE = re.compile(r"^DEBUG (?P<verb>Sending|Found) .* for: \S+/(?P<name>[^/\s]+)/$", re.MULTILINE)
_LOG_LINE = re.compile(r"^(?:TRACE|DEBUG|INFO|WARN|ERROR) .*\n?", re.MULTILINE)


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


def missed_the_cache(stderr: str) -> bool:
    """Tell whether an offline answer lacks something that the index might have; see `TELLING_OF_MISSES`."""
    return bool(_MISS.search(stderr))


def fell_through(stderr: str) -> bool:
    """Tell whether uv took a distribution from one index although the cache did not hold what another says of it.

    Offline, uv goes on to the next index then, and what it states may be of a namesake.
    """
    pages: dict[str, set[str]] = {"Sending": set(), "Found": set()}
    for match in _PAGE.finditer(stderr):
        pages[match["verb"]].add(match["name"])
    return not pages["Sending"].isdisjoint(pages["Found"])


def without_log(stderr: str) -> str:
    """Return what uv says besides its log."""
    return _LOG_LINE.sub("", stderr)


def suspects(stderr: str, question: str) -> frozenset[str]:
    """Return the direct requirements that uv's explanation names: a good guess at the conflict, no proof."""
    return frozenset(
        wanted.name
        for dependence in derivation.read(stderr).dependences
        if _is_project(dependence, question)
        for wanted in dependence.wanted
    )


def reason(stderr: str, question: str) -> str:
    """Say in a line why the requirements exclude each other.

    Where some requirers want versions of one distribution that exclude each other, they are put as
    ``a 1.0 needs x<2, b 3.0 needs x>=2``. Anything else is what uv's proof rests on, in its words, shortened.
    """
    proof = derivation.read(stderr)
    wishes = _wishes(proof.dependences, question)
    pinned = {
        wanted.name: wanted.bound.removeprefix("==")
        for dependence in proof.dependences
        if _is_project(dependence, question)
        for wanted in dependence.wanted
        if wanted.bound.startswith("==") and "*" not in wanted.bound
    }
    for wishers in reversed(wishes.values()):
        for pair in combinations(wishers, 2):
            if all(_exclude(one, other) for one in pair[0].wanted for other in pair[1].wanted):
                return _told(pair, pinned)
    for name, wishers in reversed(wishes.items()):
        if name in proof.limited and len(wishers) > 1:
            together = "both" if len(wishers) == 2 else "all of that"
            return f"{_told(wishers, pinned)}, and no version of {name} is {together}"
    others = [premise for premise in proof.premises if not premise.startswith(f"{question} depends on ")]
    return _shortened(", and ".join(map(_in_words, others)) or " ".join(first_lines(stderr)))


@dataclass(frozen=True, slots=True)
class _Wisher:
    """A distribution, or the project, that wants certain versions of another."""

    name: str
    """Canonical name; empty for the project."""
    ranges: tuple[str, ...]
    """Which versions of the wisher say so; an empty text is all of them."""
    wanted: tuple[Term, ...]


def _is_project(dependence: Dependence, question: str) -> bool:
    return dependence.requirers[0].name == question


def _wishes(dependences: Iterable[Dependence], question: str) -> dict[str, tuple[_Wisher, ...]]:
    """Return wanted distribution → who wants which versions of it; those who take any version left out."""
    found: dict[str, dict[str, _Wisher]] = {}
    for dependence in dependences:
        project = _is_project(dependence, question)
        name = "" if project else dependence.requirers[0].name
        ranges = () if project else tuple(term.bound for term in dependence.requirers)
        for wanted in dependence.wanted:
            if not wanted.bound:
                continue
            wishers = found.setdefault(wanted.name, {})
            known = wishers.get(name, _Wisher(name, (), ()))
            wishers[name] = _Wisher(
                name,
                tuple(dict.fromkeys((*known.ranges, *ranges))),
                tuple(dict.fromkeys((*known.wanted, wanted))),
            )
    return {name: tuple(wishers.values()) for name, wishers in found.items()}


def _exclude(one: Term, other: Term) -> bool:
    try:
        return are_disjoint(SpecifierSet(one.bound), SpecifierSet(other.bound))
    except InvalidSpecifier:
        return False


def _told(wishers: Iterable[_Wisher], pinned: Mapping[str, str]) -> str:
    ordered = sorted(wishers, key=lambda wisher: (not wisher.name, wisher.name))
    return ", ".join(
        f"{_called(wisher, pinned)} {' or '.join(term.text for term in wisher.wanted)}" for wisher in ordered
    )


def _called(wisher: _Wisher, pinned: Mapping[str, str]) -> str:
    if not wisher.name:
        return "the project requires"
    version = pinned.get(wisher.name)
    if version is None and len(wisher.ranges) == 1:
        only = wisher.ranges[0]
        version = only.removeprefix("==") if only.startswith("==") else None
        if version is None:
            return f"{wisher.name}{only} needs"
    return f"{wisher.name} {version} needs" if version else f"{wisher.name} needs"


def _in_words(premise: str) -> str:
    return re.sub(r"^all versions of (\S+) depend on ", r"\1 needs ", premise).replace(
        " depends on ", " needs "
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 400 else text[:200].rstrip() + " … " + text[-199:].lstrip()


def first_lines(stderr: str, most: int = 6) -> tuple[str, ...]:
    """Return the beginning of uv's own message, for a failure that is not about versions."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    lines = [line for line in lines if not _PROGRESS.match(line)]
    lines = [_LEADING.sub("", line) for line in lines if not line.startswith("hint:")]
    return tuple(lines[:most])
