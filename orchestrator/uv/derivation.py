"""Reading uv's explanation of an unsatisfiable question: its premises, without the conclusions.

uv prints a proof of PubGrub's: ``Because A depends on X<2 and B depends on X>=2, we can conclude that …. And
because …``. The premises are facts about distributions; the conclusions only repeat them in combination.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.utils import canonicalize_name

_SENTENCE = re.compile(r"\b(?:And because|Because) (?P<premises>.*?),? we can conclude that ")
_VERB = re.compile(
    r" depends? on |\bwe know from |\bthere (?:is|are) no |\bwas not | is available$|\bare available:"
    r"| cannot | requires? | ha(?:s|ve) | does not satisfy "
)
_DEPENDS = re.compile(
    r"^(?:all versions of |all of: )?(?P<requirer>.+?) depends? on (?:one of: )?(?P<wanted>.+)$"
)
_TERM = re.compile(r"^(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?P<extras>\[[^\]]*\])?(?P<bound>\S*)$")
_AVAILABLE = re.compile(
    r"^(?:there (?:is|are) no versions? of|only(?: the following versions of)?) (?P<name>[\w.-]*\w)"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A distribution in a range of versions, as uv writes it: ``mid[fast]>=2,<3``."""

    name: str
    """Canonical name."""
    text: str
    """As uv writes it."""
    bound: str
    """The range, empty for every version."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """A premise of the form "A depends on B"."""

    requirers: tuple[Term, ...]
    """Ranges of one distribution."""
    wanted: tuple[Term, ...]
    """Ranges of one distribution, any of which will do; of the question itself, all that it requires."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What uv's proof rests on."""

    premises: tuple[str, ...]
    """In uv's words, in its order."""
    dependences: tuple[Dependence, ...]
    limited: frozenset[str]
    """Distributions (canonical names) of which the proof says which versions exist."""


def read(stderr: str) -> Derivation:
    """Return the premises of the proof in *stderr*; none if there is no proof in it."""
    premises = tuple(
        dict.fromkeys(
            premise
            for sentence in _SENTENCE.finditer(_flat(stderr))
            for premise in _split(sentence["premises"])
            if not premise.startswith("we know from ")
        )
    )
    available = [match for premise in premises if (match := _AVAILABLE.match(premise))]
    return Derivation(
        premises,
        tuple(found for premise in premises if (found := _dependence(premise)) is not None),
        frozenset(canonicalize_name(match["name"]) for match in available),
    )


def _flat(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines()]
    hint = next((number for number, line in enumerate(lines) if line.startswith("hint:")), len(lines))
    return " ".join(line for line in lines[:hint] if line)


def _split(premises: str) -> list[str]:
    """Part "A depends on B and C and D depends on E" where a new statement begins, not at every "and"."""
    parts: list[str] = []
    for piece in premises.split(" and "):
        if parts and not _VERB.search(piece):
            parts[-1] += f" and {piece}"
        else:
            parts.append(piece)
    return parts


def _dependence(premise: str) -> Dependence | None:
    match = _DEPENDS.match(premise)
    if match is None:
        return None
    requirers, wanted = _terms(match["requirer"]), _terms(match["wanted"])
    return Dependence(requirers, wanted) if requirers and wanted else None


def _terms(text: str) -> tuple[Term, ...]:
    matches = [_TERM.match(word.rstrip(",")) for word in text.split() if word != "and"]
    return tuple(
        Term(canonicalize_name(match["name"]), match[0], match["bound"])
        for match in matches
        if match is not None
    )
