"""One import lock per module *and environment*.

importlib keeps its module locks in a dict by name (``importlib._bootstrap._module_locks``). Two versions of a
package share their names, so two threads, each importing its own, would wait for one another, and importlib's
deadlock detection could see a cycle that isn't there and raise ``_DeadlockError``.
"""

from __future__ import annotations

import _imp
import importlib._bootstrap as bootstrap
import sys

from runtime_shim.caller import frames
from runtime_shim.model.environment import known
from runtime_shim.modules.keys import Key

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any


class ModuleLocks(dict):  # type: ignore[type-arg]
    """``_module_locks`` with versioned names told apart by the environment they stand for."""

    def _entry(self, name: str, frame: Any) -> str:
        if not known.is_versioned(name):
            return name
        owner = type(name).environment if isinstance(name, Key) else frames.find(frame).owners[name]
        return f"{name} in {owner.name}"

    def __getitem__(self, name: str) -> Any:
        return dict.__getitem__(self, self._entry(name, sys._getframe(1)))

    def __setitem__(self, name: str, lock: Any) -> None:
        dict.__setitem__(self, self._entry(name, sys._getframe(1)), lock)

    def get(self, name: str, default: Any = None) -> Any:
        """Forget locks that have died; return what is left under *name*.

        importlib calls this when a lock has died (``cb`` in ``_get_module_lock``), at any time and in any thread: the
        frame that happens to run says nothing about whose it was.
        """
        for entry in self._entries(name):
            reference = dict.get(self, entry)
            if reference is not None and reference() is None:
                dict.__delitem__(self, entry)
        return dict.get(self, name, default)

    def _entries(self, name: str) -> list[str]:
        holders = known.everyone if known.is_versioned(name) else ()
        return [str(name), *(f"{name} in {environment.name}" for environment in holders)]


def install() -> None:
    """Replace importlib's table; the locks held at this moment go on under their new names.

    They are of the import that has started the shim, so the frame that asks for it says whose they are.
    """
    private: Any = bootstrap
    table, frame = ModuleLocks(), sys._getframe(1)
    _imp.acquire_lock()  # protects the table: a lock made meanwhile, by another thread, would be lost
    try:
        for name, lock in list(private._module_locks.items()):  # noqa: SLF001 - but for those that die
            dict.__setitem__(table, table._entry(name, frame), lock)  # noqa: SLF001
        private._module_locks = table  # noqa: SLF001
    finally:
        _imp.release_lock()
