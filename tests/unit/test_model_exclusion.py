"""Locks of the shim that a forked child finds free, and that code which interrupts their holder may take."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from runtime_shim.crossing.arrivals import _arrivals
from runtime_shim.model.exclusion import fork_safe_lock
from runtime_shim.views import meta_path, path_hooks, sys_path

if TYPE_CHECKING:
    from collections.abc import Callable

LOCKS: dict[str, Callable[[], Any]] = {
    "a new one": fork_safe_lock,
    "arrivals of libraries": lambda: _arrivals._lock,
    "sys.path": lambda: sys_path._view.changing,
    "sys.meta_path": lambda: meta_path._view.changing,
    "sys.path_hooks": lambda: path_hooks._view.changing,
}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the very thing that is tested
@pytest.mark.parametrize("name", LOCKS)
def test_a_child_finds_it_free(name: str) -> None:
    lock = LOCKS[name]()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the test's own time limit has a handler there
        signal.alarm(10)
        with lock:
            os._exit(0)
    done.set()
    holder.join()
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("name", LOCKS)
def test_who_holds_it_may_take_it(name: str) -> None:
    """A finalizer that imports may run at any moment."""
    lock = LOCKS[name]()
    with lock:
        assert lock.acquire(blocking=False)
        lock.release()
