"""Import aliases: with ``[tool.mvenv.aliases]`` the application has a second version under a name of its own.

To the application's code ``pandas_old`` and ``pandas_old.io`` *are* the modules ``pandas`` and ``pandas.io`` of the
environment that holds that version. They are stored in ``sys.modules`` a second time, under keys whose owner is
nobody's environment and that only the application's view maps to. So nobody else sees them.

Loaded where the import map has aliases, and not otherwise.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib._bootstrap import _gcd_import  # type: ignore[attr-defined] # import_module without its frame
from importlib.machinery import ModuleSpec

from runtime_shim.caller.acting import act_for
from runtime_shim.caller.disguise import as_importlib
from runtime_shim.loading import versioned_names
from runtime_shim.model.environment import Environment
from runtime_shim.model.inspection import namespace_of
from runtime_shim.modules.keys import LoaderName, key_for, key_type

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.import_map import AliasPart

# Methods of loaders that are given the module's name and check it (`_check_name` in importlib._bootstrap_external).
_BY_NAME = frozenset({"get_code", "get_filename", "get_resource_reader", "get_source", "is_package"})


def see(
    application: Environment, meanings: Mapping[str, AliasPart], environments: Mapping[str, Environment]
) -> None:
    """Let *application* see aliases, and no longer those of an earlier map.

    :param meanings: import name → the module that is meant, and the name of its environment.
    """
    known: Aliases | None = versioned_names.aliases()
    owner = known or Aliases(application)
    meant = {alias: (environments[to["environment"]], to["module"]) for alias, to in meanings.items()}
    owner.mean(meant)
    if known is None:  # whole from the first moment that others can see it
        versioned_names.use_aliases(owner)
        LoaderName.__ne__ = _is_another_name  # type: ignore[assignment]
    application.see_also(
        # Under its own name a module needs no alias: that only says which of several the application sees.
        {alias: home if module == alias else owner for alias, (home, module) in meant.items()}
    )


class Aliases(Environment):
    """The owner of the application's import aliases: no environment that holds anything, and in nobody's list."""

    def __init__(self, application: Environment) -> None:
        super().__init__("the application's aliases", application, [])
        self._meanings: dict[str, tuple[Environment, str]] = {}
        # The first part of a module's name → the aliases that mean it, their environments, and the modules.
        self._by_top: dict[str, list[tuple[str, Environment, str]]] = {}

    def mean(self, meanings: Mapping[str, tuple[Environment, str]]) -> None:
        """Set what the aliases mean; those that mean something else from now on have to be imported again."""
        changed = {name for name, old in self._meanings.items() if meanings.get(name) != old}
        for key in list(sys.modules):
            if type(key) is key_type(self) and str(key).partition(".")[0] in changed:
                sys.modules.pop(key, None)
        self._meanings = dict(meanings)
        by_top: dict[str, list[tuple[str, Environment, str]]] = {}
        for alias, (home, module) in meanings.items():
            by_top.setdefault(module.partition(".")[0], []).append((alias, home, module))
        self._by_top = by_top

    def stands_for(self, name: str) -> tuple[Environment, str] | None:
        """Return the environment and the module that an alias, or what lies below one, means."""
        top, dot, rest = name.partition(".")
        meant = self._meanings.get(top)
        return None if meant is None else (meant[0], meant[1] + dot + rest)

    def follow(self, environment: Environment, module_name: str, module: ModuleType) -> None:
        """Put a module that has just been executed into ``sys.modules`` under the aliases that mean it, too."""
        for alias, home, meant in self._by_top.get(module_name.partition(".")[0], ()):
            if (module_name + ".").startswith(meant + ".") and home.owners[module_name] is environment:
                self._store(alias, module_name[len(meant) :], module)

    def follow_loaded(self, alias: str) -> None:
        """Do the same for everything below *alias*, now that it is imported."""
        home, meant = self._meanings[alias]
        for key in list(sys.modules):
            name = str(key)
            if name.startswith(meant + ".") and _is_of(key, home.owners[name]):
                self._store(alias, name[len(meant) :], sys.modules.get(key))

    def _store(self, alias: str, rest: str, module: ModuleType | None) -> None:
        if module is not None and key_for(self, alias) in sys.modules:
            sys.modules[key_for(self, alias + rest)] = module


def _is_of(key: str, environment: Environment) -> bool:
    """Whether an entry of ``sys.modules`` is *environment*'s; what nobody disagrees about is the application's."""
    return type(key) is key_type(environment) or (type(key) is str and environment.is_application)


def _is_another_name(self: LoaderName, name: str) -> bool:
    """Whether a loader's own name is neither *name* nor what that stands for: `runpy` asks by the alias."""
    meant = versioned_names.aliases().stands_for(str(name))
    return str.__ne__(self, name) and (meant is None or str.__ne__(self, meant[1]))


def find_spec(name: str) -> ModuleSpec | None:
    """Find the module that an alias stands for."""
    owner: Aliases = versioned_names.aliases()
    meant = owner.stands_for(name)
    if meant is None:
        return None
    home, module_name = meant
    try:
        real = act_for(home, importlib.util.find_spec, module_name)
    except ValueError:  # it is loaded and has no spec
        real = ModuleSpec(module_name, None)
    return None if real is None else _Spec(key_for(owner, name), _Loader(owner, home, module_name), real)


class _Spec(ModuleSpec):
    """What :func:`importlib.util.find_spec` tells of an alias: the place of the real module."""

    def __init__(self, alias: str, loader: Any, real: ModuleSpec) -> None:
        super().__init__(alias, loader, origin=real.origin)
        if real.submodule_search_locations is not None:
            self.submodule_search_locations = list(real.submodule_search_locations)
        self.has_location = real.has_location
        self._parent = real.parent

    @property
    def parent(self) -> str | None:
        """The real package: `python -m` takes it for ``__package__``, and the file's own imports rely on that."""
        return self._parent


class _Loader(versioned_names.VersionedNameLoader):
    """Imports the real module and lets the alias stand for it; otherwise as good as the module's own loader."""

    def __init__(self, owner: Aliases, environment: Environment, name: str) -> None:
        super().__init__(environment, name)
        self._owner = owner
        # Makes it the caller of what `exec_module` imports: see runtime_shim.caller.frames.
        self.environment = environment

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Put the real module in its place; a program that loads by itself keeps the module object it has."""
        spec: Any = module.__spec__
        if not getattr(spec, "_initializing", False):  # set by importlib's own imports (`_load_unlocked`)
            vars(module).update(namespace_of(_gcd_import(self._name)))
            return
        versioned_names.taken_from(module)
        # Whoever asks meanwhile, from below the import, shall get the real module as far as it is.
        sys.modules.pop(spec.name, None)
        self.stand_for(spec, _gcd_import(self._name))
        if "." not in spec.name:
            self._owner.follow_loaded(str(spec.name))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        spec = act_for(self.environment, importlib.util.find_spec, self._name)
        found = getattr(spec and spec.loader, name)
        return (lambda _=None: found(self._name)) if name in _BY_NAME else found
