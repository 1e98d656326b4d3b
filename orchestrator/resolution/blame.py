"""Errors that show both sides: who wants what of a distribution, through whom, and where that is written.

uv's proof (:mod:`orchestrator.uv.derivation`) names every link between the project and the
distribution that is fought over; here the links become chains: ``my-app → mid 1.0 → dep-a 1.0 → low<2``.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from orchestrator.config.disjoint import are_disjoint
from orchestrator.config.faults import join_words
from orchestrator.errors import ResolutionError
from orchestrator.uv import derivation, failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.uv.derivation import Dependence, Derivation, Term

_LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Demand:
    """What somebody wants of the distribution that is fought over."""

    chain: tuple[str, ...]
    """From a direct requirement's distribution to the one that wants it: ``("mid 1.0", "dep-a 1.0")``; empty
    if the project itself wants it."""
    wants: str
    """``low<2``."""
    place: str = ""
    """Where the direct requirement is written: ``pyproject.toml:4: project.dependencies[0]``."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Why some requirements cannot be satisfied together."""

    over: str
    """Canonical name of the distribution; empty if uv's proof is not about a single one."""
    demands: tuple[Demand, ...]
    note: str = ""
    """What has to be known besides: ``no version of low is both``. Alone, it is the whole reason."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A direct requirement that is unsatisfiable by itself."""

    requirement: str
    """As written."""
    place: str
    contest: Contest
    hint: str


def contest(
    stderr: str,
    question: str,
    places: Mapping[str, str] | None = None,
    constraints: Mapping[str, str] | None = None,
) -> Contest:
    """Return who fights over what in uv's explanation of an unsatisfiable question.

    :param question: the name of the project that uv was asked to resolve.
    :param places: canonical name of each direct requirement → where it is written.
    :param constraints: bounds that uv was given besides, PEP 508 → where each is written. uv ascribes them to
        whoever wants the distribution.
    """
    proof = derivation.read(stderr)
    wishes = _wishes(proof, question)
    bounds = {_comparable(text): place for text, place in (constraints or {}).items()}

    def told(wishers: Iterable[_Wish]) -> tuple[Demand, ...]:
        return _demands(wishers, proof, question, places or {}, bounds)

    for over in reversed(wishes):
        for pair in combinations(wishes[over], 2):
            if all(_exclude(one, other) for one in pair[0].ranges for other in pair[1].ranges):
                return Contest(over, told(pair))
    for over, wishers in reversed(wishes.items()):
        notes = _notes(over, proof)
        if notes and len(wishers) > 1:
            together = "both" if len(wishers) == 2 else "all of that"
            notes = f"no version of {over} is {together}"
        if notes:
            return Contest(over, told(wishers), notes)
    return Contest("", (), failure.reason(stderr, question))


def cannot_be_installed(project: str, refused: Sequence[Refused]) -> ResolutionError:
    """Return the error of requirements that are unsatisfiable even alone."""
    texts = [f"`{each.requirement}`" for each in refused]
    causes = [
        cause
        for each in refused
        for cause in (f"{each.place} = {each.requirement!r}", *_causes(project, each.contest, each.place))
    ]
    return ResolutionError(
        f"{' and '.join(texts)} cannot be installed, even alone",
        causes=tuple(causes),
        hints=tuple(dict.fromkeys(each.hint for each in refused if each.hint)),
    )


def cannot_be_together(
    project: str, together: Sequence[str], place: str, contest: Contest
) -> ResolutionError:
    """Return the error of requirements that `[tool.mvenv] together` joins and that exclude each other.

    :param place: where that is written.
    """
    return ResolutionError(
        f"{join_words(together, 'and')} cannot share an environment, as `together` asks",
        causes=(f"{place}: {', '.join(together)}", *_causes(project, contest)),
        hints=(
            "take one of them out of `together`: each then gets the versions it needs",
            *_bounds_hint(contest),
        ),
    )


def no_single_version(project: str, name: str, place: str, contest: Contest) -> ResolutionError:
    """Return the error of a distribution that `[tool.mvenv] singletons` wants once and that cannot be.

    :param place: where that is written.
    """
    return ResolutionError(
        f"no version of `{name}` will do for everybody, as `singletons` asks",
        causes=(f"{place}: {name}", *_causes(project, contest)),
        hints=(
            f"take `{name}` out of `singletons`: each side then gets the version it needs",
            *_bounds_hint(contest),
        ),
    )


def _causes(project: str, contest: Contest, known_place: str = "") -> tuple[str, ...]:
    # A single thing that the project itself asks for is what the error begins with.
    told = () if len(contest.demands) == 1 and not contest.demands[0].chain else contest.demands
    lines = []
    for demand in told:
        place = f"{demand.place}: " if demand.place and demand.place != known_place else ""
        lines.append(place + " → ".join((project, *demand.chain, demand.wants)))
    return (*lines, *filter(None, (contest.note,)))


