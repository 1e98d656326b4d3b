"""Making a module an environment's own: the spec's name becomes a key, everything else stays as it was.

``importlib._bootstrap._load_unlocked`` stores a module under ``spec.name`` (and pops and stores it again), so
``spec.name`` itself must be the key. Module code, on the other hand, must see plain strings: Cython rejects
str subclasses as ``__name__``. So the loaders create modules with a plain name and ``spec.parent`` is plain.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib.machinery import (
    ExtensionFileLoader,
    ModuleSpec,
    NamespaceLoader,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import ModuleType

from runtime_shim.caller import builtins_namespaces, disguise
from runtime_shim.caller.disguise import as_importlib
from runtime_shim.caller.files import code_files
from runtime_shim.loading import parting, post_import, versioned_names
from runtime_shim.loading.namespace_packages import EnvironmentNamespaceLoader, EnvironmentNamespacePath
from runtime_shim.model.distribution import Distribution
from runtime_shim.modules import turns
from runtime_shim.modules.keys import LoaderName, key_for, loaded
from runtime_shim.modules.rekeying import rekey_new_modules
from runtime_shim.views import own_changes

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from typing import Any, Self

    from runtime_shim.model.environment import Environment


_ROOM = (1 << 14) + 512
"""Values on the stack of a frame that leaves half of a chunk of 256 KiB to others: that of some fifty imports."""


class EnvironmentSpec(ModuleSpec):
    """A spec whose name is a key and whose ``parent`` is a plain string."""

    @property
    def parent(self) -> str:
        """The package's name: what ``module.__package__`` becomes."""
        name = str(self.name)
        return name if self.submodule_search_locations is not None else name.rpartition(".")[0]

    def __repr__(self) -> str:
        return super().__repr__().replace(type(self).__name__, ModuleSpec.__name__, 1)


class _Turn:
    """An environment's turn at the modules of a name, or at extension modules; at its end they are rekeyed."""

    def __init__(self, environment: Environment, name: str = "") -> None:
        self._environment = environment
        self._turns = turns.of(name.partition(".")[0]) if name else turns.extensions
        self._visit: turns.Visit | None = None

    def __enter__(self) -> Self:
        if self._turns.here() is not self._environment:  # else a module of the package that is being executed
            visit = self._turns.wait(self._environment)
            try:
                rekey_new_modules(self._environment)  # what has come until now is somebody else's
                self._visit = self._turns.begin(visit)
            except BaseException:  # KeyboardInterrupt
                self._turns.leave(visit)
                raise
        return self

    @property
    def is_new(self) -> bool:
        """Whether it begins here, and not with another module of the same package."""
        return self._visit is not None

    def __exit__(self, *_: object) -> None:
        # Single-phase extensions put themselves into sys.modules (_PyImport_FixupExtensionObject).
        try:
            rekey_new_modules(self._environment)
        finally:
            if self._visit is not None:
                self._turns.leave(self._visit)


class EnvironmentLoader:
    """What the loaders of environments share: plain names for module code, new keys for what it left behind."""

    environment: Environment
    # Whether it is Python code, which has the environment's own builtins; `exec` puts its own where there are none.
    is_code = False
    # Imported through another view's namespace package, so importlib sets the attribute on that one only.
    is_portion = False

    def __repr__(self) -> str:
        return disguise.plain_repr(self)

    @as_importlib
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return a module with a plain name, which ``_init_module_attrs`` then leaves alone."""
        return ModuleType(str(spec.name))

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Execute the module, then rekey the modules it put into ``sys.modules`` itself."""
        if type(module.__name__) is not str:  # importlib.reload sets it anew from the spec
            module.__name__ = str(module.__name__)
        if self.is_code:
            vars(module)["__builtins__"] = builtins_namespaces.of(self.environment)
            code_files.owners_of(self.path)  # type: ignore[attr-defined] # its first look-up need not ask
        with _Execution(super().exec_module, module, self.environment) as execute:  # type: ignore[misc]
            execute(module)
        if self.is_portion:
            parent, _, child = module.__name__.rpartition(".")
            setattr(loaded(self.environment, parent), child, module)


