"""Namespace packages of an environment: their ``__path__``, and what stands behind them as a loader."""

from __future__ import annotations

from importlib.machinery import ModuleSpec, NamespaceLoader, PathFinder
from types import ModuleType

from runtime_shim.caller.disguise import as_importlib, plain_repr
from runtime_shim.modules.keys import loaded
from runtime_shim.views import sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from runtime_shim.model.environment import Environment


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
        return plain_repr(self)

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
