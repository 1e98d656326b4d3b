"""Adding requirements to pyproject.toml, and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidName, canonicalize_name

from orchestrator.config.aliases import ALIASES
from orchestrator.config.constraints import CONSTRAINTS
from orchestrator.config.decisions import TOGETHER
from orchestrator.config.document import toml_type
from orchestrator.config.entries import guessed_names, parse_requirement
from orchestrator.config.faults import did_you_mean, quote
from orchestrator.config.location import show_key
from orchestrator.config.optional import EXTRAS, GROUPS
from orchestrator.config.places import written_requirements
from orchestrator.config.requirements import DEPENDENCIES
from orchestrator.editing import toml
from orchestrator.editing.model import Edited
from orchestrator.editing.places import without_source
from orchestrator.editing.spelling import spelled
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.config.faults import Fault
    from orchestrator.config.location import KeyPath


def add(text: str, requirements: Iterable[str], *, group: str = "", extra: str = "") -> Edited:
    """Add requirements, or put each in the place of one of the same name, extras and marker.

    :param text: a pyproject.toml.
    :param group: the dependency group to add to; made if it is missing.
    :param extra: the extra to add to; made if it is missing.
    :raises ConfigError: a text is not a requirement, or the file is in the way.
    """
    where = _section(text, group, extra)
    said = []
    for written in requirements:
        text, sentence = _add(text, where, _checked(written))
        said.append(sentence)
        said += _as_well(text, _name(written) or "", where)
    return Edited(text, tuple(said))


def new_ones(text: str, requirements: Iterable[str], *, group: str = "", extra: str = "") -> list[str]:
    """Return those of *requirements* that are not there yet, as they are written."""
    there = _entries(text, _section(text, group, extra)).values()
    return [each for each in requirements if each.strip() not in there]


def remove(text: str, names: Iterable[str], *, group: str = "", extra: str = "") -> Edited:
    """Remove all requirements of these distributions, from one place.

    Where a name is required nowhere else, what is said of it goes too: in `constraints` and `together` of
    `[tool.mvenv]`, and in `[tool.uv.sources]`.

    :raises ConfigError: one of them is not there, or is not a name.
    """
    where = _section(text, group, extra)
    said: list[str] = []
    wanted = dict.fromkeys(checked_name(written) for written in names)
    for name in wanted:
        entries = _entries(text, where)
        found = {index: entry for index, entry in entries.items() if _name(entry) == name}
        if not found:
            raise _not_there(text, name, where, entries)
        text = toml.remove(text, where, found)
        if toml.is_bare(text, where):
            text = toml.put(text, where, [])  # on one line
        said += [f"Removed {quote(entry)} from {show_key(where)}" for entry in found.values()]
    for name in wanted:
        said += _as_well(text, name, where)
        text, more = _forget(text, name)
        said += more
    return Edited(text, tuple(said))


def checked_name(written: str) -> str:
    """Return the canonical form of a distribution's name.

    :raises ConfigError: it is not a name.
    """
    try:
        return canonicalize_name(written, validate=True)
    except InvalidName:
        raise ConfigError(
            f"{quote(written)} is not the name of a distribution",
            hints=("write the name alone, without a version",),
        ) from None


def _checked(written: str) -> str:
    faults: list[Fault] = []
    if parse_requirement(written, (), faults) is not None:
        return written.strip()
    hints = faults[0].hints or (_hint(written),)
    raise ConfigError(faults[0].message, causes=(faults[0].reason,), hints=hints)


def _hint(written: str) -> str:
    if written.startswith((".", "/", "~")) or "://" in written:
        return "of what is not on an index, write the name as well: `name @ file:///…`, `name @ https://…`"
    return 'write a requirement as in pyproject.toml: `"pandas>=2"`'


def _section(text: str, group: str, extra: str) -> tuple[str, ...]:
    """Return the key path of a list of requirements, in the spelling of the file."""
    if not group and not extra:
        return DEPENDENCIES
    table, name = (GROUPS, group) if group else (EXTRAS, extra)
    return (*table, spelled(text, table, name) or name)


def _add(text: str, where: tuple[str, ...], written: str) -> tuple[str, str]:
    place = show_key(where)
    entries = _entries(text, where)
    if written in entries.values():
        return text, f"{quote(written)} is in {place} already"
    same = [index for index, entry in entries.items() if _identity(entry) == _identity(written)]
    if same:
        first, *others = same
        old = " and ".join(quote(entries[index]) for index in same)
        text = toml.replace(text, where, first, written)
        text = toml.remove(text, where, others) if others else text
        return text, f"Replaced {old} by {quote(written)} in {place}"
    return toml.add(text, where, written, over_lines=True), f"Added {quote(written)} to {place}"


def _entries(text: str, where: tuple[str, ...]) -> dict[int, str]:
    """Return the requirements of a list by index; included groups are not among them."""
    written: Any = toml.value_at(toml.read(text), where)
    if written is None:
        return {}
    if not isinstance(written, list):
        raise ConfigError(f"`{show_key(where)}` must be a list of strings, not {toml_type(written)}")
    return {index: entry for index, entry in enumerate(written) if isinstance(entry, str)}


def _name(entry: str) -> str | None:
    return next(iter(guessed_names([entry])), None)


def _identity(entry: str) -> tuple[str, frozenset[str], str] | None:
    """Return what two requirements have in common if one can take the other's place."""
    try:
        requirement = Requirement(entry)
    except (InvalidRequirement, RecursionError):
        return None
    extras = frozenset(canonicalize_name(extra) for extra in requirement.extras)
    return canonicalize_name(requirement.name), extras, str(requirement.marker or "")


