"""Finding the groups of a project: its requirements as items, partitioned; what cannot be whole is split."""

from __future__ import annotations

import time
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.grouping import NO_AFFINITIES, Conflict, Deadline, Unsatisfiable, partition
from orchestrator.resolution import blame
from orchestrator.resolution.affinities import affinities
from orchestrator.resolution.assembly import assembled
from orchestrator.resolution.continuity import continuity
from orchestrator.resolution.items import Item, item_of
from orchestrator.resolution.levelling import levelled
from orchestrator.resolution.oracle import UvOracle
from orchestrator.resolution.progress import Progress
from orchestrator.resolution.refusals import RequirementPlaces, cannot_be_installed, explained
from orchestrator.resolution.splitting import UnsplittableError, split
from orchestrator.resolution.walking_back import walked_back_to
from orchestrator.uv.model import Demand, Resolution
from runtime_shim.overrides.rules import wanted as overridden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.errors import ResolutionError
    from orchestrator.grouping import Affinities, Grouping, Verdict
    from orchestrator.resolution.continuity import Continuity
    from orchestrator.resolution.kin import Kin
    from orchestrator.resolution.outcome import Groups, ResolvedConflict, Setback, Unusable
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.system.console import Reporter
    from orchestrator.uv.model import Release

# Where requirements are decides what they are resolved to, and that, which belong together.
_MOST_ROUNDS = 2


