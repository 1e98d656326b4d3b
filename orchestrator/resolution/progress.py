"""How a grouping goes on, for the progress line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.grouping import SilentReporter

if TYPE_CHECKING:
    from orchestrator.grouping import Conflict
    from orchestrator.system.console import Reporter


class Progress(SilentReporter):
    """Shows the search on the progress line."""

    def __init__(self, reporter: Reporter, count: int) -> None:
        self._reporter = reporter
        self._count = count
        self._questions = 0
        self._conflicts = 0

    def asking(self, members: frozenset[int]) -> None:  # noqa: ARG002 - the protocol's signature
        """Count the question, and say how many it is."""
        self._questions += 1
        text = f"Resolving {self._count} requirements"
        if self._conflicts:
            text += f": {self._conflicts} conflicts, {self._questions} questions"
        self._reporter.detail(text)

    def learned(self, conflict: Conflict) -> None:  # noqa: ARG002 - the protocol's signature
        """Count the conflict."""
        self._conflicts += 1
