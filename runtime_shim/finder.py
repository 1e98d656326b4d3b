"""Finding modules by who asks: origin → view → the home environment's own path entries."""

from __future__ import annotations

import importlib.util
import os
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder

from runtime_shim import adoption, after_import, environment, hooks, keys, loaders, origin, searchpath, unseen
from runtime_shim.distribution import canonical

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType, ModuleType
    from typing import Any

    from runtime_shim.environment import Environment


class EnvironmentFinder:
    """The first entry of ``sys.meta_path``: answers for every name that some environment holds.

    Other names are left to the finders behind it, except that an environment's own search path may hold
    modules that no distribution declared (a folder its code added): those become its own as well.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module for the caller (see :meth:`importlib.abc.MetaPathFinder.find_spec`).

        None means: not in the caller's view, as for a module that isn't installed.
        """
        spec = self._find_spec(fullname, path, target, sys._getframe(1))
        if (
            spec is not None
            and isinstance(spec.loader, loaders.EnvironmentNamespaceLoader)
            and not unseen.is_importing(sys._getframe(1))
        ):
            spec.loader = None  # how a namespace package is told, by those who only look
        return spec

    def _find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None, frame: FrameType
    ) -> ModuleSpec | None:
        searchpath.reclaim()
        hooks.reclaim()
        name = str(fullname)
        top = name.partition(".")[0]
        contested = top in environment.contested
        if after_import.is_waiting_for(name):
            return after_import.find_spec(name, path, target, hooks.without_own(sys.meta_path))
        if not contested and (path is not None or top in sys.stdlib_module_names):
            return None
        asking = origin.find(frame)
        adoption.adopt_new_modules(asking)
        if isinstance(fullname, keys.Key):
            owner = type(fullname).environment
            path = path and _own_path(name, owner, path)
        elif contested:
            owner = asking.owners[name]
        elif asking.is_application:
            return None
        else:
            return self._undeclared(name, asking)
        if path is None and name in owner.undeclared:
            return self._undeclared(name, owner)
        if owner.stands_for(name) is not None:
            from runtime_shim import renaming  # for projects with import aliases

            return renaming.find_spec(name)
        if owner.is_application:
            if path is None and not asking.is_application:
                own = self._undeclared(name, asking)
                if own is not None:
                    return own
            return self._for_application(name, path, target, asking)
        if path is not None and asking.is_split(name.rpartition(".")[0]):
            return self._portion(name, owner)
        owner.start()
        return self._in_environment(name, path, target, owner)

    def _in_environment(
        self,
        name: str,
        path: Sequence[str] | None,
        target: ModuleType | None,
        owner: Environment,
    ) -> ModuleSpec | None:
        entries = searchpath.own_entries(owner) if path is None else path
        for finder in self._finders(owner):
            if finder is PathFinder:
                spec = PathFinder.find_spec(name, entries, target)
            else:
                spec = finder.find_spec(name, path, target)
            if spec is not None and _lies_in(spec, owner):
                return loaders.make_own(spec, owner)
        return None

    def _finders(self, owner: Environment) -> Iterator[Any]:
        """Yield the finders that may speak for *owner*'s modules, import hooks in their usual place.

        A hook of another environment's code (``six`` has one) knows that environment's modules only.
        """
        finders = list(list.__iter__(sys.meta_path))
        for finder in finders if PathFinder in finders else [*finders, PathFinder]:
            if finder is PathFinder or (
                finder not in (BuiltinImporter, FrozenImporter)
                and hooks.home(finder) in (None, owner.beside())
                and hasattr(finder, "find_spec")
            ):
                yield finder

    def _in_application_source(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        """Search where the application's own source lives: the path entries in no environment."""
        if path is None:
            application = origin.application()
            path = [
                entry
                for entry in searchpath.contents(application)
                if isinstance(entry, str) and not origin.is_installed(entry)
            ]
        return PathFinder.find_spec(name, path, target)

    def _for_application(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None, asking: Environment
    ) -> ModuleSpec | None:
        """Find a contested name for the application's own key: its source, or a split namespace package."""
        application = asking.application
        if asking.is_split(name):
            locations: list[str] = []
            for home in asking.portions(name):
                home.start()
                spec = PathFinder.find_spec(name, searchpath.own_entries(home) if path is None else path)
                locations += (spec and spec.submodule_search_locations) or ()
            spec = self._in_application_source(name, path, target)
            locations += (spec and spec.submodule_search_locations) or ()
            if locations:
                split = ModuleSpec(name, None, is_package=True)
                split.submodule_search_locations = list(dict.fromkeys(locations))
                return loaders.make_own(split, application, split=True)
        for finder in self._finders(application):
            if finder is PathFinder:
                spec = self._in_application_source(name, path, target)
            else:
                spec = finder.find_spec(name, path, target)
            if spec is not None and not origin.is_installed(spec.origin or ""):
                return loaders.make_own(spec, application)
        return None

    def _portion(self, name: str, owner: Environment) -> ModuleSpec | None:
        """Find one portion of a split namespace package, as its own environment finds it.

        That imports the environment's own parent package, which must have the portion as an attribute too.
        """
        owner.start()
        spec: ModuleSpec | None = owner.call(importlib.util.find_spec, name)
        loader: Any = spec and spec.loader
        if isinstance(loader, loaders.EnvironmentLoader):
            loader.is_portion = True
        return spec

    def has_application_source(self, name: str) -> bool:
        """Whether the application's own source has a module or regular package of this top-level name."""
        spec = self._in_application_source(name, None, None)
        return spec is not None and spec.loader is not None

    def _undeclared(self, name: str, asking: Environment) -> ModuleSpec | None:
        if asking.over is not None:
            spec = None if asking.over.is_application else self._undeclared(name, asking.over)
            if spec is not None:
                asking.see_also({name: asking.over})
            return spec
        asking.start()
        entries = searchpath.own_entries(asking)
        spec = PathFinder.find_spec(name, entries)
        if spec is not None:
            first = PathFinder.find_spec(name, searchpath.contents(asking)) or spec
            if not _lies_in(first, asking) or (spec.loader is None and first.loader is not None):
                spec = None  # another folder, put before its own, has one too
        if spec is None:
            asking.forget_undeclared(name)
            return None
        spec = self._in_environment(name, None, None, asking) or spec  # an import hook may come first
        asking.see_undeclared(name)
        return spec if isinstance(spec.name, keys.Key) else loaders.make_own(spec, asking)

    def invalidate_caches(self) -> None:
        """Do nothing: ``PathFinder`` holds the caches (:func:`importlib.invalidate_caches`)."""

    def find_distributions(self, context: Any = None) -> Iterator[Any]:
        """Yield the distributions that the caller sees although they are installed in another environment.

        Those in its own path entries are found by ``importlib.metadata``'s own finder, through the caller's
        ``sys.path``.
        """
        from importlib.metadata import DistributionFinder, MetadataPathFinder  # loaded: the caller is in it

        searchpath.reclaim()
        if context is not None and "path" in vars(context):
            return
        wanted = None if context is None or context.name is None else canonical(context.name)
        borrowed = origin.find(sys._getframe(1)).borrowed
        for name, home in borrowed.items():
            if wanted is None or wanted == canonical(name):
                yield from MetadataPathFinder.find_distributions(
                    DistributionFinder.Context(name=name, path=home.paths)
                )


def _own_path(name: str, owner: Environment, path: Sequence[str]) -> Sequence[str]:
    """Return the path of the package that *owner*'s module is in: ``importlib.reload`` has asked for the caller's."""
    parent = loaders.loaded(name.rpartition(".")[0], owner)
    return getattr(parent, "__path__", path)


def _lies_in(spec: ModuleSpec, owner: Environment) -> bool:
    """Whether a found module is *owner*'s: a hook may have found another file of the name, the application's."""
    if spec.origin is None or not os.path.isabs(spec.origin):
        return True
    return origin.environment_of_path(spec.origin) is owner
