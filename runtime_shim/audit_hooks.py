"""Audit hooks do not hear of what the shim does to find out who is calling.

A look-up in ``sys.modules`` or ``sys.path`` raises no event in a plain interpreter (PEP 578); the shim's way to the
calling frame does (``sys._getframe``, and reading ``frame.f_code``). A hook that looks something up itself would be
called again by that, and again, without end.
"""

from __future__ import annotations

import sys
from _thread import get_ident

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Hook = Callable[[str, tuple[Any, ...]], Any]

_EVENTS = frozenset(
    {
        "builtins.id",
        "ctypes.call_function",
        "ctypes.cdata",
        "object.__getattr__",
        "sys._current_frames",
        "sys._getframe",
    }
)
"""The events that the walk over the frames, and over the C stack, raises."""

_SHIM = __name__.partition(".")[0]

deaf: set[int] = set()
"""The threads in which no hook hears anything: the shim is starting, or is asking who has raised an event."""


def add(hook: Hook, original: Callable[[Hook], None]) -> None:
    """Add an audit hook.

    :param original: the interpreter's own :func:`sys.addaudithook`.
    :raises: what another hook has against it.
    """
    original(_hearing(hook))


def _hearing(hook: Hook) -> Hook:
    def hear(
        event: str,
        arguments: tuple[Any, ...],
        getframe: Any = sys._getframe,
        get_ident: Any = get_ident,
        events: frozenset[str] = _EVENTS,
        deaf: set[int] = deaf,
        shim: str = _SHIM,  # bound here because shutdown empties module globals
    ) -> Any:
        if deaf or event in events:
            thread = get_ident()
            if thread in deaf:
                return None
            if event in events:
                deaf.add(thread)
                try:
                    name = getframe(1).f_globals.get("__name__")
                except ValueError:  # raised by C code with no Python frame below it
                    name = None
                finally:
                    deaf.discard(thread)
                if type(name) is str and name.partition(".")[0] == shim:
                    return None
        return hook(event, arguments)

    # Tracing goes on inside a hook that wants it (sys_audit_tstate in CPython's Python/sysmodule.c).
    can_trace = getattr(hook, "__cantrace__", None)
    if can_trace is not None:
        hear.__cantrace__ = can_trace  # type: ignore[attr-defined]
    return hear
