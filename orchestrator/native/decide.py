"""Which shared objects would be taken for another environment's, and what has to change for them not to be.

glibc knows a loaded library by its SONAME and by the names it was asked for: a ``DT_NEEDED`` entry that equals one
of these is not looked up again. And a symbol of binding ``STB_GNU_UNIQUE`` (a static of a C++ inline function or
template) is bound to the first definition in the process, even under ``RTLD_LOCAL``. So two versions of one library
see each other where each should see itself.

Of environments that clash the first one keeps its names, the others get names of their own. First come those
in use already, which must not change; then the application environment, which everybody sees; then the others in
the plan's order. What is separated once does not clash any more, so that a second look decides nothing.

Left alone is

- a library that is the same in both environments, with all that it loads, that calls nothing of Python's C API, and
  that is not loaded by one and the same extension module in both: whichever is loaded, it does the same for both;
- what is there once in a process by its own design (``ONE_PER_PROCESS``);
- symbols of the namespace ``std``: they belong to libstdc++, of which a process has one;
- symbols that two environments share because one of them loads the other's libraries.

Process-wide symbols get another *name* and keep their binding: the objects of one environment go on sharing
them, as they would alone. Changing the binding instead would part them as well (a ``std::make_shared`` across
two libraries of one package, a registry in an inline function).
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.native.linked_groups import LinkedGroups
from orchestrator.native.model import Change, Edit
from orchestrator.native.resolve import edges, reached
from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from orchestrator.native.model import NativePlace, SharedObject
    from orchestrator.native.resolve import Key

# LLVM's and Intel's OpenMP runtimes end the process when a second copy starts ("OMP: Error #15"), whatever its name.
ONE_PER_PROCESS = re.compile(r"lib(?:iomp5|omp5?)\.so(?:\.\d+)*")
# Itanium C++ ABI: names of entities in ::std begin with St (5.1.4.1), also inside a nested or local name.
_OF_STD = re.compile(r"_Z(?:GV|T[VTIS])?Z?N?K?S[tabsiod]")


def suspects(places: Sequence[NativePlace]) -> frozenset[Key]:
    """Return the objects whose content decides whether there is a clash; :func:`decide` needs it of these alone."""
    names = _LibraryNames(places)
    chosen: set[Key] = set()
    for name in names.contested():
        for place in places:
            for key in names.claims[place.name].get(name, ()):
                for each in reached(names.edges, key):
                    chosen |= {each, *names.roots(each)}
    return frozenset(chosen)


def decide(places: Sequence[NativePlace]) -> tuple[Change, ...]:
    """Return what has to change so that no shared object of one place is taken for another's.

    :param places: in order of precedence but for those that are in use, which come first anyway.
    """
    ordered = sorted(places, key=lambda place: not place.in_use)
    names = _LibraryNames(ordered)
    linked = LinkedGroups(ordered, names.edges)
    distinct: set[str] = set()
    while True:
        renamed, shared = _renamed(ordered, names, distinct)
        symbols = linked.separated(shared, _OF_STD)
        # A library that has to change, for whatever other reason, is not the same as before elsewhere any more.
        touched = {
            name
            for place in ordered
            for each in place.objects
            if (name := shared.get((place.name, each.path))) is not None
            and (_edit(place, each, names, renamed) or each.unique & symbols.get(place.name, frozenset()))
        }
        if touched <= distinct:  # more than that an environment in use does not allow
            break
        distinct |= touched
    doubled = _same_inode(ordered, shared)
    changes = []
    for place in ordered:
        if place.in_use:
            continue
        new = renamed[place.name]
        edits = []
        for each in place.objects:
            edit = _edit(place, each, names, renamed)
            if edit is not None or each.path in doubled[place.name]:
                edits.append(edit or Edit(each.path))
        found = symbols.get(place.name, frozenset())
        if edits or new or found:
            changes.append(
                Change(
                    place.name,
                    dict(sorted(new.items())),
                    tuple(edits),
                    _links(place, new),
                    {symbol: f"{symbol}.{place.tag}" for symbol in sorted(found)},
                )
            )
    return tuple(changes)


def own_name(name: str, tag: str) -> str:
    """Return the library name of its own that stands for *name*: `libfoo-1a2b3c4d.so.1` for `libfoo.so.1`."""
    stem, extension, rest = name.partition(".so")
    return f"{stem}-{tag}{extension}{rest}"


class _LibraryNames:
    """Who goes by which name in each place, and who asks for it there."""

    def __init__(self, places: Sequence[NativePlace]) -> None:
        self.places = places
        self.objects = {(place.name, each.path): each for place in places for each in place.objects}
        self.edges = edges(places)
        self.claims: dict[str, dict[str, set[Key]]] = {place.name: defaultdict(set) for place in places}
        self.wants: dict[str, set[str]] = {place.name: set() for place in places}
        self._loaders: dict[Key, set[Key]] = defaultdict(set)
        for key, each in self.objects.items():
            if each.soname:
                self.claims[key[0]][each.soname].add(key)
            for name, target in self.edges[key].items():
                self.claims[target[0]][name].add(target)
                self.wants[target[0]].add(name)
                if target != key:
                    self._loaders[target].add(key)
        self._identities: dict[Key, str] | None = None

    def contested(self) -> list[str]:
        """Return the names that two places or more claim, and one of them asks for."""
        by_name: dict[str, list[str]] = defaultdict(list)
        for place in self.places:
            for name in self.claims[place.name]:
                by_name[name].append(place.name)
        return sorted(
            name
            for name, found in by_name.items()
            if len(found) > 1
            and any(name in self.wants[place] for place in found)
            and not ONE_PER_PROCESS.fullmatch(name)
        )

    def roots(self, key: Key) -> set[Key]:
        """Return what the program itself loads and that leads to the object: extension modules, as a rule."""
        return {each for each in reachable([key], self._loaders.__getitem__) if not self._loaders[each]} - {
            key
        }

    def may_share(self, name: str, one: str, other: str) -> bool:
        """Whether two places can do with one library of this name, whichever place it comes from."""
        ours, theirs = (self.claims[place][name] for place in (one, other))
        if len(ours) != 1 or len(theirs) != 1:
            return False
        mine, its = next(iter(ours)), next(iter(theirs))
        if self._identity(mine) != self._identity(its):
            return False
        counterparts = defaultdict(list)
        for key in reached(self.edges, its):
            counterparts[self._identity(key)].append(key)
        return all(
            not self.objects[key].uses_python
            and all(
                {self.objects[root].content for root in self.roots(key)}.isdisjoint(
                    self.objects[root].content for root in self.roots(counterpart)
                )
                for counterpart in counterparts[self._identity(key)]
            )
            for key in reached(self.edges, mine)
        )

    def _identity(self, key: Key) -> str:
        """Return a digest of an object and of all that it loads."""
        if self._identities is None:
            self._identities = self._all_identities()
        return self._identities[key]

    def _all_identities(self) -> dict[Key, str]:
        # Each round looks one step further; cycles are no matter, and no chain is longer than there are objects.
        found = {key: each.content or f"{key}" for key, each in self.objects.items()}
        while True:
            further = {
                key: _digest(
                    [found[key], *(f"{name} {found[to]}" for name, to in sorted(self.edges[key].items()))]
                )
                for key in found
            }
            if len(set(further.values())) == len(set(found.values())):
                return further
            found = further


def _renamed(
    places: Sequence[NativePlace], names: _LibraryNames, distinct: Container[str]
) -> tuple[dict[str, dict[str, str]], dict[Key, str]]:
    """Return place → old → new name, and the objects that are shared: object → what stands for all of them.

    :param distinct: names of libraries that must not be shared, however equal they are.
    """
    renamed: dict[str, dict[str, str]] = {place.name: {} for place in places}
    shared: dict[Key, str] = {}
    for name in names.contested():
        keepers: list[str] = []
        for place in places:
            if name not in names.claims[place.name]:
                continue
            clashing = [
                keeper
                for keeper in keepers
                if name in names.wants[place.name] | names.wants[keeper]
                and (name in distinct or not names.may_share(name, keeper, place.name))
            ]
            if clashing and not place.in_use:
                renamed[place.name][name] = own_name(name, place.tag)
            else:
                keepers.append(place.name)
        if len(keepers) > 1 and any(name in names.wants[keeper] for keeper in keepers):
            for keeper in keepers:
                shared |= dict.fromkeys(names.claims[keeper][name], name)
    return renamed, shared


def _edit(
    place: NativePlace, each: SharedObject, names: _LibraryNames, renamed: Mapping[str, Mapping[str, str]]
) -> Edit | None:
    needed = {}
    for name, (home, path) in names.edges[place.name, each.path].items():
        if name in renamed[home]:
            needed[name] = renamed[home][name]
        elif home != place.name:
            # What an earlier build has renamed goes by its file name here still.
            target = names.objects[home, path]
            if target.soname not in ("", name) and target.file_name == name:
                needed[name] = target.soname
    soname = renamed[place.name].get(each.soname, "")
    return Edit(each.path, soname, dict(sorted(needed.items()))) if soname or needed else None


def _links(place: NativePlace, renamed: Mapping[str, str]) -> dict[str, str]:
    """Return the links by which the search paths lead to renamed libraries: path → file name of the target."""
    links = {}
    names_of: dict[str, set[str]] = defaultdict(set)
    for each in place.objects:
        names_of[each.path] |= {each.soname, each.file_name}
    for link, target in place.links.items():
        names_of[target].add(posixpath.basename(link))
    for path, found in names_of.items():
        for name in found & renamed.keys():
            folder, file_name = posixpath.split(path)
            links[posixpath.join(folder, renamed[name])] = file_name
    return dict(sorted(links.items()))


def _same_inode(places: Iterable[NativePlace], shared: Container[Key]) -> dict[str, set[str]]:
    """Return place → objects that are the same file as one of an earlier place: hard links are one library.

    :param shared: objects that may be one library.
    """
    seen: dict[tuple[int, int], str] = {}
    found: dict[str, set[str]] = defaultdict(set)
    for place in places:
        for each in place.objects:
            if each.file_id == (0, 0) or (place.name, each.path) in shared:
                continue
            if seen.setdefault(each.file_id, place.name) != place.name:
                found[place.name].add(each.path)
    return found


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
