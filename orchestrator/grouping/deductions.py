"""What follows from an oracle's answers besides its verdicts: whoever has read them can tell, and need not ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.grouping.conflict import Conflict


class Deductions(Protocol):
    """Whoever draws conclusions from the answers that have been given."""

    def conflicts(self, members: frozenset[int]) -> Sequence[Conflict]:
        """Return conflicts among some requirements: not all, but one at least in each set in which one is known.

        They hold; each is of two requirements.
        """
        ...

    def untold(self, members: frozenset[int]) -> frozenset[int]:
        """Return those of some requirements of which no answer has said anything that a conflict could follow from."""
        ...


class _NoDeductions:
    """Nothing follows from anything."""

    def conflicts(self, members: frozenset[int]) -> Sequence[Conflict]:  # noqa: ARG002 - as whoever knows something
        return ()

    def untold(self, members: frozenset[int]) -> frozenset[int]:  # noqa: ARG002 - as above
        return frozenset()


NO_DEDUCTIONS: Final[Deductions] = _NoDeductions()
