"""Which file a ``DT_NEEDED`` entry means: the dynamic linker's rules (ld.so(8), glibc's elf/dl-load.c).

An entry without a slash is first compared with the names of what is loaded already, and only then looked for in
``DT_RPATH`` (the object's own and those of whatever loaded it, unless it has a ``DT_RUNPATH``), in
``DT_RUNPATH``, and in the system's folders. What is loaded already depends on who came first; here it is taken to be
what the objects of the same environment would have found: what a loader of the object needs under this name, and
else a library of this name that the environment, or one that it borrows from, bundles (packages load such libraries
by their path before whatever needs them).
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.native.model import NativePlace

    Key = tuple[str, str]
    """A shared object: its place's name and its path."""

# What PEP 513, 571, 599 and 600 let wheels expect of the system; a library that some other package bundles
# under such a name is not meant.
_OF_THE_SYSTEM = frozenset(
    "libgcc_s.so.1 libstdc++.so.6 libm.so.6 libdl.so.2 librt.so.1 libc.so.6 libnsl.so.1 libutil.so.1 "  # noqa: SIM905
    "libpthread.so.0 libresolv.so.2 libX11.so.6 libXext.so.6 libXrender.so.1 libICE.so.6 libSM.so.6 libGL.so.1 "
    "libgobject-2.0.so.0 libgthread-2.0.so.0 libglib-2.0.so.0 libatomic.so.1 libz.so.1 libexpat.so.1 "
    "libcrypt.so.1 libncursesw.so.5 libpanelw.so.5 libmvec.so.1 libanl.so.1".split()
)


def edges(places: Sequence[NativePlace]) -> dict[Key, dict[str, Key]]:
    """Return for each object what its ``DT_NEEDED`` entries mean, as far as that is in one of *places*."""
    resolver = _Resolver(places)
    return resolver.edges()


class _Resolver:
    def __init__(self, places: Sequence[NativePlace]) -> None:
        self._places = {place.name: place for place in places}
        self._objects = {(place.name, each.path): each for place in places for each in place.objects}
        self._found: dict[Key, dict[str, Key]] = {key: {} for key in self._objects}
        # Folders that DT_RPATH of loaders adds, and names that loaders have loaded; both grow.
        self._inherited: dict[Key, set[str]] = defaultdict(set)
        self._loaded: dict[Key, dict[str, Key]] = defaultdict(dict)
        self._bundled = {place.name: self._names_of(place) for place in places}

    def _names_of(self, place: NativePlace) -> dict[str, Key]:
        """Return the names under which a place's libraries may be asked for, without those that mean several."""
        names: dict[str, set[str]] = defaultdict(set)
        for each in place.objects:
            names[each.soname or each.file_name].add(each.path)
        for link, target in place.links.items():
            names[posixpath.basename(link)].add(target)
        # Under its file name a library can be asked for as long as nothing else is meant: it may have been renamed.
        files: dict[str, set[str]] = defaultdict(set)
        for each in place.objects:
            files[each.file_name].add(each.path)
        merged = {**files, **names}
        return {name: (place.name, next(iter(paths))) for name, paths in merged.items() if len(paths) == 1}

    def edges(self) -> dict[Key, dict[str, Key]]:
        waiting = list(self._objects)
        while waiting:
            again: set[Key] = set()
            for key in waiting:
                again |= self._look(key)
            waiting = sorted(again)
        return self._found

    def _look(self, key: Key) -> set[Key]:
        """Resolve what one object needs; return those that have to be looked at again because of it."""
        found, changed = self._found[key], set()
        for name in self._objects[key].needed:
            if name not in found:
                target = self._target(key, name)
                if target is not None:
                    found[name] = target
        for target in set(found.values()):
            if target != key and self._pass_on(key, target):
                changed.add(target)
        return changed

    def _pass_on(self, key: Key, target: Key) -> bool:
        """Let *target* know what its loader contributes; return whether that is news."""
        loader, news = self._objects[key], False
        if not loader.runpath:
            folders = {*self._inherited[key], *_folders(loader.path, loader.rpath)}
            news = not folders <= self._inherited[target]
            self._inherited[target] |= folders
        known, own = self._loaded[target], {**self._loaded[key], **self._found[key]}
        added = {name: meant for name, meant in own.items() if name not in known}
        known.update(added)
        return news or bool(added)

    def _target(self, key: Key, name: str) -> Key | None:
        place, each = self._places[key[0]], self._objects[key]
        if "/" in name:
            return None
        inherited = () if each.runpath else tuple(sorted(self._inherited[key]))
        for folder in (*_folders(each.path, each.runpath or each.rpath), *inherited):
            path = posixpath.join(folder, name)
            path = place.links.get(path, path)
            if (place.name, path) in self._objects:
                return place.name, path
        if name in self._loaded[key]:
            return self._loaded[key][name]
        if name in _OF_THE_SYSTEM:
            return None
        for seen in (place.name, *place.sees):
            target = self._bundled.get(seen, {}).get(name)
            if target is not None and target != key:
                return target
        return None


def _folders(path: str, entries: Iterable[str]) -> list[str]:
    """Return the folders below ``site-packages`` that search path *entries* of the object at *path* mean."""
    origin, folders = posixpath.dirname(path), []
    for entry in entries:
        for variable in ("$ORIGIN", "${ORIGIN}"):
            if entry == variable or entry.startswith(variable + "/"):
                folder = posixpath.normpath(posixpath.join(origin, "." + entry[len(variable) :]))
                if folder != ".." and not folder.startswith("../"):
                    folders.append("" if folder == "." else folder)
    return folders


def reached(found: Mapping[Key, Mapping[str, Key]], start: Key) -> set[Key]:
    """Return *start* and all that is loaded with it."""
    return set(reachable([start], lambda key: found[key].values()))
