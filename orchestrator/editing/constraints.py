"""Editing `[tool.mvenv.constraints]`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from orchestrator.config.constraints import CONSTRAINTS
from orchestrator.config.faults import did_you_mean, quote
from orchestrator.config.location import show_key
from orchestrator.editing import toml
from orchestrator.editing.model import Edited
from orchestrator.editing.spelling import spelled
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_BEFORE_VERSIONS = re.compile(r"\s*(?:\+\s*)?[A-Za-z0-9._-]+(?:\s*\[[^\]]*\])?")


def constrain(text: str, name: str, bounds: Iterable[str]) -> Edited:
    """Say of a direct requirement, or of an alias, what its metadata should have said.

    A bound takes the place of one of the same distribution: ``numpy<2`` that of ``numpy<1.25``.

    :raises ConfigError: the file is in the way.
    """
    said = []
    for bound in bounds:
        key = (*CONSTRAINTS, spelled(text, CONSTRAINTS, name) or name)
        shown = show_key(key)
        known = _bounds(text, key)
        same = [index for index, other in enumerate(known) if _about(other) == _about(bound)]
        if bound in known:
            said.append(f"{quote(bound)} is in {shown} already")
        elif same:
            text = toml.replace(text, key, same[0], bound)
            said.append(f"Replaced {quote(known[same[0]])} by {quote(bound)} in {shown}")
        else:
            text = toml.add(text, key, bound) if known else toml.put(text, key, [bound])
            said.append(f"Added {quote(bound)} to {shown}")
    return Edited(text, tuple(said))


def add_bounds(text: str, bounds: Mapping[str, Iterable[str]]) -> Edited:
    """Let more be said of several: name → bounds. What is written already holds, too: ``numpy!=1.26.4,<2``.

    :raises ConfigError: the file is in the way.
    """
    said: tuple[str, ...] = ()
    for name, each in bounds.items():
        known = _bounds(text, (*CONSTRAINTS, spelled(text, CONSTRAINTS, name) or name))
        edited = constrain(text, name, [_joined(bound, known) for bound in each])
        text, said = edited.text, (*said, *edited.said)
    return Edited(text, said)


def _joined(bound: str, known: Iterable[str]) -> str:
    """Return a bound with what one of the same distribution says already."""
    same = next((other for other in known if _about(other) == _about(bound)), None)
    if same is None or any(sign in each for each in (same, bound) for sign in "@;"):
        return bound
    (name, old), (_, new) = _clauses(same), _clauses(bound)
    return name + ",".join(dict.fromkeys((*old, *new)))


def _clauses(bound: str) -> tuple[str, list[str]]:
    """Return what stands before the versions of a bound, and its clauses, as written."""
    found = _BEFORE_VERSIONS.match(bound)
    start = found.end() if found is not None else 0
    clauses = (clause.strip() for clause in bound[start:].strip().strip("()").split(","))
    return bound[:start].strip(), [clause for clause in clauses if clause]


def unconstrain(text: str, name: str, bounds: Iterable[str]) -> Edited:
    """Take bounds of a direct requirement or an alias away; without any, all of them.

    :param bounds: as they are written, or the name of the distribution that they are about.
    :raises ConfigError: there is no such bound.
    """
    key = (*CONSTRAINTS, spelled(text, CONSTRAINTS, name) or name)
    known = _bounds(text, key)
    if not known:
        names = list(toml.value_at(toml.read(text), CONSTRAINTS) or {})
        hint = (
            did_you_mean(name, names, otherwise="there are those of") if names else "there are no constraints"
        )
        raise ConfigError(f"{quote(name)} has no constraints", hints=(hint,))
    found = []
    for bound in bounds:
        meant = [
            index
            for index, other in enumerate(known)
            if bound in (other, _about(other), _about(other).removeprefix("+"))
        ]
        if not meant:
            hint = did_you_mean(bound, known, otherwise="there are")
            raise ConfigError(f"{quote(bound)} is not in `{show_key(key)}`", hints=(hint,))
        found += meant
    gone = sorted(set(found)) or list(range(len(known)))
    text = toml.remove_or_delete(text, key, gone)
    return Edited(text, tuple(f"Removed {quote(known[index])} from {show_key(key)}" for index in gone))


def _bounds(text: str, key: tuple[str, ...]) -> list[str]:
    written = toml.value_at(toml.read(text), key) or []
    if not isinstance(written, list) or not all(isinstance(each, str) for each in written):
        raise ConfigError(f"`{show_key(key)}` must be a list of strings")
    return written


def _about(bound: str) -> str:
    """Return the distribution that a bound is about, with a ``+`` where it is required as well; or the bound."""
    plus = "+" if bound.lstrip().startswith("+") else ""
    try:
        return plus + canonicalize_name(Requirement(bound.lstrip().removeprefix("+")).name)
    except InvalidRequirement:
        return bound
