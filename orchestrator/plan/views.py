"""What each environment, and the application, can import: import name → environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.plan.nearest import nearest_copies
from orchestrator.plan.optional import holders

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from orchestrator.plan.model import Knowledge, Plan, PlannedEnvironment
    from orchestrator.plan.nearest import Candidate


@dataclass(frozen=True, slots=True)
class View:
    """What one environment sees beyond the unversioned distributions, which all see."""

    imports: Mapping[str, str]
    """Import name → environment. Dotted names where a namespace package is spread over several."""
    borrowed: Mapping[str, str]
    """Distribution → the other environment that holds it."""
    hidden: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For the application: import names that several direct requirements provide, and all their providers
    in order; the first one is seen."""
    ties: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    """For the application: distribution → copies in several versions that are equally near; it sees none of them."""


class Holdings:
    """What the environments of a plan hold."""

    def __init__(self, plan: Plan, knowledge: Knowledge) -> None:
        self._pins = {environment.name: environment.pins for environment in plan.environments}
        self._contents = knowledge.contents
        self._tops: dict[tuple[str, str], frozenset[str]] = {}
        self._shared_tops: dict[tuple[str, str], frozenset[str]] = {}
        self.holders = holders(plan, knowledge)
        """Top-level import name → the environments that hold a part of it."""

    def imports(self, distribution: str, home: str) -> tuple[str, ...]:
        """Return the import names of a distribution where it is installed."""
        contents = self._contents.get((distribution, self._pins[home][distribution].version))
        return contents.imports if contents is not None else ()

    def tops(self, distribution: str, home: str) -> frozenset[str]:
        """Return the first parts of the import names of a distribution where it is installed."""
        key = distribution, home
        if key not in self._tops:
            self._tops[key] = frozenset(name.partition(".")[0] for name in self.imports(distribution, home))
        return self._tops[key]

    def shared_tops(self, distribution: str, home: str) -> frozenset[str]:
        """Return those of which other environments hold something, too."""
        key = distribution, home
        if key not in self._shared_tops:
            self._shared_tops[key] = frozenset(
                top for top in self.tops(distribution, home) if self.holders[top] != {home}
            )
        return self._shared_tops[key]


def environment_view(environment: PlannedEnvironment, plan: Plan, knowledge: Knowledge) -> View:
    """Return the view of an isolated environment: its own distributions, what it borrows, and optional ones."""
    imports = imports_of(environment.homes, environment.optional, Holdings(plan, knowledge))
    return View(imports, {**environment.borrowed, **environment.optional})


def imports_of(
    homes: Mapping[str, str],
    optional: Mapping[str, str],
    holdings: Holdings,
    tops: Container[str] | None = None,
) -> dict[str, str]:
    """Return what can be imported of distributions: import name → environment.

    :param homes: distribution → environment, of what is required; the first has a name that several provide.
    :param optional: the same of what is not: of its names those that nothing required has, nor another environment.
    :param tops: the top-level names that are asked for, all by default. They do not depend on each other.
    """

    def names(distribution: str, home: str) -> Iterator[tuple[str, str]]:
        for name in holdings.imports(distribution, home):
            top = name.partition(".")[0]
            if tops is None or top in tops:
                yield name, top

    provided = [(name, home) for distribution, home in homes.items() for name, _ in names(distribution, home)]
    required = {name.partition(".")[0] for name, _ in provided}
    provided += [
        (name, home)
        for distribution, home in optional.items()
        for name, top in names(distribution, home)
        if top not in required and holdings.holders[top] == {home}
    ]
    return _collapse(provided)


def application_view(plan: Plan, knowledge: Knowledge, direct: Iterable[str]) -> View:
    """Return what the application sees of the isolated environments.

    That is what its direct requirements provide (the first in pyproject.toml wins a name that several
    provide), of what they depend on the nearest copy (:mod:`orchestrator.plan.nearest`), and every other versioned
    distribution of which there is only one.

    :param direct: canonical names of the direct requirements, in the order of pyproject.toml.
    """
    group_of = {
        name: environment
        for environment in reversed(plan.environments)
        for name in (*environment.pins, *environment.borrowed)
    }
    borrowed: dict[str, str] = {}
    direct = list(direct)
    for name in direct:
        home = _home_of_direct(name, plan)
        if home is not None:
            borrowed[name] = home
    nearest = nearest_copies(plan, direct)
    # Portions of one namespace package are one folder: where one is a tie, the others are no choice either.
    tied = {top for name in nearest.ties for top in _tops(name, plan, knowledge)}
    for name, home in nearest.homes.items():
        if tied.isdisjoint(_tops(name, plan, knowledge)):
            borrowed.setdefault(name, home)
    holders: dict[str, set[str]] = {}
    for environment in plan.environments:
        for name in environment.pins:
            holders.setdefault(name, set()).add(environment.name)
    for name in sorted(group_of):
        if len(holders.get(name, ())) == 1:
            borrowed.setdefault(name, *holders[name])
    provided: list[tuple[str, str]] = []
    providers: dict[str, list[str]] = {}
    holdings = Holdings(plan, knowledge)
    for distribution, home in borrowed.items():
        for import_name in holdings.imports(distribution, home):
            others = providers.setdefault(import_name, [])
            if not others:
                provided.append((import_name, home))
            others.append(distribution)
    asked = set(direct)
    hidden = tuple(
        (name, tuple(found))
        for name, found in sorted(providers.items())
        if len(found) > 1 and set(found) <= asked and len({borrowed[one] for one in found}) > 1
    )
    return View(_collapse(provided), borrowed, hidden, nearest.ties)


def path_order(environment: PlannedEnvironment, plan: Plan) -> tuple[str, ...]:
    """Return the environments that one borrows from, in the order in which its plain interpreter should search them.

    A search path takes what it finds first, whatever else a folder is there for: the home of something borrowed
    comes before a folder that holds another version of it. (The shim goes by distribution and needs no order.)
    """
    held = {each.name: each.pins.keys() for each in plan.environments}
    waiting = list(dict.fromkeys(environment.borrowed.values()))

    def goes_before(one: str, other: str) -> bool:
        return any(home == one and name in held[other] for name, home in environment.borrowed.items())

    ordered: list[str] = []
    while waiting:
        first = next(
            (
                one
                for one in waiting
                if not any(goes_before(other, one) and not goes_before(one, other) for other in waiting)
            ),
            waiting[0],
        )
        waiting.remove(first)
        ordered.append(first)
    return tuple(ordered)


def _home_of_direct(name: str, plan: Plan) -> str | None:
    for group, homes in zip(plan.groups, plan.homes, strict=True):
        if name in group.direct:
            return homes.get(name)
    return None


def _tops(distribution: str, plan: Plan, knowledge: Knowledge) -> set[str]:
    contents = (knowledge.contents.get((distribution, version)) for version in plan.versioned[distribution])
    return {top for found in contents if found is not None for top in found.tops}


def _collapse(provided: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name a namespace package as a whole where all its portions come from one environment."""
    pairs = dict(reversed(list(provided)))
    homes: dict[str, set[str]] = {}
    for name, home in pairs.items():
        homes.setdefault(name.partition(".")[0], set()).add(home)
    view: dict[str, str] = {}
    for name, home in pairs.items():
        top = name.partition(".")[0]
        view[top if len(homes[top]) == 1 else name] = home
    return dict(sorted(view.items()))
