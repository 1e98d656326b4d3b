"""What a grouping tells about its progress while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orchestrator.grouping.conflict import Conflict


class GroupingReporter(Protocol):
    """Hears about a grouping while it is sought; must not raise."""

    def asking(self, members: frozenset[int]) -> None:
        """Called before every question to the oracle."""
        ...

    def learned(self, conflict: Conflict) -> None:
        """Called for every conflict found."""
        ...

    def bound(self, lower: int, upper: int) -> None:
        """Called when the bounds move: at least `lower` groups are needed, at most `upper`.

        `upper` takes for granted that every requirement can be installed alone.
        """
        ...


class SilentReporter:
    """Reports nothing; a base class for reporters that want only some of the calls."""

    def asking(self, members: frozenset[int]) -> None:
        """Ignore the question."""

    def learned(self, conflict: Conflict) -> None:
        """Ignore the conflict."""

    def bound(self, lower: int, upper: int) -> None:
        """Ignore the bounds."""
