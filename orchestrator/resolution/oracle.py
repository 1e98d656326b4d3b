"""The oracle of the grouping: items instead of requirements, and distributions that install the same modules."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestrator.grouping import Conflict, Verdict
from orchestrator.resolution.implied import Facts
from orchestrator.resolution.leaks import find_leak
from orchestrator.resolution.proof_check import certified
from orchestrator.resolution.setbacks import SetbackFinder, reason
from orchestrator.uv import failure, request_files
from orchestrator.uv.dispute import comparable
from orchestrator.uv.model import Resolution
from orchestrator.uv.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.resolution.implied import Implied
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.uv.model import Demand, Release


class UvOracle:
    """Answers whether items go together, and with which pins.

    :param items: in the order of the indices that questions use.
    :param clashes: pairs of distributions that write the same files: never together, whatever uv says.
    :param settled: versions that a distribution may have, however old they are.
    """

    def __init__(
        self,
        resolver: Resolver,
        items: Sequence[Item],
        clashes: Iterable[frozenset[str]] = (),
        settled: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self.resolver = resolver
        self._items = tuple(items)
        self._clashes = tuple(clashes)
        self._facts = Facts(self._items, self._from_elsewhere())
        self._implied: dict[frozenset[int], Conflict] = {}
        self.setbacks = SetbackFinder(resolver, self._items, settled)

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        """Resolve *members* together.

        :raises ResolutionError: if the index cannot be reached.
        """
        [verdict] = self.ask_many([(members, preferences)])
        return verdict

    def ask_many(self, questions: Sequence[tuple[frozenset[int], Mapping[str, str]]]) -> list[Verdict]:
        """Answer several questions in parallel."""
        answers = self.resolver.resolve_many(
            [(self._demands(members), preferences) for members, preferences in questions]
        )
        for (members, _), answer in zip(questions, answers, strict=True):
            self._learn(members, answer)
        return [
            self._certified(members, answer) if isinstance(answer, Refusal) else self._judge(members, answer)
            for (members, _), answer in zip(questions, answers, strict=True)
        ]

    def conflicts(self, members: frozenset[int]) -> list[Conflict]:
        """Return conflicts among *members* that follow from what uv has said; without a question."""
        return [self._told(each) for each in self._facts.conflicts(members)]

    def _told(self, implied: Implied) -> Conflict:
        """Put a conflict into words, once: the same ones follow again and again."""
        if implied.items not in self._implied:
            told = failure.reason("", implied.proof, request_files.NAME, self._importers(implied.items))
            self._implied[implied.items] = Conflict(implied.items, told.text, told.about)
        return self._implied[implied.items]

    def untold(self, members: frozenset[int]) -> frozenset[int]:
        """Return those of *members* of which uv has said nothing that a conflict could follow from."""
        return frozenset() if self.resolver.rules else self._facts.untold(members)

    def _learn(self, members: frozenset[int], answer: Resolution | Refusal) -> None:
        """Take up what an answer says of releases, unless the question changed that."""
        if isinstance(answer, Resolution):
            self._facts.heard_of(members)
        if self.resolver.rules or any(each.constraints or each.bare for each in self._demands(members)):
            return
        self._facts.learn(answer.told)

    def _from_elsewhere(self) -> Iterator[str]:
        """Yield the distributions that do not come from the index where the project asks for them itself."""
        yield from map(canonicalize_name, self.resolver.project.uv_sources)
        for item in self._items:
            for demand in item.demands:
                requirements = (demand.parsed, *map(Requirement, demand.additions))
                yield from (canonicalize_name(each.name) for each in requirements if each.url)

    def _certified(self, members: frozenset[int], refusal: Refusal) -> Verdict:
        items = {index: self._items[index] for index in members}
        overridden = bool(self.resolver.rules)
        return certified(self._refusal(members, refusal), refusal, items, overridden=overridden)

    def _demands(self, members: frozenset[int]) -> list[Demand]:
        return [demand for index in sorted(members) for demand in self._items[index].demands]

    def union_is_satisfiable(self, one: Mapping[str, str], other: Mapping[str, str]) -> bool:
        """Whether two complete resolutions make a joint one: same versions where they meet, and no clash."""
        if any(other.get(name, version) != version for name, version in one.items()):
            return False
        union = {*one, *other}
        return not any(
            pair <= union and not pair <= set(one) and not pair <= set(other) for pair in self._clashes
        )

    def _judge(self, members: frozenset[int], resolution: Resolution) -> Verdict:
        refused = (
            self._clash(members, resolution)
            or self._leak(members, resolution)
            or self._setback(members, resolution)
        )
        return refused or Verdict(
            satisfiable=True,
            pins={name: pin.version for name, pin in resolution.pins.items()},
            resolution=resolution,
        )

    def _clash(self, members: frozenset[int], resolution: Resolution) -> Verdict | None:
        """Refuse distributions that install the same modules."""
        for clash in self._clashes:
            one, other = sorted(clash)
            if resolution.clashes(one, other):
                reason = f"{one} and {other} provide the same module"
                return Verdict(
                    False,
                    suspects=self._bringing(members, resolution, (one, other)),
                    reason=reason,
                    about=clash,
                )
        return None

    def _leak(self, members: frozenset[int], resolution: Resolution) -> Verdict | None:
        """Refuse an override that would reach somebody it is not meant for."""
        resolver = self.resolver
        leak = find_leak(resolution, self._demands(members), resolver.rules, resolver.defaults)
        if leak is None:
            return None
        version = resolution.pins[leak.dependency].version
        return Verdict(
            False,
            suspects=self._bringing(members, resolution, (leak.overridden, leak.neighbour)),
            reason=f"{leak.overridden} is to use {leak.dependency} {version}, "
            f"{leak.neighbour} keeps {leak.dependency} {leak.default}",
            about=frozenset((leak.overridden, leak.dependency, leak.neighbour)),
        )

    def _setback(self, members: frozenset[int], resolution: Resolution) -> Verdict | None:
        """Refuse what makes a direct requirement far older than it is without the others."""
        found = self.setbacks.first(members, resolution) if len(members) > 1 else None
        if found is None:
            return None
        setback, suspects = found
        return Verdict(
            False,
            suspects=suspects,
            reason=reason(setback, self.resolver),
            about=frozenset({setback.name}),
        )

    def _bringing(
        self, members: frozenset[int], resolution: Resolution, names: tuple[str, str]
    ) -> frozenset[int]:
        """Return who brings two distributions: one member if it brings both."""
        reachable = {index: self._items[index].brings(resolution) for index in sorted(members)}
        both = [index for index, found in reachable.items() if found.issuperset(names)]
        if both:
            return frozenset(both[:1])
        sides = [[index for index, found in reachable.items() if name in found][:1] for name in names]
        return frozenset(index for side in sides for index in side)

    def _refusal(self, members: frozenset[int], refusal: Refusal) -> Verdict:
        if refusal.is_about_versions:
            named = failure.suspects(refusal.proof, request_files.NAME)
            reason = failure.reason(
                refusal.stderr,
                refusal.proof,
                request_files.NAME,
                self._importers(members),
                self._bounds(members),
            )
            return Verdict(
                satisfiable=False,
                suspects=frozenset(index for index in members if self._is_named(index, named)),
                reason=reason.text + self._unless_built(refusal),
                about=reason.about,
            )
        return Verdict(satisfiable=False, reason="; ".join(failure.first_lines(refusal.stderr)))

    def _unless_built(self, refusal: Refusal) -> str:
        names = failure.without_wheels(refusal.stderr) & self.resolver.unbuilt
        return f", unless an old {' or '.join(sorted(names))} is built from its source" if names else ""

    def _importers(self, members: frozenset[int]) -> dict[str, Release]:
        """Return for whom something is asked: that of a split distribution is not what the project requires."""
        return {
            demand.name: demand.chain[-1]
            for demand in reversed(self._demands(members))
            if len(demand.chain) > 1
        }

    def _bounds(self, members: frozenset[int]) -> dict[str, str]:
        """Return whose constraint a bound is; what the project itself asks for is nobody's."""
        demands = self._demands(members)
        asked = {comparable(demand.text) for demand in demands}
        return {
            bound: demand.name
            for demand in reversed(demands)
            for bound in demand.constraints
            if comparable(bound) not in asked
        }

    def _is_named(self, index: int, named: frozenset[str]) -> bool:
        return any(not named.isdisjoint(demand.names) for demand in self._items[index].demands)
