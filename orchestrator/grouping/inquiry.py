"""Asking the oracle: counted, reported, remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.grouping.oracle import NO_PINS, Oracle, Verdict
from orchestrator.grouping.unsatisfiable import Unsatisfiable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.grouping.memo import Memo
    from orchestrator.grouping.reporter import GroupingReporter


class Inquiry:
    """All questions of one grouping go through here.

    :param memo: gets every verdict that was given without preferences.
    """

    def __init__(self, oracle: Oracle, reporter: GroupingReporter, memo: Memo) -> None:
        self._oracle = oracle
        self._reporter = reporter
        self.memo = memo
        self.calls = 0
        """Questions asked so far."""

    def ask(self, sets: Sequence[frozenset[int]]) -> list[Verdict]:
        """Ask about some sets at once, without preferences."""
        for members in sets:
            self._reporter.asking(members)
        self.calls += len(sets)
        if len(sets) == 1:
            verdicts = [self._oracle.ask(sets[0], NO_PINS)]
        else:
            verdicts = self._oracle.ask_many([(members, NO_PINS) for members in sets])
        for members, verdict in zip(sets, verdicts, strict=True):
            self.memo.add(members, verdict)
        return verdicts

    def ask_preferring(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        """Ask about a set whose resolution should keep to some pins where it can."""
        self._reporter.asking(members)
        self.calls += 1
        return self._oracle.ask(members, preferences)

    def failures_alone(self, count: int) -> Unsatisfiable:
        """Collect every requirement that is unsatisfiable alone, once one of them is known to be."""
        alone = [frozenset({index}) for index in range(count)]
        unknown = [members for members in alone if self.memo.infer(members) is None]
        if unknown:
            self.ask(unknown)
        verdicts = [(index, self.memo.verdict(members)) for index, members in enumerate(alone)]
        return Unsatisfiable(
            tuple((index, verdict) for index, verdict in verdicts if verdict and not verdict.satisfiable)
        )
