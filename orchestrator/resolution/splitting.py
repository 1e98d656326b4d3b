"""Splitting a requirement that contradicts itself: the distribution, and its dependencies one by one.

The distribution without its dependencies, and each dependency as a requirement of its own, are partitioned
like the project's requirements. What is in the distribution's group stays with it; the rest are parts that
will be found in other groups. A dependency that contradicts itself is split in the same way, to any depth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.names import name_of
from orchestrator.grouping import Unsatisfiable, partition
from orchestrator.resolution.items import Item, member_of
from orchestrator.resolution.oracle import UvOracle
from orchestrator.resolution.outcome import ResolvedConflict
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal
from runtime_shim.overrides.rules import wanted as overridden

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.requirements import Requirement

    from orchestrator.grouping import Grouping, Verdict
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.uv.model import Release


@dataclass(frozen=True, slots=True)
class Split:
    """A requirement that was split."""

    main: tuple[Demand, ...]
    """The distribution itself, and what stays with it."""
    parts: tuple[tuple[Demand, ...], ...]
    """What does not: sets that go together."""
    conflicts: tuple[ResolvedConflict, ...]
    """Why: minimal sets of its dependencies that exclude each other."""


class UnsplittableError(Exception):
    """A requirement cannot be satisfied, however it is split.

    :param chain: from the requirement that was to be split to the one that cannot be satisfied.
    :param reason: what the resolver says of the last one.
    """

    def __init__(self, chain: tuple[Demand, ...], reason: str) -> None:
        super().__init__(reason)
        self.chain = chain
        self.reason = reason


def split(demand: Demand, verdict: Verdict, resolver: Resolver, clashes: Iterable[frozenset[str]]) -> Split:
    """Split a requirement that *verdict* calls unsatisfiable.

    :raises UnsplittableError: if it has no release, or a dependency that cannot be split either.
    """
    return _Splitter(resolver, tuple(clashes)).split(demand, verdict.reason)


class _Splitter:
    def __init__(self, resolver: Resolver, clashes: tuple[frozenset[str], ...]) -> None:
        self._resolver = resolver
        self._clashes = clashes

    def split(self, demand: Demand, reason: str) -> Split:
        if demand.bare:
            raise UnsplittableError((demand,), reason)
        itself, needed = self._apart(demand, reason)
        if not needed:
            raise UnsplittableError((demand,), reason)
        parts: list[tuple[Demand, ...]] = []
        conflicts: list[ResolvedConflict] = []
        # What each dependency brings into the distribution's group: more than itself if it was split in turn.
        mains: list[tuple[Demand, ...]] = []
        oracle = self._oracle([(each,) for each in needed])
        alone = oracle.ask_many([(frozenset({index}), {}) for index in range(len(needed))])
        for dependency, verdict in zip(needed, alone, strict=True):
            if verdict.satisfiable:
                mains.append((dependency,))
                continue
            try:
                below = self.split(dependency, verdict.reason)
            except UnsplittableError as error:
                raise UnsplittableError((demand, *error.chain), error.reason) from None
            mains.append(below.main)
            parts += below.parts
            conflicts += below.conflicts
        sets = self._with_hubs(itself, mains, _hubs(needed, alone))
        found = self._partition(sets, demand)
        here = next(group for group in found.groups if 0 in group.members)
        parts += [
            tuple(each for index in group.members for each in sets[index])
            for group in found.groups
            if group is not here
        ]
        conflicts += [
            ResolvedConflict(
                tuple((member_of(sets[index][0]),) for index in sorted(conflict.members)),
                conflict.reason,
                conflict.about,
            )
            for conflict in found.conflicts
        ]
        main = tuple(each for index in here.members for each in sets[index])
        return Split(main, tuple(parts), tuple(conflicts))

    def _with_hubs(
        self, itself: Demand, mains: Sequence[tuple[Demand, ...]], hubs: Sequence[int]
    ) -> list[tuple[Demand, ...]]:
        """Return the sets to partition, the first with the distribution itself and the hubs that go together.

        Hubs are the dependencies that other dependencies use too: cut away, the distribution would see one
        version of them, and what it calls another.
        """
        kept = list(hubs)
        core = (itself, *(each for index in kept for each in mains[index]))
        if not self._oracle([core]).ask(frozenset({0}), {}).satisfiable:
            kept, core = [], (itself,)
            for index in hubs:
                if self._oracle([(*core, *mains[index])]).ask(frozenset({0}), {}).satisfiable:
                    kept.append(index)
                    core = (*core, *mains[index])
        return [core, *(main for index, main in enumerate(mains) if index not in kept)]

    def _partition(self, sets: Sequence[tuple[Demand, ...]], demand: Demand) -> Grouping:
        try:
            return partition(len(sets), self._oracle(sets))
        except Unsatisfiable as error:
            raise UnsplittableError((demand,), error.verdict.reason) from None

    def _apart(self, demand: Demand, reason: str) -> tuple[Demand, list[Demand]]:
        """Return the distribution without its dependencies, and these."""
        pin = self._resolver.release_of(demand)
        if isinstance(pin, Refusal):
            raise UnsplittableError((demand,), reason)
        own = self._resolver.metadata_of(pin)
        if own is None:
            raise UnsplittableError((demand,), reason)
        release: Release = (pin.name, pin.version)
        chain = (*demand.chain, release)
        decided = overridden(self._resolver.rules, chain)
        extras = {canonicalize_name(extra) for extra in demand.parsed.extras}
        texts = dict.fromkeys(
            [
                *(
                    _text(requirement, decided.get(canonicalize_name(requirement.name)))
                    for requirement in own.dependencies(extras, self._resolver.interpreter.markers)
                ),
                *demand.additions,
            ]
        )
        declared = {name_of(text) for text in texts}
        texts |= dict.fromkeys(
            f"{name}=={version}" for name, version in decided.items() if name not in declared
        )
        itself = replace(
            demand,
            text=demand.text if pin.source or " @ " in pin.specification else f"{pin.name}=={pin.version}",
            additions=(),
            bare=pin.version,
        )
        needed = [Demand(text, name_of(text), chain, demand.constraints) for text in texts]
        return itself, needed

    def _oracle(self, sets: Iterable[tuple[Demand, ...]]) -> UvOracle:
        return UvOracle(self._resolver, [Item(each) for each in sets], self._clashes)


def _hubs(needed: Sequence[Demand], alone: Sequence[Verdict]) -> list[int]:
    """Return which dependencies others of them use too, those with most users first."""
    users = [
        sum(
            dependency.name in verdict.pins
            for other, verdict in zip(needed, alone, strict=True)
            if other is not dependency
        )
        for dependency in needed
    ]
    return sorted((index for index, count in enumerate(users) if count), key=lambda index: -users[index])


def _text(requirement: Requirement, version: str | None) -> str:
    """Return a requirement whose marker is known to hold, with the version that an override decides."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    if version is not None:
        return f"{requirement.name}{extras}=={version}"
    if requirement.url:
        return f"{requirement.name}{extras} @ {requirement.url}"
    return f"{requirement.name}{extras}{requirement.specifier}"
