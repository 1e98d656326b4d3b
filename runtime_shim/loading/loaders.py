"""Making a module an environment's own: the spec's name becomes a key, everything else stays as it was.

``importlib._bootstrap._load_unlocked`` stores a module under ``spec.name`` (and pops and stores it again), so
``spec.name`` itself must be the key. Module code, on the other hand, must see plain strings: Cython rejects
str subclasses as ``__name__``. So the loaders create modules with a plain name and ``spec.parent`` is plain.
"""

from __future__ import annotations

import importlib
from importlib.machinery import (
    ExtensionFileLoader,
    ModuleSpec,
    NamespaceLoader,
    PathFinder,
    SourceFileLoader,
    SourcelessFileLoader,
)
from types import ModuleType

from runtime_shim.caller import builtins_namespaces
from runtime_shim.caller.disguise import as_importlib
from runtime_shim.loading import versioned_names
from runtime_shim.model.distribution import Distribution
from runtime_shim.model.environment import known
from runtime_shim.modules import turns
from runtime_shim.modules.keys import LoaderName, key_for, loaded
from runtime_shim.modules.rekeying import rekey_new_modules
from runtime_shim.views import own_changes, sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from runtime_shim.model.environment import Environment


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

    def __enter__(self) -> None:
        if self._turns.here() is not self._environment:  # else a module of the package that is being executed
            visit = self._turns.wait(self._environment)
            rekey_new_modules(self._environment)  # what has come until now is somebody else's
            self._visit = self._turns.begin(visit)

    def __exit__(self, *_: object) -> None:
        # Single-phase extensions put themselves into sys.modules (_PyImport_FixupExtensionObject).
        rekey_new_modules(self._environment)
        if self._visit is not None:
            self._turns.leave(self._visit)


class EnvironmentLoader:
    """What the loaders of environments share: plain names for module code, new keys for what it left behind."""

    environment: Environment
    # Imported through another view's namespace package, so importlib sets the attribute on that one only.
    is_portion = False

    def __repr__(self) -> str:
        return _plain_repr(self)

    @as_importlib
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return a module with a plain name, which ``_init_module_attrs`` then leaves alone."""
        return ModuleType(str(spec.name))

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Execute the module, then rekey the modules it put into ``sys.modules`` itself."""
        if type(module.__name__) is not str:  # importlib.reload sets it anew from the spec
            module.__name__ = str(module.__name__)
        _execute(super().exec_module, module, self.environment)  # type: ignore[misc]
        if self.is_portion:
            parent, _, child = module.__name__.rpartition(".")
            setattr(loaded(self.environment, parent), child, module)


def _plain_repr(loader: object) -> str:
    """Return what the loader's representation would be in any interpreter: :mod:`importlib` prints it of modules."""
    kind = next(one for one in type(loader).__mro__ if one.__module__.startswith("_frozen_importlib"))
    return f"<{kind.__module__}.{kind.__qualname__} object at {id(loader):#x}>"


class EnvironmentCodeLoader(EnvironmentLoader):
    """What the loaders of Python code share: the environment's own builtins."""

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Execute the module with the builtins of its environment (``exec`` puts its own where there are none)."""
        vars(module)["__builtins__"] = builtins_namespaces.of(self.environment)
        super().exec_module(module)


class EnvironmentSourceLoader(EnvironmentCodeLoader, SourceFileLoader):  # type: ignore[misc]
    """Loads a source file of an environment."""


class EnvironmentSourcelessLoader(EnvironmentCodeLoader, SourcelessFileLoader):
    """Loads a byte-code file of an environment."""


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


class EnvironmentNamespacePath(list[str]):
    """A namespace package's ``__path__``: the portions this environment holds, also in folders that are added later.

    importlib's own ``_NamespacePath`` looks its parent up by name whenever it is read, by whichever caller.
    ``NamespaceReader`` wants to see that word in the representation.
    """

    def __init__(self, locations: Iterable[str], name: str, environment: Environment | None) -> None:
        """Hold *locations*; they are looked for again when the path of *environment* has changed (None: never)."""
        super().__init__(locations)
        self._name = name
        self._environment = environment
        self._searched = None if environment is None else sys_path.own_entries(environment)

    def _look_again(self) -> None:
        if self._environment is None:
            return
        entries = sys_path.own_entries(self._environment)
        if entries == self._searched:
            return
        added = [entry for entry in entries if entry not in (self._searched or ())]
        self._searched = entries
        spec = found_below(self._name, added)
        for location in (spec and spec.submodule_search_locations) or ():
            if not list.__contains__(self, location):
                self.append(location)

    def __iter__(self) -> Iterator[str]:
        self._look_again()
        return super().__iter__()

    def __len__(self) -> int:
        self._look_again()
        return super().__len__()

    def __getitem__(self, position: Any) -> Any:
        self._look_again()
        return super().__getitem__(position)

    def __contains__(self, location: object) -> bool:
        self._look_again()
        return super().__contains__(location)

    def __reduce__(self) -> tuple[type[list[str]], tuple[list[str]]]:
        """Copy and pickle as a plain list."""
        return list, ([*self],)

    def __repr__(self) -> str:
        return f"_NamespacePath({list(self)!r})"


def found_below(name: str, entries: Sequence[str]) -> ModuleSpec | None:
    """Find a module in these entries of a path, whatever is loaded of the packages that it is in."""
    spec = None
    position = -1
    while entries:
        position = name.find(".", position + 1)
        spec = PathFinder.find_spec(name if position < 0 else name[:position], entries)
        if position < 0 or spec is None:
            return spec
        entries = [*(spec.submodule_search_locations or ())]
    return None


class EnvironmentNamespaceLoader(NamespaceLoader):
    """Stands behind a namespace package of an environment; there is nothing to execute."""

    def __init__(self, path: EnvironmentNamespacePath, split_for: Environment | None = None) -> None:
        self._path = path
        self._split_for = split_for

    def __repr__(self) -> str:
        return _plain_repr(self)

    @as_importlib
    def create_module(self, spec: ModuleSpec) -> ModuleType:  # type: ignore[override]
        """Return a module with a plain name."""
        return ModuleType(str(spec.name))

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Leave the module empty."""
        module.__name__ = str(module.__name__)
        if self._split_for is not None:
            module.__getattr__ = _portions_of(module, self._split_for)  # type: ignore[method-assign]
        module.__file__ = None  # as _init_module_attrs leaves it for any namespace package


