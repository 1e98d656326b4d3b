"""When a signal may end this process, and what is said of it then.

Python runs a signal's handler between any two instructions of the main thread, so whatever the handler raises comes out
anywhere: between two renames that belong together, or in the middle of putting things in order. Where that would leave
something half done the signal is *held*: it is noted, and acted upon where the block ends. Such blocks are short: they
write small files and rename, and never wait for anything.
"""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class EndedBySignal(BaseException):
    """Unwinds the main thread of a process that a signal ends; nothing but :func:`taken` catches it."""


class _State:
    """What this process knows of signals; the main thread alone changes it."""

    __slots__ = ("held", "outcome", "signal", "waiting")

    def __init__(self) -> None:
        self.held = 0
        self.waiting: Callable[[], None] | None = None
        self.signal: signal.Signals | None = None
        """The one that has been taken."""
        self.outcome = ""


_state = _State()


@contextmanager
def held() -> Iterator[None]:
    """Let no signal end this process while the block runs, if the main thread runs it; others are never interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _state.held += 1
    try:
        yield
    finally:
        _state.held -= 1
        if not _state.held and _state.waiting is not None:
            act, _state.waiting = _state.waiting, None
            act()


def if_ended_now(outcome: str) -> None:
    """Say how the project is if a signal ends this process from now on; empty where there is nothing to say."""
    _state.outcome = outcome


@contextmanager
def taken(first: Callable[[], None]) -> Iterator[None]:
    """Unwind the block where a signal ends this process, and exit as a shell says of such a process: 128 + its number.

    Signals that whoever started this process has it ignore (``nohup``, a shell's job in the background) stay ignored.
    While things are put in order no second signal is taken: ``timeout`` sends two.

    :param first: what to do before the block is unwound.
    :raises SystemExit: a signal has ended the block; a line on stderr has said so.
    """

    def end(number: int, _: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)

        def act() -> None:
            first()
            _state.signal = signal.Signals(number)
            raise EndedBySignal

        if _state.held:
            _state.waiting = act
        else:
            act()

    numbers = [
        number
        for number in (getattr(signal, name) for name in _ENDING if hasattr(signal, name))
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler)
    ]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    except BaseException:
        if _state.signal is None:
            raise
        # Whatever else has come of it: it came of the signal.
        sys.stderr.write(f"Ended by {_state.signal.name}{_state.outcome and ': '}{_state.outcome}\n")
        raise SystemExit(128 + _state.signal) from None
    finally:
        if (
            _state.signal is None
        ):  # else this process is at its end, and a second signal would only make noise
            for number, handler in before.items():
                signal.signal(number, handler)
        _state.signal = None
