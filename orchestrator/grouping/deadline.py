"""The time that a grouping may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class OutOfTimeError(Exception):
    """The deadline has passed; never leaves the package."""


class Deadline:
    """A stopwatch with an optional limit.

    :param seconds: the limit, counted from now; None for no limit.
    :param clock: seconds on a scale that never goes back.
    """

    def __init__(self, seconds: float | None, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start = clock()
        self._seconds = seconds
        self._is_lifted = False

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._start

    @property
    def left(self) -> float | None:
        """Seconds that are left, None for no limit."""
        return None if self._seconds is None else max(self._seconds - self.elapsed, 0.0)

    @property
    def passed(self) -> bool:
        """Whether the time is used up."""
        return self._seconds is not None and self.elapsed >= self._seconds

    def check(self) -> None:
        """Raise :class:`OutOfTimeError` if the time is used up."""
        if self.passed and not self._is_lifted:
            raise OutOfTimeError

    def lift(self) -> None:
        """Let :meth:`check` raise nothing any more: what is done now is what has to be done after all."""
        self._is_lifted = True
