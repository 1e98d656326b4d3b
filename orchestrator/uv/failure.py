"""Telling uv's failures apart by what it wrote: exit code 1 covers all of them."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from packaging.utils import canonicalize_name

from orchestrator.uv.derivation import read
from orchestrator.uv.dispute import comparable, dispute, specifiers, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
# The server can be reached, and what is asked for is not there.
_NOWHERE = re.compile(r"HTTP status client error \((?:404|410) ")
# What uv says of its own progress, before the error.
_PROGRESS = re.compile(
    r"(?:Resolved|Prepared|Audited|Installed|Uninstalled) \d"
    r"|(?:Using|Creating|Downloading|Downloaded|Building|Built) |warning:"
)
# What uv quotes of a file, and where in it.
_QUOTED = re.compile(r"(?:\d+ )?\|(?: |$)|\^+$")
_HINT = "hint:"
# An option of uv's command line, which mvenv has not, but a configuration file of uv's.
_OPTION = re.compile(r"`--(prerelease|index-strategy)[= ]([\w-]+)`")
# uv takes the word before the name of the question for a version of it.
_MISTAKEN = re.compile(r"requested with a pre-release marker \(e\.g\., (?:Because|And)\b")

_SECTION = re.compile(r"\s+\[(?P<name>stdout|stderr)\]")
_OF_ANY_BUILD = frozenset({"The build backend returned an error"})
_ERROR = re.compile(r"(?:\w*Error|\b[Ee]rror|\bfatal|\bFATAL)\b.{0,20}?:|\bnot found\b|No such file")
_FRAME = re.compile(r"\s+File \"[^\"]+\", line \d+")
# The beginnings of tracebacks, warnings, a compiler's quotations, rules of dashes and stars.
_NOISE = re.compile(
    r"^\s*(?:Traceback \(most recent|[\^~|]|\d+ \||[-=*!#]{3,}|warning:|note:|During handling of|The above exception)"
    r"|^\s*$|Warning: "
)
_MOST_OF_BUILD = 3

_LEADING = re.compile(r"^(?:error: |cause: |\N{MULTIPLICATION SIGN} |[├╰]─▶ |│ )+")

_NOT_FOUND = re.compile(r"([\w.-]+) was not found in the (?:package registry|cache)")
_NOT_BUILT = re.compile(r"Failed to (?:build|download and build) `([A-Za-z0-9][\w.-]*?)==")
_WHEELS_REQUIRED = re.compile(r"^hint: Wheels are required for `([^`]+)`", re.MULTILINE)
_NO_VERSION = re.compile(r"there (?:is|are) no versions? of|only \S+ is available")


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
    if is_nowhere(stderr):
        return Kind.OTHER
    if any(sign in stderr for sign in _TROUBLE_WITH_NETWORK):
        return Kind.NETWORK
    return Kind.OTHER


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
    stderr: str,
    proof: Derivation,
    question: str,
    importers: Mapping[str, Release] | None = None,
    bounds: Mapping[str, str] | None = None,
) -> Reason:
    """Say in a line why the requirements exclude each other.

    Where some requirers want versions of one distribution that exclude each other, they are put as
    ``a 1.0 needs x<2, b 3.0 needs x>=2``. Anything else is what uv's proof rests on, in its words, shortened.

    :param proof: what *stderr* says, read.
    :param importers: what the question asks for on behalf of a distribution → that distribution.
    :param bounds: what uv was given besides, PEP 508 → the requirement whose constraint it is. uv ascribes them to the
        question.
    """
    found = dispute(proof, question)
    claims = [claim for claim in found.claims if any(term.bound for term in claim.ranges)]
    if len(claims) > 1:
        claims.sort(key=lambda claim: (claim.requirer == question, claim.requirer))
        known, importer = versions(proof), (importers or {}).get(found.over)
        owners = {comparable(bound): owner for bound, owner in (bounds or {}).items()}
        told, names = [], {found.over, *(claim.requirer for claim in claims)}
        for claim in claims:
            first = claim.ranges[0]
            owner = owners.get((first.name, specifiers(first.bound))) if len(claim.ranges) == 1 else None
            if claim.requirer != question:
                told.append(f"{_called(claim, known)} {claim.text}")
            elif owner is not None:
                told.append(f"the constraints of {owner} say {claim.text}")
                names.add(owner)
            else:
                told.append(f"{_project(importer)} {claim.text}")
        text = ", and ".join(filter(None, (", ".join(told), found.note)))
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


def without_wheels(stderr: str) -> frozenset[str]:
    """Return the distributions for which uv's refusal rests on it that no source distribution may be built."""
    return frozenset(map(canonicalize_name, _WHEELS_REQUIRED.findall(stderr)))