class EnvironmentSourceLoader(EnvironmentLoader, SourceFileLoader):  # type: ignore[misc]
    """Loads a source file of an environment."""

    is_code = True
    status: os.stat_result | None = None
    """What the finder has just been told of the file, until that is asked for."""

    @as_importlib
    def path_stats(self, path: str) -> Mapping[str, Any]:
        """Return what bytecode is compared with (:meth:`importlib.abc.SourceLoader.path_stats`)."""
        status, self.status = self.status, None
        if status is None:
            return super().path_stats(path)
        return {"mtime": status.st_mtime, "size": status.st_size}


class EnvironmentSourcelessLoader(EnvironmentLoader, SourcelessFileLoader):
    """Loads a byte-code file of an environment."""

    is_code = True


class EnvironmentExtensionLoader(EnvironmentLoader, ExtensionFileLoader):
    """Loads an extension module of an environment, which must never see the key."""

    @as_importlib
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Load the shared object under its plain name."""
        key, name = spec.name, str(spec.name)
        with _Turn(self.environment, name), _Turn(self.environment):
            spec.name = name
            try:
                return ExtensionFileLoader.create_module(self, spec)
            finally:
                spec.name = key

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Execute the module when it is the environment's turn."""
        with _Turn(self.environment, module.__name__), _Turn(self.environment):
            super().exec_module(module)


class DelegatingLoader:
    """Loads an environment's module with somebody else's loader (an import hook's, a zip file's)."""

    def __init__(self, loader: Any, environment: Environment) -> None:
        self.delegate = loader
        self.environment = environment

    def __getattr__(self, name: str) -> Any:
        return getattr(self.delegate, name)

    # For isinstance(): whoever asks for a spec sees the kind of loader that was found.
    __class__ = property(lambda self: type(self.delegate))

    @as_importlib
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Let the other loader create the module, under its plain name."""
        key: Any = spec.name
        spec.name, spec.loader = str(key), self.delegate
        try:
            module = self.delegate.create_module(spec) if hasattr(self.delegate, "create_module") else None
        finally:
            spec.name, spec.loader = key, self  # type: ignore[assignment]
        return ModuleType(str(key)) if module is None else module

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Let the other loader execute the module, which then names that loader as its own."""
        module.__name__ = str(module.__name__)
        vars(module)["__builtins__"] = builtins_namespaces.of(self.environment)
        module.__loader__ = self.delegate
        if module.__spec__ is not None:
            module.__spec__.loader = self.delegate
        with _Execution(self.delegate.exec_module, module, self.environment) as execute:
            execute(module)


_LOADERS: dict[type, type] = {
    SourceFileLoader: EnvironmentSourceLoader,
    SourcelessFileLoader: EnvironmentSourcelessLoader,
    ExtensionFileLoader: EnvironmentExtensionLoader,
}


def make_own(spec: ModuleSpec, environment: Environment, *, split: bool = False) -> ModuleSpec:
    """Turn a spec that a finder returned for a plain name into one of *environment*'s; returns the same object.

    :param split: it is a namespace package whose portions live in several environments.
    """
    name = str(spec.name)
    loader: Any = spec.loader
    if loader is None or isinstance(loader, NamespaceLoader):
        locations = EnvironmentNamespacePath(
            spec.submodule_search_locations or (),
            name,
            None if split or environment.is_application else environment,
        )
        spec.submodule_search_locations = locations
        spec.loader = EnvironmentNamespaceLoader(locations, environment if split else None)
    elif type(loader) in _LOADERS:
        _prepare(loader)
        loader.__class__ = _LOADERS[type(loader)]
        loader.name = LoaderName(loader.name)
        loader.environment = environment
    elif isinstance(loader, type) or not hasattr(loader, "exec_module"):
        return spec  # a class as a loader (built-in and frozen modules): not an environment's
    else:
        _prepare(loader)
        spec.loader = DelegatingLoader(loader, environment)  # type: ignore[assignment]
    spec.__class__ = EnvironmentSpec
    spec.name = key_for(environment, name)
    return spec


