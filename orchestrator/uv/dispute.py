"""Who fights over what: uv's proof, boiled down to the one distribution on which its requirers do not agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from orchestrator.config.disjoint import are_disjoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.uv.derivation import Dependence, Derivation, Term

_LONGEST_NOTE = 300
_MOST_RANGES = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """A distribution, or the question itself, that wants certain versions of another."""

    requirer: str
    """Canonical name, or that of the question."""
    said_by: tuple[str, ...]
    """Ranges of the requirer's versions that say so; an empty text is all of them."""
    ranges: tuple[Term, ...]
    """What it wants: any of these will do."""

    @property
    def text(self) -> str:
        """``low<2 or low>=3``; of many ranges those that no other holds, and of many of these the first."""
        told = self.ranges if len(self.ranges) <= _MOST_RANGES else _outermost(self.ranges)
        left = len(told) - _MOST_RANGES
        shown = " or ".join(term.text for term in told[:_MOST_RANGES])
        return f"{shown} or {left} other ranges" if left > 0 else shown


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a proof comes to."""

    over: str
    """Canonical name of the distribution; empty if the proof is not about a single one."""
    claims: tuple[Claim, ...]
    note: str = ""
    """What has to be known besides: ``no version of low is both``."""


def dispute(proof: Derivation, question: str) -> Dispute:
    """Return who fights over what in a proof that some requirements exclude each other.

    Two requirers with ranges that exclude each other are enough; else it takes what the proof says of which
    versions there are.

    :param question: the name of the project that uv was asked to resolve.
    """
    claims = _claims(proof, question)
    for over in reversed(claims):
        for pair in combinations(claims[over], 2):
            if all(_exclude(one, other) for one in pair[0].ranges for other in pair[1].ranges):
                return Dispute(over, pair)
    for over, several in reversed(claims.items()):
        note = _note(over, proof)
        if note and len(several) > 1:
            note = f"no version of {over} is {'both' if len(several) == 2 else 'all of that'}"
        if note:
            return Dispute(over, several, note)
    return Dispute("", ())


def comparable(text: str) -> tuple[str, SpecifierSet]:
    """Return what two texts of a bound (PEP 508) have in common if they say the same."""
    requirement = Requirement(text)
    return canonicalize_name(requirement.name), requirement.specifier


def specifiers(bound: str) -> SpecifierSet:
    """Return a range that uv writes; any version where it is written in a way that is not PEP 440's."""
    try:
        return SpecifierSet(bound)
    except InvalidSpecifier:
        return SpecifierSet()


def versions(proof: Derivation) -> dict[str, str]:
    """Return the distributions of which the proof considers a single version."""
    ranges: dict[str, set[str]] = {}
    pinned: dict[str, str] = {}
    for dependence in proof.dependences:
        for requirer in dependence.requirers:
            ranges.setdefault(requirer.name, set()).add(requirer.bound)
        names = [wanted.name for wanted in dependence.wanted]
        for wanted in dependence.wanted:
            if (
                _is_pin(wanted.bound) and names.count(wanted.name) == 1
            ):  # else it is one of several that will do
                pinned.setdefault(wanted.name, wanted.bound.removeprefix("=="))
    pinned = {name: version for name, version in pinned.items() if len(ranges.get(name, ())) < 2}
    only = {name: next(iter(bounds)) for name, bounds in ranges.items() if len(bounds) == 1}
    return {name: bound.removeprefix("==") for name, bound in only.items() if _is_pin(bound)} | pinned


def _claims(proof: Derivation, question: str) -> dict[str, tuple[Claim, ...]]:
    """Return wanted distribution → who wants what of it."""
    found: dict[str, dict[tuple[str, int | str], Claim]] = {}
    for dependence in proof.dependences:
        requirer = dependence.requirers[0].name
        said_by = tuple(term.bound for term in dependence.requirers)
        is_choice = _is_choice(dependence, proof)
        for number, wanted in enumerate(dependence.wanted):
            # Everything the question wants is wanted at once. Of others, the versions of a requirer want one
            # range each, and a single version can want several at once only if a constraint was added.
            which = wanted.text if requirer == question else 0 if is_choice else number
            claims = found.setdefault(wanted.name, {})
            known = claims.get((requirer, which), Claim(requirer, (), ()))
            claims[requirer, which] = Claim(
                requirer,
                tuple(dict.fromkeys((*known.said_by, *said_by))),
                tuple(dict.fromkeys((*known.ranges, wanted))),
            )
    return {name: tuple(claims.values()) for name, claims in found.items()}


def _is_choice(dependence: Dependence, proof: Derivation) -> bool:
    """Whether uv says that one of several ranges will do."""
    return any(
        " one of: " in premise and all(term.text in premise for term in dependence.wanted)
        for premise in proof.premises
    )


def _exclude(one: Term, other: Term) -> bool:
    return bool(one.bound and other.bound) and are_disjoint(specifiers(one.bound), specifiers(other.bound))


def _outermost(ranges: Sequence[Term]) -> list[Term]:
    """Leave out ranges that lie in another, as far as they have one end: ``x>=3`` lies in ``x>=2``."""
    lower: dict[Version, Term] = {}
    upper: dict[Version, Term] = {}
    others = []
    for term in ranges:
        ends = list(specifiers(term.bound))
        if len(ends) == 1 and ends[0].operator in (">=", ">"):
            lower.setdefault(Version(ends[0].version), term)
        elif len(ends) == 1 and ends[0].operator in ("<", "<="):
            upper.setdefault(Version(ends[0].version), term)
        else:
            others.append(term)
    outer = [found[end(found)] for found, end in ((lower, min), (upper, max)) if found]
    return [*outer, *others]


def _note(name: str, proof: Derivation) -> str:
    """Return what the proof says of *name* besides who depends on it: which versions there are or can be."""
    said = [
        premise
        for premise in proof.premises
        if " depend on " not in premise
        and " depends on " not in premise
        and re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)", premise)
    ]
    text = ", and ".join(said)
    return text if len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE].rstrip()} …"


def _is_pin(bound: str) -> bool:
    return bound.startswith("==") and "*" not in bound and "," not in bound
