"""What is required only if it is asked for: dependency groups (PEP 735) and the project's own extras.

`packaging.dependency_groups` resolves groups too, but forgets where an entry is written.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import InvalidName, canonicalize_name

from orchestrator.config.entries import Entry, read_entries, read_entry
from orchestrator.config.faults import Fault, did_you_mean, join_words, quote, table_at, wrong_type
from orchestrator.config.location import KeyPath, show_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

EXTRAS = ("project", "optional-dependencies")
GROUPS = ("dependency-groups",)
INCLUDE = "include-group"

Entries = dict[str, tuple[Entry, ...]]


def read_extras(data: Mapping[str, Any], own_name: str, faults: list[Fault]) -> Entries:
    """Read `[project.optional-dependencies]`: normalized name to entries.

    An entry that names the project itself (`my-app[x]`) stands for the entries of its extra.

    :param own_name: the canonical name of the project.
    """
    written = {
        name: read_entries(value, key, faults)
        for name, (key, value) in _normalized(table_at(data, EXTRAS, faults) or {}, EXTRAS, faults).items()
    }
    return {name: _distinct(_expanded(name, own_name, written, faults)) for name in written}


def read_groups(data: Mapping[str, Any], own_name: str, extras: Entries, faults: list[Fault]) -> Entries:
    """Read `[dependency-groups]`: normalized name to entries, those of included groups in place.

    :param extras: what `read_extras` has read: `my-app[x]` stands for the entries of that extra here, too.
    """
    reader = _GroupReader(_normalized(table_at(data, GROUPS, faults) or {}, GROUPS, faults), faults)
    groups = {name: reader.entries(name, ()) for name in reader.written}
    return {
        name: _distinct(_without_self(entries, own_name, extras, faults)) for name, entries in groups.items()
    }


class _GroupReader:
    """Follows the `include-group` entries of all groups, each group once."""

    def __init__(self, written: Mapping[str, tuple[KeyPath, object]], faults: list[Fault]) -> None:
        self.written = written
        self._faults = faults
        self._read: Entries = {}

    def entries(self, name: str, path: tuple[str, ...]) -> tuple[Entry, ...]:
        """Return the entries of a group.

        :param path: the groups on the way to it, outermost first.
        """
        if name not in self._read:
            key, items = self.written[name]
            if not isinstance(items, list):
                self._faults.append(wrong_type(key, "a list of requirements", items))
                items = []
            self._read[name] = tuple(
                entry
                for index, item in enumerate(items)
                for entry in self._item(item, (*key, index), (*path, name))
            )
        return self._read[name]

    def _item(self, item: object, key: KeyPath, path: tuple[str, ...]) -> tuple[Entry, ...]:
        if isinstance(item, str):
            entry = read_entry(item, key, self._faults)
            return () if entry is None else (entry,)
        if not isinstance(item, dict):
            self._faults.append(wrong_type(key, "a string or a table", item))
            return ()
        if list(item) != [INCLUDE] or not isinstance(item[INCLUDE], str):
            self._faults.append(
                Fault(
                    key,
                    f"`{show_key(key)}` is not an entry of a dependency group",
                    hints=(f'write a requirement, or `{{{INCLUDE} = "…"}}` with the name of a group',),
                )
            )
            return ()
        included = canonicalize_name(item[INCLUDE])
        if included in path:
            circle = " → ".join(f"`{name}`" for name in (*path[path.index(included) :], included))
            self._faults.append(Fault(key, f"dependency groups include each other in a circle: {circle}"))
            return ()
        if included not in self.written:
            self._faults.append(
                Fault(
                    key,
                    f"there is no dependency group {quote(item[INCLUDE])} to include",
                    hints=(did_you_mean(included, self.written, otherwise="the dependency groups are"),),
                )
            )
            return ()
        return self.entries(included, path)


def _normalized(
    table: Mapping[str, Any], key: KeyPath, faults: list[Fault]
) -> dict[str, tuple[KeyPath, object]]:
    """Return normalized name (PEP 503) to key and value of a table whose keys are names."""
    found: dict[str, tuple[KeyPath, object]] = {}
    spellings: dict[str, str] = {}
    for spelling, value in table.items():
        place = (*key, spelling)
        try:
            name = canonicalize_name(spelling, validate=True)
        except InvalidName:
            hint = "write letters, digits, `-`, `_` and `.`, and begin and end with a letter or digit"
            faults.append(Fault(place, f"{quote(spelling)} is not a valid name", hints=(hint,)))
            continue
        if name in spellings:
            both = join_words((spellings[name], spelling), "and")
            faults.append(Fault(place, f"{both} are the same name"))
            continue
        spellings[name] = spelling
        found[name] = (place, value)
    return found


def _expanded(name: str, own_name: str, written: Entries, faults: list[Fault]) -> Iterator[Entry]:
    return _without_self(written[name], own_name, written, faults, frozenset({name}))


def _without_self(
    entries: Iterable[Entry],
    own_name: str,
    extras: Entries,
    faults: list[Fault],
    seen: frozenset[str] = frozenset(),
) -> Iterator[Entry]:
    """Put the entries of an extra in the place of an entry that names the project with it.

    :param seen: the extras on the way; one that comes back to itself adds nothing.
    """
    for entry in entries:
        if entry.name != own_name:
            yield entry
            continue
        requirement = Requirement(entry.text)
        for extra in sorted(canonicalize_name(spelling) for spelling in requirement.extras):
            if extra not in extras:
                faults.append(_unknown_extra(entry, extra, extras))
            elif extra not in seen:
                inner = _without_self(extras[extra], own_name, extras, faults, seen | {extra})
                marker = requirement.marker
                yield from inner if marker is None else (_under(str(marker), found) for found in inner)


def _unknown_extra(entry: Entry, name: str, extras: Collection[str]) -> Fault:
    hint = "the project has no extras"
    if extras:
        hint = did_you_mean(name, extras, otherwise="the project's extras are")
    return Fault(entry.key, f"the project itself has no extra {quote(name)}", hints=(hint,))


def _under(marker: str, entry: Entry) -> Entry:
    """Return the entry for where the marker holds as well."""
    requirement = Requirement(entry.text)
    if requirement.marker is not None:
        marker = f"({requirement.marker}) and ({marker})"
    requirement.marker = None
    return replace(entry, text=f"{requirement} ; {marker}")


def _distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(dict.fromkeys(entries))
