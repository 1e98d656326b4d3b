"""Changes to modules of the standard library, made when the program imports them and not before.

The shim needs a word in :mod:`pickle` and :mod:`multiprocessing`. Loading those at every start would cost more than
the shim itself, and most programs never use them.
"""

from __future__ import annotations

import sys

from runtime_shim.caller.disguise import as_importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


class _Changes:
    """The changes that wait for the import of their module."""

    def __init__(self) -> None:
        self.waiting: dict[
            str, list[Callable[[], None]]
        ] = {}  # module name → what to do when it has been executed
        # Those of them that are being executed already: `import pickle` starts the shim, because it tries `org.python`.
        self.begun: list[str] = []

    def make(self, name: str) -> None:
        for change in self.waiting.pop(name, ()):
            change()


_changes = _Changes()


def when_imported(name: str, change: Callable[[], None]) -> None:
    """Call *change* as soon as module *name* is imported: at once if it is already."""
    module = sys.modules.get(name)
    begun = module is not None and _is_being_executed(module)
    if module is not None and not begun:
        change()
        return
    _changes.waiting.setdefault(name, []).append(change)
    if begun and name not in _changes.begun:
        _changes.begun.append(name)


def is_waiting_for(name: str) -> bool:
    """Whether something is to be done after the import of *name*; called for every import that finds no module."""
    for begun in list(_changes.begun):
        if not _is_being_executed(sys.modules[begun]):
            _changes.begun.remove(begun)
            _changes.make(begun)
    return name in _changes.waiting


def _is_being_executed(module: Any) -> bool:
    return bool(
        getattr(module.__spec__, "_initializing", False)
    )  # set by importlib._bootstrap._load_unlocked


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
        _changes.make(module.__name__)
