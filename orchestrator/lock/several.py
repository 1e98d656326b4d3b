"""A lock for several environments: which answer is whose, and what one of them teaches the others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.config.platforms import LOCKED
from orchestrator.plan.model import Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lock.model import Lock


def answers(lock: Lock) -> tuple[Lock, ...]:
    """Return all answers, each without the others, in the order of the file: by Python, then by platform."""
    return tuple(sorted((replace(lock, others=()), *lock.others), key=_order))


def made_for(lock: Lock) -> tuple[str, str]:
    """Return Python and platform of an answer, as :attr:`orchestrator.uv.interpreter.Interpreter.made_for`."""
    return lock.inputs.python, lock.inputs.platform


def shown(python: str, platform: str) -> str:
    """Return what people write for an environment: ``3.12 windows``; what has no name there, as the lock calls it."""
    known = LOCKED.get(platform)
    return f"{python} {known.shown if known is not None else platform}"


def with_others(lock: Lock, others: Iterable[Lock]) -> Lock:
    """Return an answer with others beside it, all knowing what any of them knows of what they hold."""
    return _shared(replace(lock, others=tuple(sorted(others, key=_order))))


def for_environment(lock: Lock, python: str, platform: str) -> Lock:
    """Return the answer for an environment, with the others beside it; the nearest one if there is none."""
    found = answers(lock)
    own = max(found, key=lambda each: (each.inputs.platform == platform, each.inputs.python == python))
    return replace(own, others=tuple(each for each in found if each is not own))


def _order(lock: Lock) -> tuple[tuple[int, ...], str, str]:
    python, platform = made_for(lock)
    return tuple(int(part) for part in python.rstrip("td").split(".") if part.isdigit()), python, platform


def _shared(lock: Lock) -> Lock:
    known = [each.knowledge for each in answers(lock)]
    everything = Knowledge(
        {release: found for each in reversed(known) for release, found in each.contents.items()},
        frozenset[frozenset[str]]().union(*(each.clashes for each in known)),
        frozenset().union(*(each.kin for each in known)),
    )
    own = replace(lock, knowledge=_concerning(lock, everything))
    others = (replace(each, knowledge=_concerning(each, everything)) for each in lock.others)
    return replace(own, others=tuple(others))


def _concerning(lock: Lock, known: Knowledge) -> Knowledge:
    """Return what an answer knows, and what is known of what it holds besides."""
    pinned = sorted(
        {(name, pin.version) for group in lock.groups.groups for name, pin in group.resolution.pins.items()}
    )
    names = {name for name, _ in pinned}
    contents = {**known.contents, **lock.knowledge.contents}
    return Knowledge(
        {release: contents[release] for release in pinned if release in contents},
        frozenset(pair for pair in known.clashes if pair <= names),
        frozenset(each for each in known.kin if {each.name, each.host} <= names),
    )
