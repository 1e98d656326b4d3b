"""One thread at a time: without the import lock, and with locks that a forked child finds free.

importlib asks finders with the import lock held (``_find_spec`` in CPython's Lib/importlib/_bootstrap.py). A thread
that waited with it for one of the shim's locks would wait for ever if that one's holder needed the import lock: the
garbage collector may run anywhere, and what it runs takes it (``cb`` in ``_get_module_lock``, a finalizer that
imports). So the import lock is given back first.
"""

from __future__ import annotations

import operator
import os
from _imp import lock_held
from _thread import RLock

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _Result = TypeVar("_Result")

without_import_lock: Callable[[Callable[[], Any]], Any] = operator.call
"""Calls what waits for other threads, or imports what they may be importing (:mod:`runtime_shim.runtime` sets it)."""


def fork_safe_lock() -> Any:
    """Return a lock that one thread may take several times, as code that interrupts it does; free in a child."""
    lock: Any = RLock()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lock._at_fork_reinit)  # noqa: SLF001 - as threading does
    return lock


def exclusively(lock: Any, function: Callable[..., _Result], *arguments: Any) -> _Result:
    """Call *function* while no other thread is in a section of the same lock.

    A function, since a context manager in Python would keep the lock if it were interrupted between taking it and the
    ``with`` block.
    """
    if lock_held():  # by this thread, perhaps
        result: _Result = without_import_lock(lambda: _in_section(lock, function, arguments))
        return result
    return _in_section(lock, function, arguments)


def _in_section(lock: Any, function: Callable[..., _Result], arguments: tuple[Any, ...]) -> _Result:
    with lock:
        return function(*arguments)