def _forget(text: str, name: str) -> tuple[str, list[str]]:
    """Remove what is said of a direct requirement that is none any more."""
    data = toml.read(text)
    left = guessed_names(entry for key, entry in written_requirements(data) if key[: len(ALIASES)] != ALIASES)
    if name in left:
        return text, []
    said = []
    aliases = toml.value_at(data, ALIASES) or {}
    for key in toml.value_at(data, CONSTRAINTS) or {}:
        if canonicalize_name(key) == name and key not in aliases:
            text = toml.delete(text, (*CONSTRAINTS, key))
            said.append(f"Removed {quote(key)} from {show_key(CONSTRAINTS)}")
    text, gone = without_source(text, name)
    said += gone
    edited = _without_mentions(text, name)
    if edited != text:
        said.append(f"Removed {quote(name)} from {show_key(TOGETHER)}")
    return edited, said


def _without_mentions(text: str, name: str) -> str:
    """Remove a name from the lists of `together`, and lists that keep nothing together any more."""
    lists = toml.value_at(toml.read(text), TOGETHER) or []
    too_short = []
    for index, names in enumerate(lists):
        mentions = [position for position, other in enumerate(names) if canonicalize_name(other) == name]
        if not mentions:
            continue
        if len({canonicalize_name(other) for other in names} - {name}) < 2:
            too_short.append(index)
        else:
            text = toml.remove(text, (*TOGETHER, index), mentions)
    return toml.remove_or_delete(text, TOGETHER, too_short) if too_short else text


def _not_there(text: str, name: str, where: tuple[str, ...], entries: dict[int, str]) -> ConfigError:
    elsewhere = _elsewhere(text, name)
    if elsewhere:
        hints = tuple(
            f"it is in {place}: `mvenv remove {name}{option}`" for place, option in elsewhere.items()
        )
    elif entries:
        known = sorted({found for entry in entries.values() if (found := _name(entry))})
        hints = (did_you_mean(name, known, otherwise="the requirements there are"),)
    else:
        hints = ("nothing is required there",)
    return ConfigError(f"{quote(name)} is not in {show_key(where)}", hints=hints)


def _as_well(text: str, name: str, where: tuple[str, ...]) -> list[str]:
    others = [place for place in _elsewhere(text, name) if place != show_key(where)]
    return [f"{quote(name)} is required in {place} as well" for place in others]


def _elsewhere(text: str, name: str) -> dict[str, str]:
    """Return the lists that require a distribution → the option that names the list."""
    return {
        show_key(key[:-1]): _option(key)
        for key, entry in written_requirements(toml.read(text))
        if _name(entry) == name and key[: len(ALIASES)] != ALIASES
    }


def _option(key: KeyPath) -> str:
    """Return the option that names the list a requirement is in."""
    if key[: len(GROUPS)] == GROUPS:
        return f" --group {key[len(GROUPS)]}"
    return f" --extra {key[len(EXTRAS)]}" if key[: len(EXTRAS)] == EXTRAS else ""
