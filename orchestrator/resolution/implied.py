"""Conflicts that follow from what uv has said already, of who wants which versions of what.

Each answer tells what some releases depend on. Where that puts two requirements on versions of one distribution that
exclude each other, by the arithmetic of PEP 440, they are in conflict, whatever question the facts came from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from orchestrator.config.disjoint import are_disjoint
from orchestrator.resolution.proof_check import covers, extras, specifiers
from orchestrator.uv import request_files
from orchestrator.uv.derivation import Dependence, Derivation, Term

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from packaging.requirements import Requirement

    from orchestrator.resolution.items import Item

_MANY = 1 << 16


class Implied(NamedTuple):
    """Two items that exclude each other."""

    items: frozenset[int]
    proof: Derivation
    """Who wants what, in the form of uv's proofs."""


@dataclass(slots=True)
class _Wanted:
    """What an item wants of one distribution, as far as is known."""

    extras: set[str] = field(default_factory=set)
    claims: dict[tuple[str, ...], Dependence] = field(default_factory=dict)
    """Ranges of which one has to be met → who says so."""


class Facts:
    """What is known of who depends on what.

    :param items: those that conflicts are among, by index.
    :param elsewhere: distributions (canonical names) that come from elsewhere than the index for some questions.
    """

    def __init__(self, items: Sequence[Item], elsewhere: Iterable[str] = ()) -> None:
        asked = [wanted.parsed for item in items for wanted in item.demands]
        # What is said of all versions is said of those that are considered: of pre-releases if one is asked for.
        self._ignored = {
            *elsewhere,
            *(canonicalize_name(each.name) for each in asked if each.specifier.prereleases),
        }
        self._roots = {
            index: [wanted.parsed for wanted in item.demands]
            for index, item in enumerate(items)
            if not any(wanted.bare for wanted in item.demands)
        }
        self._known: dict[str, dict[Dependence, None]] = {}
        self._changed: dict[str, int] = {}
        self._wants: dict[int, tuple[int, Mapping[str, _Wanted]]] = {}
        self._heard: set[int] = set()
        self._state = 0

    def learn(self, dependences: Iterable[Dependence]) -> None:
        """Take up what an answer has said; it must hold of the releases whatever was asked."""
        for each in dependences:
            name = each.requirers[0].name
            if name == request_files.NAME or name in self._ignored:
                continue
            known = self._known.setdefault(name, {})
            if each not in known:
                known[each] = None
                self._state += 1
                self._changed[name] = self._state

    def heard_of(self, members: Iterable[int]) -> None:
        """Note that there is nothing more to be heard of some items for now: they go together."""
        self._heard.update(members)

    def untold(self, members: Iterable[int]) -> frozenset[int]:
        """Return those of *members* of which nothing has been said."""
        return frozenset(
            index
            for index in members
            if index not in self._heard
            and not any(canonicalize_name(each.name) in self._known for each in self._roots.get(index, ()))
        )

    def conflicts(self, members: Collection[int]) -> list[Implied]:
        """Return pairs of *members* that exclude each other: of each contested distribution enough to part them all."""
        claims: dict[str, dict[int, list[tuple[tuple[str, ...], Dependence]]]] = {}
        for index in sorted(members):
            for name, wanted in self._wanted_by(index).items():
                bounded = [claim for claim in wanted.claims.items() if "" not in claim[0]]
                if bounded:
                    claims.setdefault(name, {})[index] = bounded
        found: dict[frozenset[int], Implied] = {}
        for name in sorted(claims):
            apart: list[int] = []
            for index, own in claims[name].items():
                exclusive = True
                for other in apart:
                    clash = _clash(own, claims[name][other])
                    if clash is None:
                        exclusive = False
                    else:
                        pair = frozenset({index, other})
                        found.setdefault(pair, Implied(pair, Derivation((), clash, frozenset())))
                if exclusive:
                    apart.append(index)
        return list(found.values())

    def _wanted_by(self, index: int) -> Mapping[str, _Wanted]:
        """Return what an item is known to want; nothing of one that contradicts itself."""
        known = self._wants.get(index)
        if known is not None and all(self._changed.get(name, 0) <= known[0] for name in known[1]):
            return known[1]
        wants = self._followed(self._roots.get(index, ()))
        contradictory = any(
            _clash(list(each.claims.items()), list(each.claims.items())) for each in wants.values()
        )
        self._wants[index] = self._state, {} if contradictory else wants
        return self._wants[index][1]

    def _followed(self, roots: Iterable[Requirement]) -> dict[str, _Wanted]:
        """Return what requirements want, and what is known to be wanted by all that may be chosen for them."""
        wants: dict[str, _Wanted] = {}
        for each in roots:
            bound = str(each.specifier)
            name = canonicalize_name(each.name)
            said = Dependence(
                (Term(request_files.NAME, request_files.NAME, ""),),
                (Term(name, f"{each.name}{bound}", bound),),
            )
            wanted = wants.setdefault(name, _Wanted())
            wanted.extras |= {canonicalize_name(extra) for extra in each.extras}
            wanted.claims.setdefault((bound,), said)
        followed: set[Dependence] = set()
        waiting: list[str] = list(wants)
        while waiting:
            latest = waiting.pop()
            for dependence in self._known.get(latest, ()):
                if dependence not in followed and _applies(dependence, wants[latest]):
                    followed.add(dependence)
                    waiting += _take_up(dependence, wants)
        return wants


def _take_up(dependence: Dependence, wants: dict[str, _Wanted]) -> list[str]:
    """Add what one wants; return the names of which more is known then."""
    changed = []
    for name in dict.fromkeys(term.name for term in dependence.wanted):
        terms = [term for term in dependence.wanted if term.name == name]
        wanted = wants.setdefault(name, _Wanted())
        bounds = tuple(term.bound for term in terms)
        if None not in map(specifiers, bounds) and bounds not in wanted.claims:
            wanted.claims[bounds] = dependence
            changed.append(name)
        more = set.intersection(*(extras(term) for term in terms)) - wanted.extras
        if more:
            wanted.extras |= more
            changed.append(name)
    return changed


def _applies(dependence: Dependence, wanted: _Wanted) -> bool:
    """Whether every version that may be chosen of the requirer has this dependence."""
    return any(
        extras(term) <= wanted.extras and any(_covers(term.bound, bounds) for bounds in wanted.claims)
        for term in dependence.requirers
    )


def _clash(
    one: Sequence[tuple[tuple[str, ...], Dependence]], other: Sequence[tuple[tuple[str, ...], Dependence]]
) -> tuple[Dependence, Dependence] | None:
    """Return two claims that no version meets both of."""
    for (bounds, said), (others, by_other) in product(one, other):
        if _exclude(bounds, others):
            return said, by_other
    return None


@lru_cache(maxsize=_MANY)
def _exclude(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one != other and all(
        are_disjoint(SpecifierSet(bound), SpecifierSet(another)) for bound, another in product(one, other)
    )


@lru_cache(maxsize=_MANY)
def _covers(bound: str, wanted: tuple[str, ...]) -> bool:
    return covers(specifiers(bound), [SpecifierSet(each) for each in wanted])
