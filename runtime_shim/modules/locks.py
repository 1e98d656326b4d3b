"""One import lock per module *and environment*.

importlib keeps its module locks in a dict by name (``importlib._bootstrap._module_locks``). Two versions of a
package share their names, so two threads, each importing its own, would wait for one another, and importlib's
deadlock detection could see a cycle that isn't there and raise ``_DeadlockError``.
"""

from __future__ import annotations

import importlib._bootstrap as bootstrap
import sys

from runtime_shim.caller import frames
from runtime_shim.model.environment import known
from runtime_shim.modules.keys import Key

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment


class ModuleLocks(dict):  # type: ignore[type-arg]
    """``_module_locks`` with versioned names told apart by the environment they stand for."""

    def __init__(self) -> None:
        super().__init__()
        # Versioned name → whose locks of that name there are. The import lock protects it like the table.
        self._owners: dict[str, set[Environment]] = {}
        # The latest frame that has asked for a lock, by its id, and the entry: `_get_module_lock` asks, and stores a
        # lock if there was none.
        self._asked: tuple[int, str | tuple[str, Environment]] = (0, "")

    def _entry(self, name: str, frame: Any) -> str | tuple[str, Environment]:
        if name.partition(".")[0] not in known.versioned_import_names:
            return name
        owner = type(name).environment if isinstance(name, Key) else frames.find(frame).owners[name]
        return str(name), owner

    def __getitem__(self, name: str) -> Any:
        frame = sys._getframe(1)
        entry = self._entry(name, frame)
        self._asked = id(frame), entry
        return dict.__getitem__(self, entry)

    def __setitem__(self, name: str, lock: Any) -> None:
        frame = sys._getframe(1)
        asking, entry = self._asked
        self.put(entry if asking == id(frame) else self._entry(name, frame), lock)

    def put(self, entry: str | tuple[str, Environment], lock: Any) -> None:
        """Store a weak reference to a lock."""
        if isinstance(entry, tuple):
            self._owners.setdefault(entry[0], set()).add(entry[1])
        dict.__setitem__(self, entry, lock)

    def get(self, name: str, default: Any = None) -> Any:
        """Forget locks that have died; return what is left under *name*.

        importlib calls this when a lock has died (``cb`` in ``_get_module_lock``), at any time and in any thread: the
        frame that happens to run says nothing about whose it was.
        """
        plain = str(name)
        owners = self._owners.get(plain)
        if owners is not None:  # of a versioned name: no lock is there under it alone
            alive = {owner for owner in owners if not self._forget_dead((plain, owner))}
            if alive:
                self._owners[plain] = alive
            else:
                del self._owners[plain]
        self._forget_dead(plain)
        return dict.get(self, plain, default)

    def _forget_dead(self, entry: str | tuple[str, Environment]) -> bool:
        """Forget a lock if it has died; return whether there is none (any more)."""
        reference = dict.get(self, entry)
        if reference is not None and reference() is None:
            dict.__delitem__(self, entry)
            return True
        return reference is None


def install() -> None:
    """Replace importlib's table; the locks held at this moment go on under their new names.

    They are of the import that has started the shim, so the frame that asks for it says whose they are.
    """
    private: Any = bootstrap
    table, frame = ModuleLocks(), sys._getframe(1)
    # The import lock protects the table: a lock made meanwhile, by another thread, would be lost. By importlib's own
    # context: an exception between taking it and a `try` would leave it taken.
    with private._ImportLockContext():  # noqa: SLF001 - but for those that die
        for name, lock in list(private._module_locks.items()):  # noqa: SLF001 - as above
            # A start that was interrupted behind this has put such a table there.
            table.put(name if isinstance(name, tuple) else table._entry(name, frame), lock)  # noqa: SLF001
        private._module_locks = table  # noqa: SLF001 - as above
