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
from runtime_shim.model.environment import known
from runtime_shim.processes import stand_ins

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

# What `Thread.start` calls: 3.11 and 3.12, and since 3.13.
_STARTERS = {"_start_new_thread": "start_new_thread", "_start_joinable_thread": "start_joinable_thread"}


def install() -> None:
    """Note who starts a thread, from now on; called once."""
    frames.subjects["_bootstrap"] = _starter
    post_import.when_imported("threading", _wrap_starters)


def _wrap_starters() -> None:
    threading: Any = sys.modules["threading"]
    for name, original_name in _STARTERS.items():
        if hasattr(threading, name):
            setattr(threading, name, _noting(getattr(_thread, original_name)))


def _noting(original: Any) -> Any:
    def start(function: Any, *arguments: Any, **options: Any) -> Any:
        calling = stand_ins.on_behalf_of(sys._getframe(1))
        if calling is not known.of_process:
            thread = _started(function, sys._getframe(1))
            if thread is not None:
                vars(thread)[frames.STARTED_BY] = calling
        return original(function, *arguments, **options)

    return start


def _started(function: Any, frame: FrameType | None) -> Any:
    """Return the ``Thread`` whose bound method ``_bootstrap`` *function* is; None if there is none.

    A debugger hands over a callable of its own that calls it; then the frame of ``Thread.start`` has the thread.
    """
    threading: Any = sys.modules["threading"]
    thread = getattr(function, "__self__", None)
    while not isinstance(thread, threading.Thread):
        if frame is None:
            return None
        if frame.f_code.co_name == "start" and frame.f_code.co_filename == threading.__file__:
            thread = frame.f_locals.get("self")
        frame = frame.f_back
    return thread


def _starter(frame: FrameType) -> Environment | None:
    """Return the environment that has started the thread whose ``Thread._bootstrap`` a frame is.

    It ends the walk: what is further out is a debugger's, or whatever else hands threads on.
    """
    threading: Any = sys.modules["threading"]
    if frame.f_code.co_filename != threading.__file__:
        return None
    return getattr(frame.f_locals.get("self"), frames.STARTED_BY, None) or known.of_process