def spec_of_source(
    name: str, path: str, environment: Environment, status: os.stat_result | None
) -> ModuleSpec:
    """Return what :func:`make_own` makes of the spec of a source file that is no package's.

    :param status: what is known of the file, if the module is executed now.
    """
    loader = EnvironmentSourceLoader(LoaderName(name), path)
    loader.environment, loader.status = environment, status
    spec = EnvironmentSpec(key_for(environment, name), loader, origin=path)
    spec.has_location = True
    return spec


def loaded_already(name: str, environment: Environment) -> ModuleSpec:
    """Return a spec for a module that *environment* has loaded while importlib was looking for it.

    The module is out of ``sys.modules`` until the spec is used: ``_find_spec`` in CPython's Lib/importlib/_bootstrap.py
    would take the ``__spec__`` of one that is there, and execute it once more. Others wait for this import's lock.
    """
    key = key_for(environment, name)
    return ModuleSpec(key, _LoadedAlready(sys.modules.pop(key)))  # type: ignore[arg-type]


class _LoadedAlready:
    """Lets a module stay what it is; importlib takes what it finds in ``sys.modules`` after executing one."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module

    def create_module(self, spec: ModuleSpec) -> None:
        """Let importlib make a module, which is thrown away."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the real module in the place of the one that importlib has made."""
        sys.modules[module.__spec__.name] = self._module  # type: ignore[union-attr]


def _prepare(loader: Any) -> None:
    if isinstance(loader, ExtensionFileLoader):
        from runtime_shim.process_state import type_registries  # for environments with extension modules

        type_registries.install()


@as_importlib
def _with_room(execute: Callable[[ModuleType], None], module: ModuleType) -> None:
    """Execute a module, and what it imports, in one piece of memory for frames.

    The interpreter has that in chunks of 16 KiB (``push_chunk`` in CPython's Python/pystate.c), and gives one back as
    soon as its first frame ends. What runs where a chunk ends maps memory and unmaps it at every call: thousands of
    times where modules import each other as deeply as large packages do, and each module adds frames of the shim. (The
    latest releases keep one chunk, gh-142183.) A chunk is larger if its first frame needs that; this one claims to.
    """
    execute(module)


_with_room.__code__ = _with_room.__code__.replace(co_stacksize=_ROOM)


class _Execution:
    """What goes with executing a module: it says which distribution it is of, leaves no plain keys, gets its alias.

    Not a function that calls it: where modules import each other deeply, each frame counts for the recursion limit.
    """

    def __init__(
        self, execute: Callable[[ModuleType], None], module: ModuleType, environment: Environment
    ) -> None:
        # Asked for now: afterwards it may be a module that is loaded when it is asked for anything (`LazyLoader`).
        self._name = name = module.__name__
        found = environment.distribution(name)
        if found is not None:
            module.__distribution__ = Distribution(*found, environment.name)  # type: ignore[attr-defined]
            execute = parting.parted(execute, name, found[0], environment)
        self._execute, self._module, self._environment = execute, module, environment
        self._turn = _Turn(environment, name)
        self._earlier: Any = None

    def __enter__(self) -> Callable[[ModuleType], None]:
        """Return what executes the module."""
        self._turn.__enter__()
        if not self._turn.is_new:
            return self._execute
        try:
            self._earlier = own_changes.before()  # once for a package: it takes some microseconds
        except BaseException:  # KeyboardInterrupt
            self._turn.__exit__()
            raise
        return partial(_with_room, self._execute)

    def __exit__(self, error: object, *_: object) -> None:
        try:
            if self._earlier is not None:
                own_changes.after(self._earlier, self._environment)
        finally:
            self._turn.__exit__()
        if error is None:
            # It may have put another in its place.
            module = loaded(self._environment, self._name) or self._module
            versioned_names.register(self._environment, self._name, module)
            post_import.is_executed(self._name)
