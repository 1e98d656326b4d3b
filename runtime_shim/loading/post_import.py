"""What is to be done when the program imports a certain module, and not before: mostly changes to that module.

The shim needs a word in :mod:`pickle` and :mod:`multiprocessing`. Loading those at every start would cost more than
the shim itself, and most programs never use them.
"""

from __future__ import annotations

import sys

# Not from importlib: another thread may be in the middle of importing that while the shim starts.
from _frozen_importlib import ModuleSpec

from runtime_shim.caller.disguise import as_importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import Any


# Module name → what to do when it has been executed.
_waiting: dict[str, list[Callable[[], None]]] = {}


def is_executed(name: str) -> None:
    """Do what waits for the import of a module; called for every module of an environment."""
    for change in _waiting.pop(name, ()):
        change()


class _SpecOfBegun(ModuleSpec):
    """The spec of a module that is being executed already, which tells when that ends.

    ``import pickle`` starts the shim, because it tries ``org.python``; the next thing that happens may be that it reads
    a pickle. ``importlib._bootstrap._load_unlocked`` ends by setting ``_initializing``.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name == "_initializing" and not value:
            self.__class__ = ModuleSpec  # type: ignore[assignment]
            if self.name in sys.modules:  # it has not failed
                is_executed(self.name)


def when_imported(name: str, change: Callable[[], None]) -> None:
    """Call *change* as soon as module *name* is imported: at once if it is already."""
    module = sys.modules.get(name)
    if module is None:
        _waiting.setdefault(name, []).append(change)
        return
    spec: Any = module.__spec__
    if getattr(spec, "_initializing", False):
        _waiting.setdefault(name, []).append(change)
        spec.__class__ = _SpecOfBegun
    else:
        change()


def is_waiting_for(name: str) -> bool:
    """Whether something is to be done after the import of *name*; called for every import that finds no module."""
    return name in _waiting


def find_spec(
    name: str, path: Sequence[str] | None, target: ModuleType | None, finders: Sequence[Any]
) -> ModuleSpec | None:
    """Find a module as *finders* do, and make its loader call back."""
    for finder in finders:
        spec: ModuleSpec | None = finder.find_spec(name, path, target)
        if spec is not None:
            if hasattr(spec.loader, "exec_module"):
                spec.loader = _CallingLoader(spec.loader)  # type: ignore[assignment]
            return spec
    return None


class _CallingLoader:
    """Executes a module with its own loader, which the module then names as its loader, and calls back."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    @as_importlib
    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Let the other loader create the module."""
        return self._loader.create_module(spec)  # type: ignore[no-any-return]

    @as_importlib
    def exec_module(self, module: ModuleType) -> None:
        """Let the other loader execute the module, then make the change."""
        spec: Any = module.__spec__
        spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        is_executed(module.__name__)