class Finder:
    """Finds the groups; what has to be split for that stays split."""

    def __init__(
        self,
        project: Project,
        requirements: Sequence[DirectRequirement],
        resolver: Resolver,
        clashes: tuple[frozenset[str], ...],
        reporter: Reporter,
        *,
        previous: Groups | None,
        solve_timeout: float | None,
        kin: Collection[Kin] = (),
        unusable: Collection[Unusable] = (),
        settled: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        self.resolver = resolver
        self._project = project
        self._clashes = clashes
        self._reporter = reporter
        self._previous = previous
        self._solve_timeout = solve_timeout
        self._kin = kin
        self._unusable = unusable
        self._settled = settled
        self._conflicts: list[ResolvedConflict] = []
        self._found: Grouping | None = None
        itself: Release = (canonicalize_name(project.name), project.version)
        decided = overridden(resolver.rules, (itself,))
        bounded = [
            replace(each, constraints=(*each.constraints, f"{each.name}=={decided[each.name]}"))
            if each.name in decided and not each.alias
            else each
            for each in requirements
        ]
        self.items = [item_of(each, itself) for each in _contracted(bounded, project.together)]

    def find(self) -> Groups:
        """Partition the items, splitting those that are unsatisfiable by themselves."""
        while True:
            oracle = UvOracle(self.resolver, self.items, self._clashes, self._settled)
            try:
                found = self._partition(oracle)
            except Unsatisfiable as error:
                self._split(error.failures)
            else:
                self._found = found
                return replace(
                    assembled(found, self.items, self._conflicts), setbacks=self._setbacks(found, oracle)
                )

    def grouped(self) -> list[list[Item]]:
        """Return the items of each group that was found last."""
        assert self._found is not None
        return [[self.items[index] for index in group.members] for group in self._found.groups]

    def look_again(self) -> None:
        """Ask the index about everything that the groups found hold."""
        self.resolver.refresh(
            [[wanted for item in items for wanted in item.demands] for items in self.grouped()]
        )

    def _partition(self, oracle: UvOracle) -> Grouping:
        """Find the groups: the fewest, with nothing that had to be built if as many do without, in equal versions."""
        deadline = Deadline(self._solve_timeout, time.monotonic)
        before = continuity(self._previous, self.items)
        known = [*self._aliases_apart(oracle), *self._known_unusable()]
        found = self._nearest(oracle, before, known, deadline)
        names: frozenset[str] = frozenset()
        while found.proved and (more := walked_back_to(found, self.items, oracle.resolver) - names):
            names |= more
            narrower = UvOracle(
                self.resolver.without_builds_of(names), self.items, self._clashes, self._settled
            )
            better = self._nearest(narrower, before, known, deadline)
            if len(better.groups) != len(found.groups):
                break
            found, oracle = better, narrower
        if len(found.groups) > 1 and not deadline.passed:
            found = levelled(found, oracle, self.items, oracle.resolver)
        return before.ordered(found)

    def _nearest(
        self, oracle: UvOracle, before: Continuity, known: Sequence[Conflict], deadline: Deadline
    ) -> Grouping:
        """Find the fewest groups; where that leaves a choice, those that keep together what belongs together."""
        found = self._partitioned(oracle, before, known, NO_AFFINITIES, deadline)
        wanted: Affinities | None = None
        for _ in range(_MOST_ROUNDS if found.proved and len(found.groups) > 1 else 0):
            told = affinities(found, self.items, oracle.resolver, self._kin, wanted)
            if told in (wanted, NO_AFFINITIES) or deadline.passed:
                break
            wanted = told
            # What is known is believed, and uv is not asked again what it has answered.
            better = self._partitioned(oracle, before, [*known, *found.conflicts], wanted, deadline)
            if not better.proved or len(better.groups) > len(found.groups):
                break
            found = better
        return found

    def _partitioned(
        self,
        oracle: UvOracle,
        before: Continuity,
        known: Iterable[Conflict],
        wanted: Affinities,
        deadline: Deadline,
    ) -> Grouping:
        return partition(
            len(self.items),
            oracle,
            reporter=Progress(self._reporter, len(self.items)),
            known=known,
            affinities=wanted,
            deadline=deadline.left,
            union_certificate=oracle.union_is_satisfiable,
            deductions=oracle,
            **before.preferences(),
        )

    def _setbacks(self, found: Grouping, oracle: UvOracle) -> tuple[Setback, ...]:
        """Return what is far older than it could be and stays so."""
        return tuple(
            setback
            for group in found.groups
            if isinstance(group.verdict.resolution, Resolution)
            for setback in oracle.setbacks.all(frozenset(group.members), group.verdict.resolution)
        )

    def _known_unusable(self) -> list[Conflict]:
        found = []
        for each in self._unusable:
            members = frozenset(
                index
                for index, item in enumerate(self.items)
                if any(one.text in each.requirements for one in item.direct)
            )
            if len(members) > 1:
                found.append(Conflict(members, each.reason))
        return found

    def _aliases_apart(self, oracle: UvOracle) -> list[Conflict]:
        """Keep an alias from the requirement of the same distribution if by themselves they differ.

        Otherwise the second version would become everybody's wherever the bounds allow it.
        """
        aliases = {
            each.name: index for index, item in enumerate(self.items) for each in item.direct if each.alias
        }
        rivals = {
            index: aliases[each.name]
            for index, item in enumerate(self.items)
            for each in item.direct
            if each.name in aliases and not each.alias
        }
        found = []
        for index, alias in rivals.items():
            verdicts = oracle.ask_many([(frozenset({each}), {}) for each in (index, alias)])
            name = self.items[alias].direct[0].name
            versions = [verdict.pins.get(name) for verdict in verdicts]
            if all(versions) and len(set(versions)) > 1:
                reason = f"`{self.items[alias].direct[0].alias}` is {name} {versions[1]}, `{name}` is {versions[0]}"
                found.append(Conflict(frozenset({index, alias}), reason, frozenset({name})))
        return found

    def _split(self, failures: Sequence[tuple[int, Verdict]]) -> None:
        """Replace items that are unsatisfiable by themselves by what can be satisfied.

        :raises ResolutionError: if that is impossible.
        """
        replaced: dict[int, Item] = {}
        parts: list[Item] = []
        refused: list[tuple[DirectRequirement, tuple[Demand, ...], str]] = []
        for index, verdict in failures:
            item = self.items[index]
            alone = self._alone(item, verdict)
            if not alone:
                raise self._not_together(item)
            wanted: list[Demand] = []
            for each in item.demands:
                if each not in alone:
                    wanted.append(each)
                    continue
                try:
                    made = split(each, alone[each], self.resolver, self._clashes)
                except UnsplittableError as error:
                    requirement = (
                        next(one for one in item.direct if one.text == each.text) if item.direct else None
                    )
                    assert requirement is not None
                    refused.append((requirement, error.chain, error.reason))
                    continue
                wanted += made.main
                parts += [Item(part) for part in made.parts]
                self._conflicts += made.conflicts
            replaced[index] = replace(item, demands=tuple(wanted))
        if refused:
            raise cannot_be_installed(self._project, refused, self.resolver)
        self.items = [replaced.get(index, item) for index, item in enumerate(self.items)] + parts

    def _alone(self, item: Item, verdict: Verdict) -> dict[Demand, Verdict]:
        """Return which requirements of an item are unsatisfiable each by itself."""
        if len(item.demands) == 1:
            return {item.demands[0]: verdict}
        oracle = UvOracle(self.resolver, [Item((each,)) for each in item.demands], self._clashes)
        verdicts = oracle.ask_many([(frozenset({index}), {}) for index in range(len(item.demands))])
        return {
            each: found for each, found in zip(item.demands, verdicts, strict=True) if not found.satisfiable
        }

    def _not_together(self, item: Item) -> ResolutionError:
        places = RequirementPlaces(self._project)
        why = explained(item.demands, self.resolver, item.direct, places)
        texts = tuple(each.text for each in item.direct)
        return blame.cannot_be_together(self._project.name, texts, places.at("tool.mvenv.together"), why)


def _contracted(
    requirements: Sequence[DirectRequirement], together: Sequence[tuple[str, ...]]
) -> list[tuple[DirectRequirement, ...]]:
    """Put the requirements that the user wants together where the first of them stands."""
    found: dict[object, list[DirectRequirement]] = {}
    for number, requirement in enumerate(requirements):
        names = (
            None if requirement.alias else next((each for each in together if requirement.name in each), None)
        )
        found.setdefault(number if names is None else names, []).append(requirement)
    return [tuple(each) for each in found.values()]
