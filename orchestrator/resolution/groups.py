"""Grouping the project's direct requirements with uv as the oracle."""

from __future__ import annotations

import time
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from orchestrator.config.location import show_place
from orchestrator.errors import ConfigError, ResolutionError
from orchestrator.resolution import blame
from orchestrator.resolution.finder import Finder
from orchestrator.resolution.leaks import defaults
from orchestrator.resolution.reaches import with_reaches
from orchestrator.resolution.refusals import RequirementPlaces, explained
from orchestrator.resolution.resolvers import Resolvers
from orchestrator.resolution.singletons import NoSingleVersionError, common_version
from orchestrator.system.names import OVERRIDES
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.resolution.kin import Kin
    from orchestrator.resolution.outcome import Groups, Unusable
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter
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
    kin: Collection[Kin] = (),
    unusable: Collection[Unusable] = (),
    settled: Mapping[str, frozenset[str]] = MappingProxyType({}),
    resolvers: Resolvers | None = None,
) -> Groups:
    """Return the fewest groups of *requirements* that can each be installed, and what their sections need there.

    :param requirements: the direct requirements that apply to the interpreter.
    :param clashes: distributions known to install the same modules.
    :param rules: the overrides of `custom_dependencies_versions.json`.
    :param previous: an earlier answer: its partition and its pins are kept to where that is possible.
    :param solve_timeout: seconds after which the best partition found is taken.
    :param refresh: make sure that nothing in uv's cache hides a newer version; else only what the first question
        concerns is looked up again.
    :param kin: distributions that extend each other although neither requires the other.
    :param unusable: requirements that have been installed together and did not work.
    :param settled: distribution → versions that are not taken for a step back.
    :param resolvers: those of earlier searches, whose answers still hold.
    :raises ResolutionError: if some requirement is unsatisfiable alone and cannot be split, if what the user
        wants together or once excludes each other, or if the index cannot be reached.
    :raises ConfigError: if an override names a version that does not exist.
    """
    started = time.monotonic()
    resolvers = resolvers or Resolvers()
    resolver, plain = resolvers.of(project, interpreter, rules), resolvers.of(project, interpreter)
    asked_before = _calls(resolver, plain)

    def finder_with(chosen: Resolver) -> Finder:
        return Finder(
            project,
            requirements,
            chosen,
            tuple(clashes),
            reporter,
            previous=previous,
            solve_timeout=solve_timeout,
            kin=kin,
            unusable=unusable,
            settled=settled,
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
    found = with_reaches(found, finder.grouped(), finder.resolver)
    calls = _calls(resolver, plain) - asked_before
    return replace(found, calls=calls, seconds=time.monotonic() - started)


def _calls(resolver: Resolver, plain: Resolver) -> int:
    return resolver.calls + (0 if plain is resolver else plain.calls)


def _in_several_versions(names: Iterable[str], found: Groups) -> str | None:
    """Return the first of some distributions of which the groups hold several versions."""
    for name in names:
        pins = (group.resolution.pins.get(name) for group in found.groups)
        if len({pin.specification for pin in pins if pin is not None}) > 1:
            return name
    return None


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
            is_known = not isinstance(
                resolver.release_of(Demand(rule.dependency, rule.dependency, ())), Refusal
            )
            unknown = "" if is_known else f": there is no distribution `{rule.dependency}`"
            wrong.append(f"{importers} → {rule.dependency} {rule.version}{unknown}")
    if wrong:
        raise ConfigError(
            "an override names a version that does not exist",
            causes=tuple(f"{show_place(project.root / OVERRIDES)}: {text}" for text in wrong),
            hints=("correct the version, or delete the entry",),
        )
