"""Threads run on behalf of whoever started them.

A thread's target may be nobody's code: ``Thread(target=importlib.import_module, args=("lib",))``, a worker of an
unversioned library, the feeder of a multiprocessing queue. Its stack ends in :mod:`threading`, so the environment
that started it is noted on the ``Thread`` object, where :func:`runtime_shim.caller.frames.find` looks when it arrives
there.
"""

from __future__ import annotations

import _thread
import sys

from runtime_shim.caller import frames
from runtime_shim.loading import post_import

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

# What `Thread.start` calls: 3.11 and 3.12, and since 3.13.
_STARTERS = {"_start_new_thread": "start_new_thread", "_start_joinable_thread": "start_joinable_thread"}


def install() -> None:
    """Note who starts a thread, from now on; called once."""
    post_import.when_imported("threading", _wrap_starters)


def _wrap_starters() -> None:
    threading: Any = sys.modules["threading"]
    for name, original_name in _STARTERS.items():
        if hasattr(threading, name):
            setattr(threading, name, _noting(getattr(_thread, original_name)))


def _noting(original: Any) -> Any:
    def start(function: Any, *arguments: Any, **options: Any) -> Any:
        calling = frames.find(sys._getframe(1))
        if not calling.is_application:
            vars(function.__self__)[frames.STARTED_BY] = calling  # the bound method Thread._bootstrap
        return original(function, *arguments, **options)

    return start
