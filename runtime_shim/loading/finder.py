"""Finding modules by who asks: caller → view → the home environment's own path entries."""

from __future__ import annotations

import importlib.util
import os
import sys
from _imp import is_frozen
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder

from runtime_shim.caller import frames
from runtime_shim.caller.acting import act_for
from runtime_shim.caller.files import code_files
from runtime_shim.loading import (
    loaders,
    not_found,
    portions,
    post_import,
    source_in_folder,
    staying,
    versioned_names,
)
from runtime_shim.loading.first_use import start
from runtime_shim.loading.namespace_packages import (
    EnvironmentNamespaceLoader,
    EnvironmentNamespacePath,
    found_below,
)
from runtime_shim.model.environment import known
from runtime_shim.modules.keys import Key, is_loaded, key_for, loaded
from runtime_shim.modules.rekeying import rekey_new_modules
from runtime_shim.views import meta_path, metadata, path_hooks, sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType, ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment


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
        caller = sys._getframe(1)
        frame = frames.asking(caller)
        is_direct = frame is caller  # else a wrapper is between, and may load the module at another time
        quickly = self._find_quickly(fullname, path, frame, is_direct=is_direct)
        if quickly is not None:
            return quickly
        spec = self._find_spec(fullname, path, target, frame)
        if (
            spec is not None
            and isinstance(spec.loader, EnvironmentNamespaceLoader)
            and not not_found.is_importing(frame)
        ):
            # How a namespace package is told, by those who only look; they may make a module of that name.
            spec.loader, spec.name = None, str(spec.name)
        return spec

    def _find_quickly(
        self, name: str, path: Sequence[str] | None, frame: FrameType, *, is_direct: bool
    ) -> ModuleSpec | None:
        """Find a module of an environment in its package's only folder; None if that is not all there is to it."""
        if (
            type(path) is not list
            or len(path) != 1
            or type(path[0]) is not str
            or type(name) is not str
            or name.partition(".")[0] not in known.versioned_import_names
        ):
            return None
        sys_path.reclaim()
        meta_path.reclaim()
        calling = frames.find(frame)
        owner = calling.owners[name]
        if (
            owner.is_application
            or not owner.is_started
            or owner.stands_for(name) is not None
            or owner.is_split(name)
            or (owner is not calling and calling.is_split(name.rpartition(".")[0]))
        ):
            return None
        rekey_new_modules(calling)
        is_imported = is_direct and not_found.is_importing(frame)
        return source_in_folder.find(name, path[0], owner, is_imported=is_imported)

    def _find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None, frame: FrameType
    ) -> ModuleSpec | None:
        staying.follow()
        sys_path.reclaim()
        meta_path.reclaim()
        name = str(fullname)
        top = name.partition(".")[0]
        is_versioned = top in known.versioned_import_names
        if not is_versioned and post_import.is_waiting_for(name):
            return post_import.find_spec(name, path, target, meta_path.without_own(sys.meta_path))
        if not is_versioned and path is not None:
            return None
        if not is_versioned and _is_standard(top):
            return self._before_standard(name, frame)
        calling = frames.find(frame)
        rekey_new_modules(calling)
        if isinstance(fullname, Key):
            owner = type(fullname).environment
            path = path and _own_path(name, owner, path)
        elif is_versioned:
            if path is None and calling.is_application and loaded(calling.owners[name], name) is None:
                calling.search_again(name)  # the path may be another than when somebody last asked
            owner = calling.owners[name]
        elif calling.is_application:
            return None
        else:
            return self._undeclared(name, calling)
        if path is None and name in owner.undeclared:
            return self._undeclared(name, owner)
        if owner.stands_for(name) is not None:
            from runtime_shim.loading import import_aliases  # for projects with import aliases

            return import_aliases.find_spec(name)
        if owner.is_split(name):
            return self._split(name, path, owner) or self._for_application(name, path, target, owner)
        if owner.is_application:
            if path is None and not calling.is_application:
                own = self._undeclared(name, calling)
                if own is not None:
                    return own
            return self._for_application(name, path, target, calling)
        if path is not None and owner is not calling and calling.is_split(name.rpartition(".")[0]):
            return self._portion(name, owner)
        if not owner.is_started:
            start(owner)
            if not_found.is_importing(frame) and is_loaded(owner, name):  # its start-up has imported it
                return loaders.loaded_already(name, owner)
        found = self._in_environment(name, path, target, owner)
        return found or (None if path is None else self._elsewhere(name, owner, calling))

    def _in_environment(
        self,
        name: str,
        path: Sequence[str] | None,
        target: ModuleType | None,
        owner: Environment,
    ) -> ModuleSpec | None:
        entries: Sequence[str] = sys_path.own_entries(owner) if path is None else list(path)
        for finder in self._finders(owner):
            if finder is PathFinder:
                spec = PathFinder.find_spec(name, entries, target)
            else:
                spec = finder.find_spec(name, path, target)
            if spec is not None and _lies_in(spec, owner):
                return loaders.make_own(spec, owner)
        return None

    def _elsewhere(self, name: str, owner: Environment, calling: Environment) -> ModuleSpec | None:
        """Find a portion of *owner*'s namespace package in another folder on the caller's path.

        That may be one of the caller's own (``pkg_resources`` puts one on the path that its ``jaraco.text`` is in).
        What lies outside all environments is the application's module for everybody: its source, mostly.
        """
        parent = loaded(owner, name.rpartition(".")[0])
        if not isinstance(getattr(parent, "__path__", None), EnvironmentNamespacePath):
            return None
        if not calling.is_application and calling is not owner:
            spec = found_below(name, sys_path.own_entries(calling))
            if spec is not None:
                calling.see_also({name: calling})
                return loaders.make_own(spec, calling)
        spec = found_below(name, _public_entries())
        if spec is None:
            return None
        application = owner.application
        if calling.is_application:
            application.see_also({name: application})
            return loaders.make_own(spec, application)
        loader: Any = versioned_names.VersionedNameLoader(application, name)
        return ModuleSpec(key_for(owner, name), loader)

    def _finders(self, owner: Environment) -> Iterator[Any]:
        """Yield the finders that may speak for *owner*'s modules, import hooks in their usual place.

        A hook of another environment's code (``six`` has one) knows that environment's modules only.
        """
        finders = meta_path.hooks()
        for finder in finders if PathFinder in finders else [*finders, PathFinder]:
            if finder is PathFinder or (
                finder not in (BuiltinImporter, FrozenImporter)
                and meta_path.home(finder) in (None, owner.beside())
                and hasattr(finder, "find_spec")
            ):
                yield finder

    def _in_application_source(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        """Search where the application's own source lives: the path entries in no environment."""
        if path is None:
            path = _of_nobody(sys_path.contents(code_files.application))
        return PathFinder.find_spec(name, path, target)

    def _for_application(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None, calling: Environment
    ) -> ModuleSpec | None:
        """Find a versioned import name for the application's own key: its source."""
        application = calling.application
        for finder in self._finders(application):
            if finder is PathFinder:
                spec = self._in_application_source(name, path, target)
            else:
                spec = finder.find_spec(name, path, target)
            if spec is not None and not code_files.is_installed(spec.origin or ""):
                return loaders.make_own(spec, application)
        return self._on_path(name, target) if path is None else None

    def _on_path(self, name: str, target: ModuleType | None) -> ModuleSpec | None:
        """Find in an environment that the application's path leads to what its view does not hold.

        A child's PYTHONPATH may be all of the parent's ``sys.path``. It is that environment's module, not a second
        copy of it.
        """
        for entry in sys_path.contents(code_files.application):
            home = code_files.environment_of(os.path.join(entry, "")) if isinstance(entry, str) else None
            if home is not None and home.owners[name] is home:
                code_files.application.see_also({name: home})
                start(home)
                return self._in_environment(name, None, target, home)
        return None

    def _split(self, name: str, path: Sequence[str] | None, view: Environment) -> ModuleSpec | None:
        """Find a namespace package whose portions live in several environments: one for each view.

        Nothing is imported through its path but the application's own portion: :meth:`_portion` finds the others.
        """
        locations: list[str] = []
        for home in view.portions(name):
            start(home)
            spec = found_below(name, sys_path.own_entries(home))
            entries = list((spec and spec.submodule_search_locations) or ())
            locations += entries if home is view else map(portions.entry, entries)
        own = path and [entry for entry in path if not portions.is_entry(entry)]
        spec = self._in_application_source(name, own, None)
        locations += (spec and spec.submodule_search_locations) or ()
        if not locations:
            return None
        found = ModuleSpec(name, None, is_package=True)
        found.submodule_search_locations = list(dict.fromkeys(locations))
        return loaders.make_own(found, view, split=True)

    def _portion(self, name: str, owner: Environment) -> ModuleSpec | None:
        """Find one portion of a split namespace package, as its own environment finds it.

        That imports the environment's own parent package, which must have the portion as an attribute too.
        """
        start(owner)
        spec: ModuleSpec | None = act_for(owner, importlib.util.find_spec, name)
        loader: Any = spec and spec.loader
        if isinstance(loader, loaders.EnvironmentLoader):
            loader.is_portion = True
        if spec is not None and loader is None:  # a namespace package, as it is told to those who only look
            return loaders.make_own(spec, owner)
        return spec

    def has_application_source(self, name: str) -> bool:
        """Whether a module or regular package of this top-level name comes before what is installed.

        That is what a plain interpreter goes by: the script's folder, PYTHONPATH, and what a program or an engine puts
        on the path in front of ``site-packages``, is found first; what it puts behind is not.
        """
        application = code_files.application
        path, installed = sys_path.contents(application), application.paths[0]
        before = path[: path.index(installed)] if installed in path else path
        # On its behalf: to find out for whom else may need the answer to this very question.
        spec = act_for(application, PathFinder.find_spec, name, _of_nobody(before))
        return spec is not None and spec.loader is not None

    def _before_standard(self, name: str, frame: FrameType) -> ModuleSpec | None:
        """Find what the caller's own code has put before the standard library: it is that environment's alone.

        By folders on the path, that is: no path comes before what is built in or frozen. Where no environment has put
        any, the path begins with the same entries for everybody, the library's among them: who asks does not matter.
        """
        if name in sys.builtin_module_names or is_frozen(name):
            return None
        beginning = sys_path.common_beginning()
        if beginning is not None:
            found = PathFinder.find_spec(name, beginning) if meta_path.has_hooks_last() else None
            return None if found is None or found.loader is None else found
        calling = frames.find(frame)
        if calling.is_application:
            return None
        added = [entry for entry in sys_path.own_entries(calling) if entry not in calling.paths]
        seen = sys_path.contents(calling) if added else []
        library = os.path.dirname(os.__file__)
        before = seen[: seen.index(library)] if library in seen else seen
        spec = PathFinder.find_spec(name, [entry for entry in added if entry in before])
        if spec is None:
            return None
        calling.see_undeclared(name)
        return loaders.make_own(spec, calling)

    def _undeclared(self, name: str, calling: Environment) -> ModuleSpec | None:
        if calling.over is not None:
            spec = None if calling.over.is_application else self._undeclared(name, calling.over)
            if spec is not None:
                calling.see_also({name: calling.over})
            return spec
        start(calling)
        entries = sys_path.own_entries(calling)
        spec = PathFinder.find_spec(name, entries)
        if spec is not None:
            first = PathFinder.find_spec(name, sys_path.contents(calling)) or spec
            if not _lies_in(first, calling) or (spec.loader is None and first.loader is not None):
                spec = None  # another folder, put before its own, has one too
        if spec is None:
            if name in calling.undeclared and loaded(calling, name) is None:
                calling.forget_undeclared(name)
            return None
        spec = self._in_environment(name, None, None, calling) or spec  # an import hook may come first
        calling.see_undeclared(name)
        return spec if isinstance(spec.name, Key) else loaders.make_own(spec, calling)

    def discover(self, parent: ModuleSpec | None = None) -> list[ModuleSpec]:
        """Return what the caller could import at the top and has not on its path: what lies in other environments.

        From 3.15 on tracebacks suggest names so (see :meth:`importlib.abc.MetaPathFinder.discover`); ``PathFinder``
        knows the caller's own entries, and submodules.
        """
        if parent is not None:
            return []
        calling = frames.find(frames.asking(sys._getframe(1)))
        elsewhere = [(name, home) for name, home in calling.imports.items() if home is not calling]
        found = (PathFinder.find_spec(name, list(home.paths)) for name, home in elsewhere)
        return [spec for spec in found if spec is not None]

    def invalidate_caches(self) -> None:
        """Reach the caches that ``PathFinder`` doesn't hold (:func:`importlib.invalidate_caches`)."""
        path_hooks.invalidate_caches()

    find_distributions = staticmethod(metadata.find_distributions)


def _is_standard(top: str) -> bool:
    """Whether a top-level name is found before any search path, or is one of the standard library."""
    return top in sys.stdlib_module_names or top in sys.builtin_module_names or is_frozen(top)


def _public_entries() -> list[str]:
    """Return what everybody has on the path, but for the folders of environments and the standard library."""
    library = os.path.dirname(os.__file__)
    return [
        entry
        for entry in sys_path.contents(code_files.application)
        if isinstance(entry, str)
        and code_files.environment_of(os.path.join(entry, "")) is None
        and (not entry.startswith(library) or entry.startswith(code_files.application.paths[0]))
    ]


def _of_nobody(path: Sequence[Any]) -> list[str]:
    """Return the entries of a path that lie in no environment, the application's included."""
    return [entry for entry in path if isinstance(entry, str) and not code_files.is_installed(entry)]


def _own_path(name: str, owner: Environment, path: Sequence[str]) -> Sequence[str]:
    """Return the path of the package that *owner*'s module is in: ``importlib.reload`` has asked for the caller's."""
    parent = loaded(owner, name.rpartition(".")[0])
    return getattr(parent, "__path__", path)


def _lies_in(spec: ModuleSpec, owner: Environment) -> bool:
    """Whether a found module is *owner*'s: a hook may have found another file of the name, the application's."""
    if spec.origin is None or not os.path.isabs(spec.origin):
        return True
    return code_files.environment_of(spec.origin) is owner
