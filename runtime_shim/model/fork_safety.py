"""Locks that a forked child finds free: the thread that held one is not there to release it."""

from __future__ import annotations

import os
from _thread import RLock

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any


def fork_safe_lock() -> Any:
    """Return a lock that one thread may take several times, as code that interrupts it does; free in a child."""
    lock: Any = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lock._at_fork_reinit)  # noqa: SLF001 - as threading does
    return lock
