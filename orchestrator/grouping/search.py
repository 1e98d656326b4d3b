"""The fewest groups, proved: counterexample-guided search over what an oracle calls satisfiable.

The conflicts known so far are coloured with the fewest classes; the oracle is asked about the classes; a
refuted class gives a new conflict; and so on until every class is satisfiable. Since the conflicts found
already need so many classes, no partition has fewer; and since the colouring was the preferred one among all
that respect the conflicts found, no other partition with so few groups is preferable.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.grouping.affinity import NO_AFFINITIES, Affinities
from orchestrator.grouping.conflict import Conflict, minimal_conflicts
from orchestrator.grouping.deadline import Deadline, OutOfTimeError
from orchestrator.grouping.deductions import NO_DEDUCTIONS, Deductions
from orchestrator.grouping.fallback import greedy_cover, verified_groups
from orchestrator.grouping.group import Group, Grouping, by_size
from orchestrator.grouping.inquiry import Inquiry
from orchestrator.grouping.learner import MANY, Learner, Refuted
from orchestrator.grouping.memo import Memo, UnionCertificate, pins_agree
from orchestrator.grouping.palette import Palette
from orchestrator.grouping.previous import Previous
from orchestrator.grouping.reporter import GroupingReporter, SilentReporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from orchestrator.grouping.oracle import Oracle

_SILENT: Final = SilentReporter()
# So many hints are checked at once: enough to keep the oracle busy, few enough to notice that the time is up.
_HINTS_AT_ONCE = 16
_ROUNDS_IN_HASTE = 8


def partition(
    count: int,
    oracle: Oracle,
    *,
    reporter: GroupingReporter = _SILENT,
    known: Iterable[Conflict] = (),
    known_hints: Iterable[frozenset[int]] = (),
    previous: Sequence[frozenset[int]] = (),
    previous_pins: Sequence[Mapping[str, str]] = (),
    affinities: Affinities = NO_AFFINITIES,
    deadline: float | None = None,
    union_certificate: UnionCertificate | None = None,
    deductions: Deductions = NO_DEDUCTIONS,
    clock: Callable[[], float] = time.monotonic,
) -> Grouping:
    """Find the fewest groups that can hold all requirements.

    Among partitions with equally few groups: the largest first group, then the largest second group, and so
    on; among equal sizes the first group whose members come first, then the second group. Later groups are
    resolved with the pins of the earlier ones as preferences. The same input gives the same output.

    With `previous`, of the partitions with equally few groups those come first that leave the most requirements
    in the group that continues theirs. The largest previous group is continued first, and so on: the smallest
    ones are given up where fewer groups are needed than before. "First group" then means the one that continues
    the largest previous group, and so on, with new groups last.

    With `affinities`, of the partitions with equally few groups those come first of all that are worth most as to which
    requirements are together; as to which are apart, those that leave most where they were.

    :param count: number of requirements; they are called 0 to count - 1, in the order of pyproject.
    :param oracle: tells which sets are satisfiable.
    :param reporter: hears about the progress.
    :param known: conflicts that hold, whatever the oracle says.
    :param known_hints: sets that were found to be in conflict at another time. If not everything goes together
        they are checked, side by side; what is satisfiable now is forgotten.
    :param previous: which requirements were together in an earlier grouping; the others are new.
    :param previous_pins: for each of these groups, its versions: what a group is resolved with takes those of
        the previous group that most of its members were in, then those of the groups before it.
    :param affinities: which pairs are better together, and which better apart.
    :param deadline: seconds after which to stop the search; what was found by then is completed with
        at most about two more questions for a requirement, and returned as not proved.
    :param union_certificate: whether two complete resolutions (as pins) together make one; by default they do
        if they agree on every distribution that they share. Saves questions while conflicts are made minimal.
    :param deductions: what follows from the oracle's answers so far; asked before the oracle is.
    :param clock: seconds on a scale that never goes back.
    :raises Unsatisfiable: if requirements are unsatisfiable alone.
    :raises ValueError: if a known conflict or hint has no members, or one that is no requirement; if previous
        groups overlap, have such members, or some have pins and others don't.
    """
    known = tuple(known)
    hints = tuple(dict.fromkeys(known_hints))
    for members in (*(conflict.members for conflict in known), *hints):
        if not members or not members <= frozenset(range(count)):
            raise ValueError(f"not a conflict among {count} requirements: {sorted(members)}")
    conflicts = minimal_conflicts(known)
    search = _PartitionSearch(
        count,
        conflicts,
        Inquiry(oracle, reporter, Memo(conflicts, union_certificate or pins_agree)),
        reporter,
        Deadline(deadline, clock),
        Previous(count, previous, previous_pins),
        affinities.checked(count),
        hints,
        deductions,
    )
    return search.run()


class _PartitionSearch:
    """The state of one search."""

    def __init__(
        self,
        count: int,
        conflicts: Sequence[Conflict],
        inquiry: Inquiry,
        reporter: GroupingReporter,
        deadline: Deadline,
        previous: Previous,
        affinities: Affinities,
        hints: Sequence[frozenset[int]],
        deductions: Deductions,
    ) -> None:
        self._count = count
        self._learner = Learner(count, conflicts, inquiry, reporter, deadline, deductions)
        self._inquiry = inquiry
        self._memo = inquiry.memo
        self._reporter = reporter
        self._deadline = deadline
        self._previous = previous
        self._hints = hints
        self._deductions = deductions
        self._palette = Palette(count, deadline.check, previous, affinities)
        self._classes: tuple[frozenset[int], ...] = (frozenset(range(count)),)
        self._bounds: tuple[int, int] | None = None

    def run(self) -> Grouping:
        """Search until the proof is complete or the time is up."""
        if any(len(conflict.members) == 1 for conflict in self._learner.conflicts):
            raise self._inquiry.failures_alone(self._count)
        try:
            groups = self._search()
        except OutOfTimeError:
            classes = self._previous.classes(self._classes_in_haste())
            groups = verified_groups(self._count, classes, self._inquiry)
            if self._previous.has_pins:
                groups = self._resolve_all([frozenset(group.members) for group in groups])
        lower = self._palette.colours
        self._report_bounds(len(groups))
        return Grouping(
            groups=tuple(sorted(groups, key=lambda group: by_size(group.members))),
            conflicts=minimal_conflicts(self._learner.conflicts),
            lower_bound=lower,
            proved=len(groups) == lower,
            calls=self._inquiry.calls,
            seconds=self._deadline.elapsed,
        )

    def _classes_in_haste(self) -> tuple[frozenset[int], ...]:
        """Return classes that hold no conflict known by now: the latest, or others where something follows meanwhile.

        They are asked about as long as the refusals tell of more; what they do not tell is found by halving, which for
        many takes longer than to hear of the others first.
        """
        self._deadline.lift()
        if self._count >= MANY:
            self._learner.hear_of_the_others(self._look_ahead)  # and of all that follows
            self._part_in_haste()
            return self._classes
        for _ in range(_ROUNDS_IN_HASTE):
            has_more = self._learner.take_up_implied([frozenset(range(self._count))])
            self._part_in_haste()
            unknown = [members for members in self._classes if self._memo.infer(members) is None]
            if not has_more or not unknown:
                break
            self._inquiry.ask(unknown)
        return self._classes

    def _part_in_haste(self) -> None:
        conflicts = self._learner.sets()
        if any(conflict <= members for conflict in conflicts for members in self._classes):
            self._classes = self._palette.classes_in_haste(conflicts)

    def _search(self) -> list[Group]:
        """Ask and learn until the preferred partition is verified."""
        while True:
            refuted = self._colour_and_ask(thorough=False) or self._colour_and_ask(thorough=True)
            if refuted and self._hints:
                self._check_hints()
            elif refuted:
                self._learner.learn(refuted, self._look_ahead)
                self._learner.hear_of_the_others(self._look_ahead)
            elif (groups := self._resolve()) is not None:
                return groups

    def _colour_and_ask(self, *, thorough: bool) -> list[Refuted]:
        """Partition in the way that is best as far as is known; return what the oracle refutes of it."""
        self._classes = self._coloured(thorough=thorough)
        while self._learner.take_up_implied(self._classes):
            self._deadline.check()
            self._classes = self._coloured(thorough=thorough)
        self._report_bounds()
        refuted = self._refuted_classes()
        unknown = [members for members in self._classes if self._memo.infer(members) is None]
        # The first group is where most conflicts show; while it is refuted the others will still change.
        for batch in (unknown[:1], unknown[1:]):
            if batch and not refuted:
                self._deadline.check()
                self._inquiry.ask(batch)
                refuted = self._refuted_classes()
        return refuted

    def _coloured(self, *, thorough: bool) -> tuple[frozenset[int], ...]:
        return self._palette.classes(self._learner.sets(), thorough=thorough)

    def _refuted_classes(self) -> list[Refuted]:
        found = [self._memo.refutation(members) for members in self._classes]
        return [refuted for refuted in found if refuted is not None]

    def _check_hints(self) -> None:
        """Make conflicts of the hints that still hold."""
        if len(self._hints) >= MANY:
            # Most follow from what is soon heard of everybody; of few, each is a question that comes to the point.
            self._learner.hear_of_the_others(self._look_ahead)
            self._hints = [hint for hint in self._hints if hint not in self._learner.sets()]
        while self._hints:
            self._deadline.check()
            batch, self._hints = self._hints[:_HINTS_AT_ONCE], self._hints[_HINTS_AT_ONCE:]
            unknown = [hint for hint in batch if self._memo.infer(hint) is None]
            if unknown:
                self._inquiry.ask(unknown)
            found = [refutation for hint in batch if (refutation := self._memo.refutation(hint)) is not None]
            known = self._learner.sets()
            refuted = [
                # What is not suspected now was suspected then.
                (members, verdict if verdict.suspects else replace(verdict, suspects=members))
                for members, verdict in dict(found).items()
                if members not in known
            ]
            self._learner.learn(refuted, self._look_ahead)

    def _look_ahead(self, hints: list[frozenset[int]]) -> list[frozenset[int]]:
        """Say what will be asked next if the hints are right, so that it can be asked at the same time."""
        if any(len(hint) < 2 for hint in hints):
            return []
        classes = self._palette.foresee([*self._learner.sets(), *hints])
        return [
            members
            for members in classes
            if self._memo.infer(members) is None and not self._deductions.conflicts(members)
        ][:1]

    def _resolve(self) -> list[Group] | None:
        """Resolve the classes; None if the oracle refutes one."""
        groups = self._resolve_all(self._classes)
        return groups if all(group.verdict.satisfiable for group in groups) else None

    def _resolve_all(self, classes: Iterable[frozenset[int]]) -> list[Group]:
        """Resolve sets, each with the pins it had, then with those of the sets before it."""
        earlier: dict[str, str] = {}
        groups = []
        for members in sorted(classes, key=lambda each: by_size(tuple(sorted(each)))):
            verdict = self._memo.verdict(members)
            previous = self._previous.pins_for(members)
            preferences = {**earlier, **previous}
            # Without the pins of others the groups are as right, only less alike: not worth being late for.
            late = verdict is not None and not previous and self._deadline.passed
            if (
                preferences
                and not late
                and not (verdict and verdict.pins and pins_agree(verdict.pins, preferences))
            ):
                preferred = self._inquiry.ask_preferring(members, preferences)
                verdict = preferred if preferred.satisfiable else verdict
            if verdict is None:
                [verdict] = self._inquiry.ask([members])
            groups.append(Group(tuple(sorted(members)), verdict))
            earlier = {**verdict.pins, **earlier}
        return groups

    def _report_bounds(self, upper: int | None = None) -> None:
        if upper is None:
            parts, remaining = greedy_cover(self._count, self._memo.satisfiable_sets)
            upper = len(parts) + len(remaining)
        bounds = self._palette.colours, upper
        if bounds != self._bounds:
            self._bounds = bounds
            self._reporter.bound(*bounds)
