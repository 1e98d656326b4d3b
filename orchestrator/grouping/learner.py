"""From refuted sets to conflicts: each is made minimal; what follows from the answers is taken up without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.grouping.conflict import Conflict
from orchestrator.grouping.oracle import Verdict
from orchestrator.grouping.shrink import Shrinking, shrink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from orchestrator.grouping.deadline import Deadline
    from orchestrator.grouping.deductions import Deductions
    from orchestrator.grouping.inquiry import Inquiry
    from orchestrator.grouping.reporter import GroupingReporter

    LookAhead = Callable[[list[frozenset[int]]], list[frozenset[int]]]
    """What will be asked next if some suspected sets are conflicts."""

Refuted = tuple[frozenset[int], Verdict]
# Fewer are heard of soon enough while the classes are asked about.
_MANY_UNTOLD = 8
# Questions about fewer are not answered sooner.
_PART = 32
MANY: Final = 2 * _PART
"""Requirements, or suspected conflicts: what follows for so many is worth more than a few quick questions."""


class Learner:
    """What one search has learned."""

    def __init__(
        self,
        count: int,
        conflicts: Sequence[Conflict],
        inquiry: Inquiry,
        reporter: GroupingReporter,
        deadline: Deadline,
        deductions: Deductions,
    ) -> None:
        self._learned = {conflict.members: conflict for conflict in conflicts}
        self._count = count
        self._inquiry = inquiry
        self._memo = inquiry.memo
        self._reporter = reporter
        self._deadline = deadline
        self._deductions = deductions
        # Whether the latest hints were right: then it pays to go on before the next one is confirmed.
        self._hints_hold = True

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts known so far; some may hold others that were found later."""
        return tuple(self._learned.values())

    def sets(self) -> AbstractSet[frozenset[int]]:
        """Return the members of each conflict, in the order in which they were learned."""
        return self._learned.keys()

    def take_up_implied(self, sets: Iterable[frozenset[int]]) -> bool:
        """Take up the conflicts in some sets that are known without a question; tell whether there are any."""
        found = [each for members in sets for each in self._deductions.conflicts(members)]
        new = [each for each in found if self._memo.infer(each.members) is None]
        for conflict in new:
            verdict = Verdict(False, suspects=conflict.members, reason=conflict.reason, about=conflict.about)
            self._memo.add(conflict.members, verdict)
            self._learned[conflict.members] = conflict
            self._reporter.learned(conflict)
        return bool(new)

    def learn(self, refuted: list[Refuted], look_ahead: LookAhead) -> None:
        """Make each refuted set a minimal conflict; ask for all of them side by side.

        :param look_ahead: what will be asked next if some suspected sets are conflicts: it is asked at the same time.
        """
        hints = [members & verdict.suspects for members, verdict in refuted]
        active = self._advance([(shrink(members, verdict), None) for members, verdict in refuted])
        questions = [question for _, question in active]
        ahead = look_ahead(hints) if questions == hints and self._hints_hold else []
        while active:
            self._deadline.check()
            # Hints that overlap can lead to the same question.
            asked = list(dict.fromkeys(questions + ahead))
            verdicts = dict(zip(asked, self._inquiry.ask(asked), strict=True))
            active = self._advance([(shrinking, verdicts[question]) for shrinking, question in active])
            questions = [question for _, question in active]
            ahead = []
        self._hints_hold = self.sets() >= set(hints)

    def hear_of_the_others(self, look_ahead: LookAhead) -> None:
        """Ask about those of whom nothing has been said, as long as they are many and in conflict.

        A refusal tells of those that the oracle came to before, and conflicts with them need not be asked about: two
        and more are learned of with each question, and with one about a whole class it is one more at a time. As long
        as all is refused, twice as many parts are asked about at once: small questions are answered sooner, side by
        side.

        :param look_ahead: as for :meth:`learn`.
        """
        everyone = frozenset(range(self._count))
        untold = self._deductions.untold(everyone)
        parts = 1
        while len(untold) >= _MANY_UNTOLD:
            self._deadline.check()
            asked = [part for part in _parts(untold, parts) if self._memo.infer(part) is None]
            verdicts = self._inquiry.ask(asked) if asked else []
            refuted = [
                (part, verdict)
                for part, verdict in zip(asked, verdicts, strict=True)
                if not verdict.satisfiable
            ]
            if refuted:
                self.learn(refuted, look_ahead)
            before, untold = untold, self._deductions.untold(everyone)
            if not refuted or not untold < before:
                break
            parts = parts * 2 if len(refuted) == len(asked) else parts // 2
            parts = max(min(parts, len(untold) // _PART), 1)
        if self._count >= MANY:
            # What follows for everybody makes the next colouring nearly the last; of few, colourings are quick.
            self.take_up_implied([everyone])

    def _advance(
        self, answered: list[tuple[Shrinking, Verdict | None]]
    ) -> list[tuple[Shrinking, frozenset[int]]]:
        """Take each shrinking to its next question that nothing known answers; None as verdict starts it."""
        waiting = []
        for shrinking, verdict in answered:
            try:
                question = next(shrinking) if verdict is None else shrinking.send(verdict)
                while (known := self._known(question)) is not None:
                    question = shrinking.send(known)
            except StopIteration as finished:
                self._conclude(finished.value)
            else:
                waiting.append((shrinking, question))
        return waiting

    def _known(self, members: frozenset[int]) -> Verdict | None:
        """Answer a question of a shrinking without the oracle, if possible."""
        if self._memo.infer(members) is None:
            self.take_up_implied([members])
        refutation = self._memo.refutation(members)
        if refutation is not None:
            return refutation[1]
        if self._memo.infer(members) or self._memo.certify(members):
            return Verdict(True)
        return None

    def _conclude(self, core: frozenset[int]) -> None:
        """Take up a new conflict."""
        if len(core) == 1:
            raise self._inquiry.failures_alone(self._count)
        refutation = self._memo.refutation(core)
        assert refutation is not None
        if core in self._learned:
            return  # implied by an answer meanwhile
        conflict = Conflict(core, refutation[1].reason, refutation[1].about)
        self._learned[core] = conflict
        self._reporter.learned(conflict)


def _parts(members: frozenset[int], number: int) -> list[frozenset[int]]:
    """Divide a set into so many parts, nearly equal, of neighbours."""
    ordered = sorted(members)
    size = -(-len(ordered) // number)
    return [frozenset(ordered[start : start + size]) for start in range(0, len(ordered), size)]
