"""Telling uv's failures apart by what it wrote: exit code 1 covers all of them."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

from orchestrator.uv.dispute import dispute, versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.uv.derivation import Derivation
    from orchestrator.uv.dispute import Claim
    from orchestrator.uv.model import Release

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

_NOT_FOUND = re.compile(r"([\w.-]+) was not found in the (?:package registry|cache)")
_NO_VERSION = re.compile(r"there (?:is|are) no versions? of|only \S+ is available")

# The loggers of uv that tell of a cache miss, in the form of `RUST_LOG`, and what they say then. Offline, uv takes
# a release that it knows nothing of for one that does not exist, and answers with an older one as if all was well.
TELLING_OF_MISSES = ("uv_client=debug", "uv_resolver=warn")
_MISS = re.compile(r"^WARN .* needs to be downloaded|^DEBUG Sending fresh ", re.MULTILINE)
_PAGE = re.compile(r"^DEBUG (?P<verb>Sending|Found) .* for: \S+/(?P<name>[^/\s]+)/$", re.MULTILINE)


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


def missed_the_cache(log: str) -> bool:
    """Tell whether an offline answer lacks something that the index might have; see `TELLING_OF_MISSES`."""
    return bool(_MISS.search(log))


def fell_through(log: str) -> bool:
    """Tell whether uv took a distribution from one index although the cache did not hold what another says of it.

    Offline, uv goes on to the next index then, and what it states may be of a namesake.
    """
    pages: dict[str, set[str]] = {"Sending": set(), "Found": set()}
    for match in _PAGE.finditer(log):
        pages[match["verb"]].add(match["name"])
    return not pages["Sending"].isdisjoint(pages["Found"])


def suspects(proof: Derivation, question: str) -> frozenset[str]:
    """Return the direct requirements that uv's explanation names: a good guess at the conflict, no proof."""
    return frozenset(
        wanted.name
        for dependence in proof.dependences
        if dependence.requirers[0].name == question
        for wanted in dependence.wanted
    )


class Reason(NamedTuple):
    """Why requirements exclude each other."""

    text: str
    """A line for people."""
    about: frozenset[str]
    """The distributions that it names."""


def reason(
    stderr: str, proof: Derivation, question: str, importers: Mapping[str, Release] | None = None
) -> Reason:
    """Say in a line why the requirements exclude each other.

    Where some requirers want versions of one distribution that exclude each other, they are put as
    ``a 1.0 needs x<2, b 3.0 needs x>=2``. Anything else is what uv's proof rests on, in its words, shortened.

    :param proof: what *stderr* says, read.
    :param importers: what the question asks for on behalf of a distribution → that distribution.
    """
    found = dispute(proof, question)
    claims = [claim for claim in found.claims if any(term.bound for term in claim.ranges)]
    if len(claims) > 1:
        claims.sort(key=lambda claim: (claim.requirer == question, claim.requirer))
        known, importer = versions(proof), (importers or {}).get(found.over)
        told = [
            f"{_project(importer) if claim.requirer == question else _called(claim, known)} {claim.text}"
            for claim in claims
        ]
        text = ", and ".join(filter(None, (", ".join(told), found.note)))
        names = {found.over, *(claim.requirer for claim in claims)}
        if question in names and importer is not None:
            names.add(importer[0])
        return Reason(text, frozenset(names - {question}))
    others = [premise for premise in proof.premises if not premise.startswith(f"{question} depends on ")]
    text = _shortened(", and ".join(map(_in_words, others)) or " ".join(first_lines(stderr)))
    terms = (term for each in proof.dependences for term in (*each.requirers, *each.wanted))
    return Reason(text, frozenset({term.name for term in terms} | proof.limited) - {question})


def not_found(said: str) -> str | None:
    """Return the distribution of which uv says that there is none."""
    match = _NOT_FOUND.search(said)
    return None if match is None else canonicalize_name(match[1])


def is_without_version(said: str) -> bool:
    """Tell whether uv says that there is no version such as is asked for."""
    return _NO_VERSION.match(said) is not None


def _project(importer: Release | None) -> str:
    return "the project requires" if importer is None else f"{' '.join(importer)} needs"


def _called(claim: Claim, known: Mapping[str, str]) -> str:
    version = known.get(claim.requirer)
    if version is None and len(claim.said_by) == 1:
        return f"{claim.requirer}{claim.said_by[0]} needs"
    return f"{claim.requirer} {version} needs" if version else f"{claim.requirer} needs"


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