def built(said: str) -> str | None:
    """Return the distribution of which uv says that a release could not be built, if it says so."""
    match = _NOT_BUILT.search(said)
    return None if match is None else canonicalize_name(match[1])


def is_nowhere(stderr: str) -> bool:
    """Tell whether uv was sent to an address that a server says to be nothing's."""
    return _NOWHERE.search(stderr) is not None


def is_of_a_build(stderr: str) -> bool:
    """Tell whether uv's failure is that of a build back end."""
    return any(_LEADING.sub("", line.strip()) in _OF_ANY_BUILD for line in stderr.splitlines())


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
    """Return the beginning of uv's own message, for a failure that is not about versions.

    Of a build that failed uv repeats all that was written meanwhile; of that the reason alone is kept.
    """
    lines, output = _parted(stderr)
    found = [
        _without_conclusion(_LEADING.sub("", line))
        for line in map(str.strip, lines)
        if not _PROGRESS.match(line) and not _QUOTED.match(line)
    ]
    told = [line for line in found if line not in _OF_ANY_BUILD] if output else found
    reason = _reason_of_build(output)
    return (*told[: max(most - len(reason), 1)], *reason)


def _without_conclusion(line: str) -> str:
    """Return what uv's explanation in a line rests on, without what follows from that; other lines as they are."""
    premises = [each for each in read(line).premises if not each.startswith("you require ")]
    return ", and ".join(map(_in_words, premises)) or line


def hints(stderr: str) -> tuple[str, ...]:
    """Return what uv itself advises, a line each; of its options, those of a configuration file as it has them."""
    found: list[str] = []
    for line in _parted(stderr, hints=True)[0]:
        if line.startswith(_HINT):
            found.append(line.removeprefix(_HINT).strip())
        else:
            found[-1] += f" {line.strip()}"
    return tuple(
        dict.fromkeys(
            _OPTION.sub(r'`\1 = "\2"` in `[tool.uv]`', hint) for hint in found if not _MISTAKEN.search(hint)
        )
    )


def is_specific(hint: str) -> bool:
    """Tell whether a hint of uv's says more than that a build has failed."""
    return not hint.startswith("Build failures usually indicate ")


def _parted(stderr: str, *, hints: bool = False) -> tuple[list[str], list[str]]:
    """Part what uv says itself, before its hints or of them, from what a build wrote; without empty lines."""
    lines = stderr.splitlines()
    first = next((number for number, line in enumerate(lines) if line.startswith(_HINT)), len(lines))
    said: list[str] = []
    outputs: dict[str, list[str]] = {}
    section: list[str] | None = None
    for line in lines[first:] if hints else lines[:first]:
        title = _SECTION.fullmatch(line)
        if title is not None:
            section = outputs.setdefault(title["name"], [])
        elif line[:1].strip():  # uv indents what it repeats
            section = None
        if line.strip() and title is None:
            (said if section is None else section).append(line)
    return said, outputs.get("stderr") or outputs.get("stdout") or []


def _reason_of_build(output: Sequence[str]) -> list[str]:
    """Return the lines that tell why a build failed: the errors and the last; without any, how it begins and ends."""
    meaningful: list[str] = []
    frame = (
        -1
    )  # how far a line of a traceback that says where is indented; what it quotes is indented further
    for line in output:
        depth = len(line) - len(line.lstrip())
        if _FRAME.match(line):
            frame = depth
        elif frame < 0 or depth <= frame:
            frame = -1
            if not _NOISE.search(line):
                meaningful.append(line.strip())
    named = [line for line in meaningful if _ERROR.search(line)]
    if named:
        kept = [*named[:_MOST_OF_BUILD], meaningful[-1]]
    elif len(meaningful) <= 2 * _MOST_OF_BUILD:
        kept = meaningful
    else:
        kept = [*meaningful[:_MOST_OF_BUILD], *meaningful[-_MOST_OF_BUILD:]]
    kept = list(dict.fromkeys(kept))
    return [_shortened(line) for line in kept]
