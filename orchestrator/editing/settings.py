"""Editing `[tool.mvenv]`: isolated distributions, and aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.aliases import ALIASES, MODULE, REQUIREMENT
from orchestrator.config.constraints import CONSTRAINTS
from orchestrator.config.decisions import ISOLATE
from orchestrator.config.document import toml_type
from orchestrator.config.faults import did_you_mean, quote
from orchestrator.config.location import show_key
from orchestrator.editing import toml
from orchestrator.editing.model import Edited
from orchestrator.editing.requirements import checked_name
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable


def isolate(text: str, names: Iterable[str]) -> Edited:
    """Give distributions environments of their own.

    :raises ConfigError: a text is not a name, or the file is in the way.
    """
    said = []
    for written in names:
        checked_name(written)
        known = _isolated(text)
        if canonicalize_name(written) in {canonicalize_name(name) for name in known}:
            said.append(f"{quote(written)} is in {show_key(ISOLATE)} already")
            continue
        text = toml.add(text, ISOLATE, written)
        said.append(f"Added {quote(written)} to {show_key(ISOLATE)}")
    return Edited(text, tuple(said))


def undo_isolate(text: str, names: Iterable[str]) -> Edited:
    """Take distributions out of the list of those that have environments of their own.

    :raises ConfigError: one of them is not there.
    """
    said = []
    for written in names:
        known = _isolated(text)
        name = checked_name(written)
        found = [index for index, other in enumerate(known) if canonicalize_name(other) == name]
        if not found:
            hint = "nothing is isolated"
            if known:
                hint = did_you_mean(name, known, otherwise="isolated are")
            raise ConfigError(f"{quote(written)} is not in {show_key(ISOLATE)}", hints=(hint,))
        text = toml.remove_or_delete(text, ISOLATE, found)
        said.append(f"Removed {quote(written)} from {show_key(ISOLATE)}")
    return Edited(text, tuple(said))


def alias(text: str, import_name: str, requirement: str, module: str = "") -> Edited:
    """Give the application a second version under an import name of its own.

    :param module: which of the distribution's import names is meant; empty if it has only one.
    """
    key = (*ALIASES, import_name)
    known = _aliases(text).get(import_name)
    shown = quote(requirement) + (f" (module {quote(module)})" if module else "")
    if isinstance(known, dict):  # in its place, so that comments in it stay
        edited = toml.put(text, (*key, REQUIREMENT), requirement)
        if module:
            edited = toml.put(edited, (*key, MODULE), module)
        elif MODULE in known:
            edited = toml.delete(edited, (*key, MODULE))
    else:
        edited = toml.put(text, key, {REQUIREMENT: requirement, MODULE: module} if module else requirement)
    said = f"{show_key(key)} is {shown} already" if edited == text else f"Set {show_key(key)} to {shown}"
    return Edited(edited, (said,))


def remove_alias(text: str, import_name: str) -> Edited:
    """Remove an alias, and the constraints that are its own.

    :raises ConfigError: there is no such alias.
    """
    known = _aliases(text)
    if import_name not in known:
        hint = "the project has no aliases"
        if known:
            hint = did_you_mean(import_name, known, otherwise="the aliases are")
        raise ConfigError(f"there is no alias {quote(import_name)}", hints=(hint,))
    said = [f"Removed {show_key((*ALIASES, import_name))}"]
    text = toml.delete(text, (*ALIASES, import_name))
    if import_name in (toml.value_at(toml.read(text), CONSTRAINTS) or {}):
        text = toml.delete(text, (*CONSTRAINTS, import_name))
        said.append(f"Removed {quote(import_name)} from {show_key(CONSTRAINTS)}")
    return Edited(text, tuple(said))


def _isolated(text: str) -> list[str]:
    written = toml.value_at(toml.read(text), ISOLATE) or []
    if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
        raise ConfigError(f"`{show_key(ISOLATE)}` must be a list of strings")
    return written


def _aliases(text: str) -> dict[str, object]:
    written = toml.value_at(toml.read(text), ALIASES) or {}
    if not isinstance(written, dict):
        raise ConfigError(f"`{show_key(ALIASES)}` must be a table, not {toml_type(written)}")
    return written
