"""Notes on exceptions that reach the top: two versions of one library's classes have met.

Only what has to be there before an exception is raised is in this module; what looks into exceptions is imported
by the first one. ``sys.excepthook`` and ``sys.__excepthook__`` stay the same object, as do those of threading, so
nobody takes them for a program's own. A program's own hook gets the note when it calls the original one, or formats
the exception with :mod:`traceback` while no exception is being handled.
"""

from __future__ import annotations

import sys

from runtime_shim.loading import post_import

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any


def install() -> None:
    """Look at exceptions when they reach the top; called once."""
    original = sys.__excepthook__

    def excepthook(kind: Any, value: Any, traceback: Any, /) -> None:
        add_to(value)
        original(kind, value, traceback)

    _pass_for(excepthook, original)
    if sys.excepthook is original:
        sys.excepthook = excepthook
    sys.__excepthook__ = excepthook
    post_import.when_imported("threading", _install_in_threading)
    post_import.when_imported("traceback", _install_in_traceback)


def _install_in_threading() -> None:
    threading: Any = sys.modules["threading"]
    original = threading.__excepthook__

    def excepthook(args: Any, /) -> None:
        add_to(args.exc_value)
        original(args)

    _pass_for(excepthook, original)
    if threading.excepthook is original:
        threading.excepthook = excepthook
    threading.__excepthook__ = excepthook


def _install_in_traceback() -> None:
    traceback: Any = sys.modules["traceback"]
    original = traceback.TracebackException.__init__

    def __init__(self: Any, exc_type: Any, exc_value: Any, *arguments: Any, **options: Any) -> None:  # noqa: N807
        # What is being handled is the program's affair; a hook is called when nobody has handled it.
        if sys.exception() is None and options.get("_seen") is None:
            add_to(exc_value)
        original(self, exc_type, exc_value, *arguments, **options)

    __init__.__wrapped__ = original  # type: ignore[attr-defined]
    __init__.__doc__, __init__.__module__ = original.__doc__, original.__module__
    __init__.__qualname__ = original.__qualname__
    traceback.TracebackException.__init__ = __init__


def _pass_for(function: Any, original: Any) -> None:
    """Give a function the names of the one it stands for: tools tell by them which module's it is."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(function, name, getattr(original, name))


def add_to(exception: Any) -> None:
    """Add the note to *exception*, or to what has caused it, if there is one to add. Never raises."""
    if not isinstance(exception, Exception):
        return  # also because an interrupt must end the process with SIGINT: running any code here would forget it
    try:
        from runtime_shim.diagnosis import mixed_versions  # only a program that fails pays for it

        mixed_versions.add_notes(exception)
    except Exception:  # noqa: BLE001, S110 - the program's own exception is what has to be shown
        pass
