"""Optional dependencies that are in another group: what an environment lacks, and exactly one other holds.

In a plain environment ``fastapi`` finds ``python_multipart`` because somebody else has required it. Metadata does not
say that the one may use the other, or says so in an extra that nobody asked for; so grouping may part them. A
distribution of which there is one instance is seen from elsewhere, too, where that contradicts nothing: no requirement
there excludes its version, and it brings along nothing of which there is another copy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.plan.versioned import edges, needed_by
from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.plan.model import Contents, Knowledge, Plan, PlannedEnvironment
    from orchestrator.plan.versioned import Node

Copies = frozenset[tuple[str, str]]
"""(distribution, environment) of everything versioned that a distribution needs, itself included."""


def with_optional(plan: Plan, knowledge: Knowledge) -> Plan:
    """Return *plan* with what its environments see of each other although they do not require it."""
    single = _single(plan, knowledge)
    providers = holders(plan, knowledge)
    environments = []
    for environment in plan.environments:
        homes = environment.homes
        forbidden = _forbidden(environment, plan, knowledge)
        possible = {
            name: copies
            for name, (home, version, copies) in single.items()
            if name not in homes
            and f"{name}=={version}" not in forbidden
            and all(homes.get(other, there) == there for other, there in copies)
            and any(providers[top] == {home} for top in _tops(name, version, knowledge))
        }
        agreeing = {name: single[name][0] for name in _agreeing(possible)}
        environments.append(replace(environment, optional=agreeing))
    return replace(plan, environments=tuple(environments))


def _single(plan: Plan, knowledge: Knowledge) -> dict[str, tuple[str, str, Copies]]:
    """Return what is installed in one environment alone: its name → environment, version, and what it needs."""
    nodes: dict[str, list[Node]] = {}
    for number, homes in enumerate(plan.homes):
        for name in homes:
            nodes.setdefault(name, []).append((number, name))
    needed = [edges(group.resolution, knowledge) for group in plan.groups]

    found = {}
    for name, places in sorted(nodes.items()):
        homes_of_it = {plan.homes[number][name] for number, _ in places}
        if len(homes_of_it) == 1:
            closure = reachable(places, lambda node: needed_by(node, plan.groups, needed))
            copies = frozenset(
                (other, plan.homes[number][other]) for number, other in closure if other in plan.homes[number]
            )
            version = plan.groups[places[0][0]].resolution.pins[name].version
            found[name] = homes_of_it.pop(), version, copies
    return found


def holders(plan: Plan, knowledge: Knowledge) -> Mapping[str, set[str]]:
    """Return top-level import name → the environments that hold a part of it."""
    found: dict[str, set[str]] = {}
    for environment in plan.environments:
        for name, pin in environment.pins.items():
            for top in _tops(name, pin.version, knowledge):
                found.setdefault(top, set()).add(environment.name)
    return found


def _tops(name: str, version: str, knowledge: Knowledge) -> frozenset[str]:
    contents = knowledge.contents.get((name, version))
    return contents.tops if contents is not None else frozenset()


def _forbidden(environment: PlannedEnvironment, plan: Plan, knowledge: Knowledge) -> set[str]:
    """Return the releases that something an environment sees cannot be with: ``name==version``."""
    numbers = [
        number
        for number, homes in enumerate(plan.homes)
        if any(homes.get(name) == environment.name for name in environment.pins)
    ]
    pins = plan.groups[numbers[0]].resolution.pins if numbers else {}
    seen = environment.homes.keys() | (pins.keys() & plan.application.pins.keys())
    homes, places = environment.homes, {each.name: each for each in plan.environments}
    versions = (
        (name, (places[homes[name]] if name in homes else plan.application).pins[name].version)
        for name in seen
    )
    contents: list[Contents | None] = [knowledge.contents.get(release) for release in versions]
    return {release for found in contents if found is not None for release in found.forbids}


def _agreeing(possible: Mapping[str, Copies]) -> list[str]:
    """Return the distributions that need no copy of anything of which another one, or they, need another copy."""
    consistent = {name: copies for name, copies in possible.items() if len(dict(copies)) == len(copies)}
    homes: dict[str, set[str]] = {}
    for name, home in set().union(*consistent.values()):
        homes.setdefault(name, set()).add(home)
    return [name for name, copies in consistent.items() if all(len(homes[other]) == 1 for other, _ in copies)]
