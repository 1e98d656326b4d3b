"""Errors that show both sides: who wants what of a distribution, through whom, and where that is written.

uv's proof (:mod:`orchestrator.uv.derivation`) names every link between the project and the
distribution that is fought over; here the links become chains: ``my-app → mid 1.0 → dep-a 1.0 → low<2``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.config.faults import join_words
from orchestrator.errors import ResolutionError
from orchestrator.system.graphs import shortest_chains, turned
from orchestrator.uv import failure
from orchestrator.uv.dispute import comparable, dispute, specifiers, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.specifiers import SpecifierSet

    from orchestrator.uv.derivation import Derivation
    from orchestrator.uv.dispute import Claim
    from orchestrator.uv.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Side:
    """What somebody wants of the distribution that is fought over."""

    chain: tuple[str, ...]
    """From a direct requirement's distribution to the one that wants it: ``("mid 1.0", "dep-a 1.0")``; empty
    if the project itself wants it."""
    wants: str
    """``low<2``."""
    place: str = ""
    """Where the direct requirement is written: ``pyproject.toml:4: project.dependencies[0]``."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why some requirements cannot be satisfied together."""

    over: str
    """Canonical name of the distribution; empty if uv's proof is not about a single one."""
    sides: tuple[Side, ...]
    note: str = ""
    """What has to be known besides: ``no version of low is both``. Alone, it is the whole reason."""
    said: tuple[str, ...] = ()
    """Of a failure that is not about versions (a build, an index) what uv says, a line each."""
    hints: tuple[str, ...] = ()
    """What uv itself advises."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A direct requirement that is unsatisfiable by itself."""

    requirement: str
    """As written."""
    place: str
    explanation: Explanation
    hint: str
    """What to do about it, besides what uv advises."""


def explained(
    refusal: Refusal,
    question: str,
    places: Mapping[str, str] | None = None,
    constraints: Mapping[str, str] | None = None,
) -> Explanation:
    """Return why uv refuses an unsatisfiable question.

    :param question: the name of the project that uv was asked to resolve.
    :param places: canonical name of each direct requirement → where it is written.
    :param constraints: bounds that uv was given besides, PEP 508 → where each is written. uv ascribes them to
        whoever wants the distribution.
    """
    hints = failure.hints(refusal.stderr)
    if not refusal.is_about_versions:
        return Explanation("", (), said=failure.first_lines(refusal.stderr), hints=hints)
    found = dispute(refusal.proof, question)
    if not found.over:
        return Explanation("", (), failure.reason(refusal.stderr, refusal.proof, question).text, hints=hints)
    bounds = {comparable(text): place for text, place in (constraints or {}).items()}
    return Explanation(
        found.over,
        _sides(found.claims, refusal.proof, question, places or {}, bounds),
        found.note,
        hints=hints,
    )


def cannot_be_installed(project: str, refused: Sequence[Refused]) -> ResolutionError:
    """Return the error of requirements that are unsatisfiable even alone."""
    texts = [f"`{each.requirement}`" for each in refused]
    causes = [
        cause
        for each in refused
        for cause in (f"{each.place} = {each.requirement!r}", *_causes(project, each.explanation, each.place))
    ]
    return ResolutionError(
        f"{' and '.join(texts)} cannot be installed, even alone",
        causes=tuple(causes),
        hints=tuple(
            dict.fromkeys(hint for each in refused for hint in (*each.explanation.hints, each.hint) if hint)
        ),
    )


def cannot_be_together(
    project: str, together: Sequence[str], place: str, explanation: Explanation
) -> ResolutionError:
    """Return the error of requirements that `[tool.mvenv] together` joins and that exclude each other.

    :param place: where that is written.
    """
    return ResolutionError(
        f"{join_words(together, 'and')} cannot share an environment, as `together` asks",
        causes=(f"{place}: {', '.join(together)}", *_causes(project, explanation)),
        hints=(
            *explanation.hints,
            "take one of them out of `together`: each then gets the versions it needs",
            *_bounds_hint(explanation),
        ),
    )


def no_single_version(project: str, name: str, place: str, explanation: Explanation) -> ResolutionError:
    """Return the error of a distribution that `[tool.mvenv] singletons` wants once and that cannot be.

    :param place: where that is written.
    """
    return ResolutionError(
        f"no version of `{name}` will do for everybody, as `singletons` asks",
        causes=(f"{place}: {name}", *_causes(project, explanation)),
        hints=(
            *explanation.hints,
            f"take `{name}` out of `singletons`: each side then gets the version it needs",
            *_bounds_hint(explanation),
        ),
    )


def _causes(project: str, explanation: Explanation, known_place: str = "") -> tuple[str, ...]:
    # A single thing that the project itself asks for is what the error begins with.
    told = () if len(explanation.sides) == 1 and not explanation.sides[0].chain else explanation.sides
    lines = []
    for side in told:
        place = f"{side.place}: " if side.place and side.place != known_place else ""
        lines.append(place + " → ".join((project, *side.chain, side.wants)))
    return (*lines, *filter(None, (explanation.note,)), *explanation.said)


def _bounds_hint(explanation: Explanation) -> tuple[str, ...]:
    if len(explanation.sides) < 2:
        return ()
    return (f"or ask for other versions of what leads to {explanation.over}",)


def _sides(
    claims: Iterable[Claim],
    proof: Derivation,
    question: str,
    places: Mapping[str, str],
    bounds: Mapping[tuple[str, SpecifierSet], str],
) -> tuple[Side, ...]:
    single = versions(proof)
    requires: dict[str, dict[str, None]] = {}
    for dependence in proof.dependences:
        known = requires.setdefault(dependence.requirers[0].name, {})
        known |= dict.fromkeys(term.name for term in dependence.wanted)
    found = []
    for claim in claims:
        first = claim.ranges[0]
        bound = bounds.get((first.name, specifiers(first.bound))) if len(claim.ranges) == 1 else None
        if bound is not None:
            found.append(Side((), claim.text, bound))
            continue
        leading = shortest_chains([claim.requirer], [question], turned(requires))
        chain = leading[question][1:] if leading else (claim.requirer,)
        shown = tuple(f"{name} {single[name]}" if name in single else name for name in chain)
        found.append(Side(shown, claim.text, places.get(chain[0] if chain else first.name, "")))
    return tuple(sorted(found, key=lambda side: (not side.chain, side.chain)))
