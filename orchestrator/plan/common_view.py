"""The views of all environments as differences from what most see.

Where each of many environments sees all others, views are as large as the square of the project. They are compared by
distributions, of which there are far fewer than import names; of names only those are looked at that distributions
have in which a view is not the common one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from orchestrator.plan.views import Holdings, imports_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.plan.model import Knowledge, Plan, PlannedEnvironment
    from orchestrator.plan.views import View

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Seen:
    """A view, or how one differs from another."""

    imports: Mapping[str, str | None]
    """Import name → environment; None: not seen, although most see it."""
    borrowed: Mapping[str, str | None]
    """Distribution → the environment in which it is; None likewise."""


@dataclass(frozen=True, slots=True)
class Views:
    """All views of a plan."""

    common_imports: Mapping[str, str]
    common_borrowed: Mapping[str, str]
    application: Seen
    environments: Mapping[str, Seen]
    """By the environment's name."""


def views_of(plan: Plan, knowledge: Knowledge, application: View) -> Views:
    """Return what everybody sees.

    :param application: the application's view.
    """
    holdings = Holdings(plan, knowledge)
    sees = {each.name: {**each.homes, **each.optional} for each in plan.environments}
    common = _most_have([application.borrowed, *sees.values()])
    imports = imports_of(common, {}, holdings)
    names: dict[str, list[str]] = {}
    for name in imports:
        names.setdefault(name.partition(".")[0], []).append(name)
    contested = _contested(plan, holdings)

    def differing(environment: PlannedEnvironment) -> Seen:
        here = sees[environment.name]
        tops = {
            top
            for distribution, home in {*here.items(), *common.items()}
            if here.get(distribution) != common.get(distribution)
            for top in holdings.tops(distribution, home)
        }
        tops.update(contested)
        for distribution, home in environment.optional.items():
            tops.update(holdings.shared_tops(distribution, home))
        own = imports_of(environment.homes, environment.optional, holdings, tops)
        usual = {name: imports[name] for top in tops for name in names.get(top, ())}
        borrowed = {**environment.borrowed, **environment.optional}
        return Seen(differences(own, usual), differences(borrowed, common))

    return Views(
        imports,
        common,
        Seen(differences(application.imports, imports), differences(application.borrowed, common)),
        {each.name: differing(each) for each in plan.environments},
    )


def differences(own: Mapping[str, _T], usual: Mapping[str, _T]) -> dict[str, _T | None]:
    """Return what has to be told of *own* to somebody who knows *usual*: sorted, None for what is not in it."""
    found: dict[str, _T | None] = {name: value for name, value in own.items() if usual.get(name) != value}
    found.update((name, None) for name in usual if name not in own)
    return dict(sorted(found.items()))


def _most_have(views: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return distribution → environment, as more views have it than are without: telling it once is shorter."""
    everyone = list(views)
    counts = Counter(item for view in everyone for item in view.items())
    return {
        distribution: home
        for (distribution, home), number in sorted(counts.items())
        if 2 * number > len(everyone) + 1
    }


def _contested(plan: Plan, holdings: Holdings) -> set[str]:
    """Return the top-level names that several distributions provide: which one counts depends on all of them."""
    providers: dict[str, str] = {}
    found = set()
    for environment in plan.environments:
        for name in environment.pins:
            for top in holdings.tops(name, environment.name):
                if providers.setdefault(top, name) != name:
                    found.add(top)
    return found