def _portions_of(module: ModuleType, view: Environment) -> Callable[[str], ModuleType]:
    """Return the ``__getattr__`` of a namespace package whose portions live in several environments.

    A portion that its own environment has imported already is found in ``sys.modules``, so importlib has no
    occasion to set it as an attribute of this package.
    """

    def __getattr__(name: str) -> ModuleType:  # noqa: N807 - a module's own (PEP 562)
        full = f"{module.__name__}.{name}"
        portion: ModuleType | None = loaded(view.owners[full], full)
        if portion is None:
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return portion

    return __getattr__


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
        _execute(self.delegate.exec_module, module, self.environment)


# Module → the modules of runtime_shim.process_state that part what it keeps once per process or thread, where two
# copies of its distribution are installed.
_PARTED_BY = {
    "lxml.etree": ("thread_keys",),
    "numpy._core._dtype_ctypes": ("numpy_copies",),
    "numpy._core._internal": ("numpy_copies",),
    "numpy._core._multiarray_umath": ("numpy_copies",),
    "numpy.core._dtype_ctypes": ("numpy_copies",),
    "numpy.core._internal": ("numpy_copies",),
    "numpy.core._multiarray_umath": ("thread_keys", "numpy_copies"),
    "pandas.core.arrays.base": ("numpy_givers",),
    "pandas.core.common": ("numpy_takers",),
    "pandas.core.construction": ("numpy_takers",),
    "pandas.core.dtypes.cast": ("numpy_takers",),
    "pandas.core.dtypes.common": ("numpy_takers",),
    "pandas.core.dtypes.missing": ("numpy_takers",),
    "pandas.core.generic": ("numpy_givers",),
    "pandas.core.indexes.base": ("numpy_givers",),
    "shiboken6": ("import_hook",),
    "typing_extensions": ("typing_patches",),
}

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


def _prepare(loader: Any) -> None:
    if isinstance(loader, ExtensionFileLoader):
        from runtime_shim.process_state import type_registries  # for environments with extension modules

        type_registries.install()


def _has_copies(distribution_name: str) -> bool:
    return sum(distribution_name in one.distributions for one in known.everyone) > 1


@as_importlib
def _execute(execute: Callable[[ModuleType], None], module: ModuleType, environment: Environment) -> None:
    """Execute a module that says which distribution it is of, rekey what it leaves behind, and give it its alias."""
    found = environment.distribution(module.__name__)
    if found is not None:
        module.__distribution__ = Distribution(*found, environment.name)  # type: ignore[attr-defined]
    partings = _PARTED_BY.get(module.__name__)
    # pandas hands out numpy's arrays, and takes them: what counts is how many numpys there are.
    if (
        partings is not None
        and found is not None
        and _has_copies("numpy" if found[0] == "pandas" else found[0])
    ):
        for parting in partings:
            execute = importlib.import_module(f"runtime_shim.process_state.{parting}").around(
                execute, environment
            )
    earlier = own_changes.before()
    with _Turn(environment, module.__name__):
        try:
            execute(module)
        finally:
            own_changes.after(earlier, environment)
    name = str(module.__name__)
    # It may have put another in its place.
    versioned_names.register(environment, name, loaded(environment, name) or module)
