"""What one run has besides what the project asks for: `mvenv run --with`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.config.entries import read_entry
from orchestrator.config.project import load_project
from orchestrator.editing.places import place_of
from orchestrator.environment_cache.place import VARIABLE, cache_of
from orchestrator.errors import MvenvError, ResolutionError, UsageError
from orchestrator.install.layers import layer
from orchestrator.resolution.resolver import Resolver
from orchestrator.uv import failure, request_files
from orchestrator.uv import interpreter as interpreters
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal
from orchestrator.uv.unnamed import distribution_at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from orchestrator.config.faults import Fault
    from orchestrator.install.layers import Layer
    from orchestrator.state.documents import GraphDocument
    from orchestrator.uv.model import Resolution


@dataclass(frozen=True, slots=True)
class Additions:
    """What comes before the application environment in one run."""

    layer: Layer | None
    """None if the application sees all of it anyway."""
    instead: Mapping[str, tuple[str, str]]
    """Distribution → version here, version that the application sees without: of those that are another."""


def additions(pyproject: Path, graph: GraphDocument, wanted: Sequence[str], here: Path) -> Additions:
    """Resolve and install what is wanted for one run, as near to what the application sees as can be.

    :param wanted: requirements, or folders, archives and repositories.
    :param here: where relative paths start from.
    :raises MvenvError: it cannot be had.
    """
    project = load_project(pyproject)
    interpreter = interpreters.find(project.root, project.python)
    seen = _seen(graph)
    demands = [_demand(each, here, project.root) for each in wanted]
    answer = Resolver(project, interpreter).resolve(demands, seen)
    if isinstance(answer, Refusal):
        raise ResolutionError(
            f"`--with {' --with '.join(wanted)}` cannot be installed",
            causes=_causes(answer),
            hints=(
                "what is named with `--with` has to go together; the project's own requirements do not count",
            ),
        )
    pins = {
        name: pin
        for name, pin in answer.pins.items()
        if pin.source is not None or seen.get(name) != pin.version
    }
    while more := _finding(pins, answer):
        pins |= {name: answer.pins[name] for name in more}
    instead = {
        name: (pin.version, seen[name])
        for name, pin in pins.items()
        if seen.get(name, pin.version) != pin.version
    }
    if not pins:
        return Additions(None, {})
    cache = cache_of(project.root)
    made = None if cache is None else layer(cache, pins, project, interpreter)
    if made is None:
        raise MvenvError(
            "what `--with` installs has no place",
            causes=(_why_nowhere(),),
            hints=(
                "let MVENV_ENVIRONMENT_CACHE name a folder, or add the requirement to a dependency group",
            ),
        )
    return Additions(made, instead)


def _finding(pins: Collection[str], answer: Resolution) -> set[str]:
    """Return what requires something of *pins* and is elsewhere: there it would find what there is."""
    return {
        name
        for name in answer.pins.keys() - set(pins)
        if not answer.requires.get(name, frozenset()).isdisjoint(pins)
    }


def _why_nowhere() -> str:
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return f"it is kept in the cache of finished environments, and `{VARIABLE}` is `{chosen}`"
    return "it is kept beside uv's cache, and there is none that can be written to"


def _causes(refusal: Refusal) -> tuple[str, ...]:
    if not refusal.is_about_versions:
        return failure.first_lines(refusal.stderr, 3)
    return (failure.reason(refusal.stderr, refusal.proof, request_files.NAME, {}).text,)


def _seen(graph: GraphDocument) -> dict[str, str]:
    """Return the versions that the application sees."""
    places = {place["name"]: place["distributions"] for place in graph["environments"]}
    seen = {each["name"]: each["version"] for each in graph["application"]["distributions"]}
    for name, home in graph["application"]["sees"].items():
        seen |= {each["name"]: each["version"] for each in places[home] if each["name"] == name}
    return seen


def _demand(written: str, here: Path, root: Path) -> Demand:
    place = place_of(written, here, root, editable=False, revision={})
    if place is not None:
        written = place.requirement(distribution_at(place.url, root, written), raw=True)
    faults: list[Fault] = []
    entry = read_entry(written, (), faults)
    if entry is None:
        raise UsageError(
            f"Invalid value for '--with': {faults[0].message}",
            causes=(faults[0].reason,),
            hints=('write a requirement as in pyproject.toml: `--with "rich>=13"`',),
        )
    return Demand(entry.text, entry.name, ())