def _bounds_hint(contest: Contest) -> tuple[str, ...]:
    if len(contest.demands) < 2:
        return ()
    return (f"or ask for other versions of what leads to {contest.over}",)


@dataclass(frozen=True, slots=True)
class _Wish:
    requirer: str
    """Canonical name, or that of the question."""
    ranges: tuple[Term, ...]
    """Any of which will do."""


def _wishes(proof: Derivation, question: str) -> dict[str, list[_Wish]]:
    """Return wanted distribution → who wants what of it."""
    found: dict[str, dict[tuple[str, int | str], dict[Term, None]]] = {}
    for dependence in proof.dependences:
        requirer = dependence.requirers[0].name
        is_choice = _is_choice(dependence, proof)
        for number, wanted in enumerate(dependence.wanted):
            # Everything the question wants is wanted at once. Of others, the versions of a requirer want one
            # range each, and a single version can want several at once only if a constraint was added.
            which = wanted.text if requirer == question else 0 if is_choice else number
            found.setdefault(wanted.name, {}).setdefault((requirer, which), {})[wanted] = None
    return {
        name: [_Wish(requirer, tuple(ranges)) for (requirer, _), ranges in wishers.items()]
        for name, wishers in found.items()
    }


def _is_choice(dependence: Dependence, proof: Derivation) -> bool:
    """Whether uv says that one of several ranges will do."""
    return any(
        " one of: " in premise and all(term.text in premise for term in dependence.wanted)
        for premise in proof.premises
    )


def _comparable(text: str) -> tuple[str, SpecifierSet]:
    requirement = Requirement(text)
    return canonicalize_name(requirement.name), requirement.specifier


def _exclude(one: Term, other: Term) -> bool:
    return bool(one.bound and other.bound) and are_disjoint(_specifiers(one.bound), _specifiers(other.bound))


def _specifiers(bound: str) -> SpecifierSet:
    """Return a range that uv writes; any version where it is written in a way that is not PEP 440's."""
    try:
        return SpecifierSet(bound)
    except InvalidSpecifier:
        return SpecifierSet()


def _notes(name: str, proof: Derivation) -> str:
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


def _demands(
    wishers: Iterable[_Wish],
    proof: Derivation,
    question: str,
    places: Mapping[str, str],
    bounds: Mapping[tuple[str, SpecifierSet], str],
) -> tuple[Demand, ...]:
    versions = _versions(proof)
    requires: dict[str, dict[str, None]] = {}
    for dependence in proof.dependences:
        known = requires.setdefault(dependence.requirers[0].name, {})
        known |= dict.fromkeys(term.name for term in dependence.wanted)
    chains = _shortest(question, requires)
    found = []
    for wish in wishers:
        wants = " or ".join(term.text for term in wish.ranges)
        first = wish.ranges[0]
        bound = bounds.get((first.name, _specifiers(first.bound))) if len(wish.ranges) == 1 else None
        if bound is not None:
            found.append(Demand((), wants, bound))
            continue
        chain = chains.get(wish.requirer, (wish.requirer,))
        shown = tuple(f"{name} {versions[name]}" if name in versions else name for name in chain)
        found.append(Demand(shown, wants, places.get(chain[0] if chain else first.name, "")))
    return tuple(sorted(found, key=lambda demand: (not demand.chain, demand.chain)))


def _versions(proof: Derivation) -> dict[str, str]:
    """Return the distributions of which the proof considers a single version."""
    ranges: dict[str, set[str]] = {}
    pinned: dict[str, str] = {}
    for dependence in proof.dependences:
        for requirer in dependence.requirers:
            ranges.setdefault(requirer.name, set()).add(requirer.bound)
        for wanted in dependence.wanted:
            if _is_pin(wanted.bound):
                pinned.setdefault(wanted.name, wanted.bound.removeprefix("=="))
    only = {name: next(iter(bounds)) for name, bounds in ranges.items() if len(bounds) == 1}
    return {name: bound.removeprefix("==") for name, bound in only.items() if _is_pin(bound)} | pinned


def _is_pin(bound: str) -> bool:
    return bound.startswith("==") and "*" not in bound and "," not in bound


def _shortest(start: str, requires: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return each distribution that *start* leads to → the shortest way there, *start* left out."""
    chains: dict[str, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        current = waiting.popleft()
        for name in requires.get(current, ()):
            if name not in chains:
                chains[name] = (*chains[current], name)
                waiting.append(name)
    return chains
