"""What could be newer, and who holds it where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.bounds import allows, demands
from orchestrator.system.text import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.reports.bounds import Lines
    from orchestrator.reports.graph.built import BuiltProject


@dataclass(frozen=True, slots=True)
class Holder:
    """Who does not allow the newest version."""

    who: str
    """``dep-b 1``, or ``the project``."""
    requirement: str


@dataclass(frozen=True, slots=True)
class Outdated:
    """An installed copy of a distribution of which there is a newer version."""

    name: str
    version: str
    latest: str
    environment: str
    path: str
    """The environment's folder, relative to the project."""
    held_by: tuple[Holder, ...]
    """Empty: a build with ``--upgrade`` would take it, as far as those that require it are concerned."""


def outdated(
    project: BuiltProject,
    latest: Mapping[str, Mapping[str, str]],
    lines: Lines,
    constraints: Mapping[str, Sequence[str]],
) -> tuple[Outdated, ...]:
    """Return the copies that could be newer, by name and environment.

    :param latest: for each environment, by name: distribution → its newest version.
    :param lines: what the metadata says (:func:`orchestrator.reports.bounds.requirement_lines`).
    :param constraints: what `[tool.mvenv.constraints]` says of direct requirements and of aliases, by their names.
    """
    found = []
    for place in project.everywhere():
        for name, newest in latest.get(place.name, {}).items():
            if name not in place.versions:
                continue
            nodes = [node for node, home in project.homes.items() if node[1] == name and home is place]
            holders = {
                Holder(who, text): None
                for node in nodes
                for who, text, allowed in demands(node, project, lines)
                if not allows(allowed, newest)
            }
            copy = (name, place.versions[name], newest, place.name, place.path)
            bounds = dict.fromkeys(
                _constraining(name, newest, {node[0] for node in nodes}, project, constraints)
            )
            found.append(Outdated(*copy, (*holders, *bounds)))
    return tuple(
        sorted(found, key=lambda each: (each.name, each.environment != APPLICATION, each.environment))
    )


def _constraining(
    name: str,
    newest: str,
    groups: set[int],
    project: BuiltProject,
    constraints: Mapping[str, Sequence[str]],
) -> Iterator[Holder]:
    """Yield the constraints that hold a distribution in some groups."""
    for asked in project.requirements:
        key = asked.alias or asked.node[1]
        for text in constraints.get(key, ()) if asked.node[0] in groups else ():
            bound = Requirement(text)
            if canonicalize_name(bound.name) == name and not allows(bound.specifier, newest):
                yield Holder(f"tool.mvenv.constraints.{key}", text)


def columns(found: Iterable[Outdated]) -> str:
    """Return a line for each copy: name, version, newest version, environment, who holds it."""
    return aligned(
        [
            (
                *(each.name, each.version, each.latest),
                each.path if each.environment == APPLICATION else each.environment,
                "; ".join(f"{holder.who}: {holder.requirement}" for holder in each.held_by),
            )
            for each in found
        ]
    )
