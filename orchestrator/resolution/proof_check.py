"""Checking uv's proof that requirements exclude each other, so that they need not be asked about again.

uv states facts (``a 1.0 depends on x<2``) and a conclusion. The conclusion is only a hint; but where the facts
alone leave some distribution without a version, by the arithmetic of PEP 440 done here, the requirements that
lead there are in conflict, whatever else was in the question.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from orchestrator.config.disjoint import are_disjoint
from orchestrator.uv import request_files
from orchestrator.uv.failure import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.requirements import Requirement

    from orchestrator.grouping import Verdict
    from orchestrator.resolution.items import Item
    from orchestrator.uv.derivation import Dependence, Derivation, Term
    from orchestrator.uv.refusal import Refusal

_MANY = 1 << 16


@dataclass(slots=True)
class _Required:
    """What is known to be required of one distribution."""

    extras: set[str]
    ranges: list[tuple[SpecifierSet, ...]]
    """Each entry is met if one of its sets is."""


def certified(verdict: Verdict, refusal: Refusal, items: Mapping[int, Item], *, overridden: bool) -> Verdict:
    """Add to a verdict that its suspects are refuted by themselves, where uv's proof can be checked.

    What uv states must be facts about the releases, not about this question: a member that brings constraints
    or is asked about without its dependencies changes what uv says of others.

    :param items: all members of the question, by index.
    :param overridden: whether metadata may have been replaced.
    """
    suspects = verdict.suspects
    wanted = [each for item in items.values() for each in item.demands]
    if overridden or refusal.kind is not Kind.UNSATISFIABLE or len(suspects) < 2:
        return verdict
    if any(each.constraints or each.bare for each in wanted):
        return verdict
    named = [each.parsed for index in sorted(suspects) for each in items[index].demands]
    return replace(verdict, refuted=suspects) if excludes(refusal.proof, named) else verdict


def excludes(proof: Derivation, requirements: Iterable[Requirement]) -> bool:
    """Tell whether the facts in uv's proof alone rule out these requirements; True is certain.

    :param requirements: those that uv's conclusion names.
    """
    required: dict[str, _Required] = {}
    for wanted in requirements:
        found = required.setdefault(canonicalize_name(wanted.name), _Required(set(), []))
        found.extras |= {canonicalize_name(extra) for extra in wanted.extras}
        found.ranges.append((wanted.specifier,))
    waiting = [each for each in proof.dependences if each.requirers[0].name != request_files.NAME]
    while True:
        applying = [each for each in waiting if _applies(each, required)]
        if not applying:
            return any(_is_impossible(found) for found in required.values())
        waiting = [each for each in waiting if each not in applying]
        for dependence in applying:
            for name in dict.fromkeys(term.name for term in dependence.wanted):
                _add([term for term in dependence.wanted if term.name == name], required)


def _applies(dependence: Dependence, required: dict[str, _Required]) -> bool:
    """Whether every version that may be chosen of the requirer has this dependence."""
    found = required.get(dependence.requirers[0].name)
    return found is not None and any(
        extras(term) <= found.extras and any(covers(specifiers(term.bound), sets) for sets in found.ranges)
        for term in dependence.requirers
    )


def covers(bound: SpecifierSet | None, sets: Sequence[SpecifierSet]) -> bool:
    """Whether a range holds all versions of the sets: told for every version, equal sets, and pins; True is certain.

    :param bound: None for one that cannot be read.
    """
    return bound is not None and (not bound or all(each == bound or _is_pin_in(each, bound) for each in sets))


def _is_pin_in(sets: SpecifierSet, bound: SpecifierSet) -> bool:
    pins = [each.version for each in sets if each.operator == "==" and not each.version.endswith(".*")]
    return any(bound.contains(pin, prereleases=True) for pin in pins)


def _add(wanted: Sequence[Term], required: dict[str, _Required]) -> None:
    """Take up that a distribution is required in one of some ranges."""
    found = required.setdefault(wanted[0].name, _Required(set(), []))
    ranges = [specifiers(term.bound) for term in wanted]
    if None not in ranges:
        found.ranges.append(tuple(each for each in ranges if each is not None))
    found.extras |= set.intersection(*(extras(term) for term in wanted))


def _is_impossible(found: _Required) -> bool:
    return any(
        all(are_disjoint(a, b) for a, b in product(one, other))
        for number, one in enumerate(found.ranges)
        for other in found.ranges[:number]
    )


@lru_cache(maxsize=_MANY)
def specifiers(bound: str) -> SpecifierSet | None:
    """Return a range that uv writes; None if it is not PEP 440's."""
    try:
        return SpecifierSet(bound)
    except InvalidSpecifier:
        return None


def extras(term: Term) -> set[str]:
    """Return the extras that a term names, canonical."""
    _, bracket, rest = term.text.partition("[")
    return (
        {canonicalize_name(extra) for extra in rest.partition("]")[0].split(",") if extra}
        if bracket
        else set()
    )
