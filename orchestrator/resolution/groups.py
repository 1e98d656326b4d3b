"""Grouping the project's direct requirements with uv as the oracle."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.location import show_place
from orchestrator.errors import ConfigError, ResolutionError
from orchestrator.grouping import Conflict, Unsatisfiable, partition
from orchestrator.resolution import blame
from orchestrator.resolution.assembly import assembled
from orchestrator.resolution.built import walked_back_to
from orchestrator.resolution.continuity import continuity
from orchestrator.resolution.items import Item, item_of
from orchestrator.resolution.leaks import defaults
from orchestrator.resolution.oracle import UvOracle
from orchestrator.resolution.progress import Progress
from orchestrator.resolution.refusals import RequirementPlaces, cannot_be_installed, explained
from orchestrator.resolution.resolver import Resolver
from orchestrator.resolution.singletons import NoSingleVersionError, common_version
from orchestrator.resolution.splitting import UnsplittableError, split
from orchestrator.system.names import OVERRIDES
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal
from runtime_shim.overrides.rules import wanted as overridden

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.grouping import Grouping, Verdict
    from orchestrator.resolution.continuity import Continuity
    from orchestrator.resolution.outcome import Groups, ResolvedConflict
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Release
    from runtime_shim.overrides.rules import Rule


def find_groups(
    project: Project,
    requirements: Sequence[DirectRequirement],
    interpreter: Interpreter,
    clashes: Iterable[frozenset[str]],
    reporter: Reporter,
    *,
    rules: Sequence[Rule] = (),
    previous: Groups | None = None,
    solve_timeout: float | None = None,
    refresh: bool = False,
) -> Groups:
    """Return the fewest groups of *requirements* that can each be installed.

    :param requirements: the direct requirements that apply to the interpreter.
    :param clashes: distributions known to install the same modules.
    :param rules: the overrides of `custom_dependencies_versions.json`.
    :param previous: an earlier answer: its partition and its pins are kept to where that is possible.
    :param solve_timeout: seconds after which the best partition found is taken.
    :param refresh: make sure that nothing in uv's cache hides a newer version; else only what the first question
        concerns is looked up again.
    :raises ResolutionError: if some requirement is unsatisfiable alone and cannot be split, if what the user
        wants together or once excludes each other, or if the index cannot be reached.
    :raises ConfigError: if an override names a version that does not exist.
    """
    started = time.monotonic()
    resolver = Resolver(project, interpreter, rules)
    plain = Resolver(project, interpreter)

    def finder_with(chosen: Resolver) -> _Finder:
        return _Finder(
            project,
            requirements,
            chosen,
            tuple(clashes),
            reporter,
            previous=previous,
            solve_timeout=solve_timeout,
        )

    if rules:
        _check_that_overrides_exist(project, rules, resolver)
        try:
            resolver.defaults = defaults(finder_with(plain).find(), project.singletons)
        except ResolutionError:  # the overrides may be what makes it possible
            resolver.defaults = {}
    finder = finder_with(resolver)
    found = finder.find()
    if refresh and len(found.groups) > 1:
        finder.look_again()
        found = finder.find()
    chosen: list[str] = []
    while (name := _in_several_versions(project.singletons, found)) is not None:
        try:
            version = common_version(name, finder.items, finder.resolver)
        except NoSingleVersionError as error:
            raise _no_single_version(project, error, finder.resolver) from None
        chosen.append(f"{name}=={version}")
        finder.resolver = resolver.constrained(chosen)
        found = finder.find()
    return replace(found, calls=resolver.calls + plain.calls, seconds=time.monotonic() - started)


def _in_several_versions(names: Iterable[str], found: Groups) -> str | None:
    """Return the first of some distributions of which the groups hold several versions."""
    for name in names:
        pins = (group.resolution.pins.get(name) for group in found.groups)
        if len({pin.specification for pin in pins if pin is not None}) > 1:
            return name
    return None


class _Finder:
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
    ) -> None:
        self.resolver = resolver
        self._project = project
        self._clashes = clashes
        self._reporter = reporter
        self._previous = previous
        self._solve_timeout = solve_timeout
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
            oracle = UvOracle(self.resolver, self.items, self._clashes)
            try:
                found = self._partition(oracle)
            except Unsatisfiable as error:
                self._split(error.failures)
            else:
                self._found = found
                return assembled(found, self.items, self._conflicts)

    def look_again(self) -> None:
        """Ask the index about everything that the groups found hold."""
        assert self._found is not None
        self.resolver.refresh(
            [
                [wanted for index in group.members for wanted in self.items[index].demands]
                for group in self._found.groups
            ]
        )

    def _partition(self, oracle: UvOracle) -> Grouping:
        before = continuity(self._previous, self.items)
        started = time.monotonic()
        found = self._search(oracle, before, self._solve_timeout)
        names: frozenset[str] = frozenset()
        while found.proved and (more := walked_back_to(found, self.items, self.resolver) - names):
            names |= more
            left = self._solve_timeout and max(self._solve_timeout - (time.monotonic() - started), 0)
            better = self._search(self._without_builds_of(names), before, left)
            if len(better.groups) != len(found.groups):
                break
            found = better
        return before.ordered(found)

    def _search(self, oracle: UvOracle, before: Continuity, solve_timeout: float | None) -> Grouping:
        return partition(
            len(self.items),
            oracle,
            reporter=Progress(self._reporter, len(self.items)),
            known=self._aliases_apart(oracle),
            deadline=solve_timeout,
            union_certificate=oracle.union_is_satisfiable,
            **before.preferences(),
        )

    def _without_builds_of(self, names: frozenset[str]) -> UvOracle:
        return UvOracle(self.resolver.without_builds_of(names), self.items, self._clashes)

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


def _no_single_version(project: Project, error: NoSingleVersionError, resolver: Resolver) -> ResolutionError:
    places = RequirementPlaces(project)
    direct = (*error.one.direct, *error.other.direct)
    why = explained((*error.one.demands, *error.other.demands), resolver, direct, places)
    place = places.at("tool.mvenv.singletons")
    return blame.no_single_version(project.name, error.name, place, why)


def _check_that_overrides_exist(project: Project, rules: Sequence[Rule], resolver: Resolver) -> None:
    """Make sure that there is every version that an override wants.

    :raises ConfigError: naming those that there are not.
    """
    wrong = []
    for rule in rules:
        wanted = Demand(f"{rule.dependency}=={rule.version}", rule.dependency, ())
        answer = resolver.release_of(wanted)
        if isinstance(answer, Refusal) and answer.is_about_versions:
            importers = " → ".join(" ".join(release) for release in rule.path)
            wrong.append(f"{importers} → {rule.dependency} {rule.version}")
    if wrong:
        raise ConfigError(
            "an override names a version that does not exist",
            causes=tuple(f"{show_place(project.root / OVERRIDES)}: {text}" for text in wrong),
            hints=("correct the version, or delete the entry",),
        )
