"""A grouping that may not finish: what it returns is verified, and says no more than it knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.grouping import (
    Conflict,
    Question,
    SilentReporter,
    Unsatisfiable,
    Verdict,
    partition,
    pins_agree,
)
from orchestrator.grouping.fallback import verified_groups
from orchestrator.grouping.inquiry import Inquiry
from orchestrator.grouping.memo import Memo
from tests.unit.grouping.grouping_graphs import mycielski, wheel
from tests.unit.grouping.grouping_universes import (
    SIXTY,
    ConflictOracle,
    Hints,
    first_hint,
    groups_of,
    no_hints,
    wrong_hints,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class SlowOracle(ConflictOracle):
    """Takes a second for a question, by a clock of its own; batches take as long as one question."""

    now = 0.0

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        self.now += 1
        return super().ask(members, preferences)

    def ask_many(self, questions: Sequence[Question]) -> list[Verdict]:
        self.now += 1
        return super().ask_many(questions)

    def clock(self) -> float:
        return self.now


@pytest.mark.parametrize("seconds", [0, 1, 2, 3, 5, 10, 20, 40, 55, 60, 80])
@pytest.mark.parametrize("hint", [first_hint, no_hints, wrong_hints(3)])
def test_groups_are_verified_at_every_deadline(seconds: float, hint: Hints) -> None:
    oracle = SlowOracle(SIXTY, hint)
    grouping = partition(60, oracle, deadline=seconds, clock=oracle.clock)
    members = [member for group in grouping.groups for member in group.members]
    assert sorted(members) == list(range(60))
    verdicts = {asked: oracle.answer(asked, {}) for asked, _ in list(oracle.asked)}
    assert all(verdicts[frozenset(group.members)].satisfiable for group in grouping.groups)
    assert 1 <= grouping.lower_bound <= 4
    assert len(grouping.groups) >= 4
    assert grouping.proved == (len(grouping.groups) == grouping.lower_bound)
    assert not any(
        conflict.members <= set(group) for conflict in grouping.conflicts for group in groups_of(grouping)
    )
    assert [len(group) for group in groups_of(grouping)] == sorted(
        map(len, groups_of(grouping)), reverse=True
    )
    # What is unverified by then is halved until it is: rounds, not questions, cost time.
    assert grouping.seconds <= seconds + 20
    assert grouping.seconds == oracle.now


def test_early_deadlines_are_honest_about_the_proof() -> None:
    oracle = SlowOracle(SIXTY, first_hint)
    grouping = partition(60, oracle, deadline=3, clock=oracle.clock)
    assert not grouping.proved
    assert grouping.lower_bound == 2
    assert len(grouping.groups) > 4


def test_a_deadline_that_is_not_reached_changes_nothing() -> None:
    hurried, calm = SlowOracle(SIXTY, first_hint), ConflictOracle(SIXTY, first_hint)
    grouping = partition(60, hurried, deadline=10_000, clock=hurried.clock)
    assert grouping.proved
    assert groups_of(grouping) == groups_of(partition(60, calm))
    assert hurried.asked == calm.asked


def test_no_time_at_all_is_enough_where_there_is_no_conflict() -> None:
    oracle = SlowOracle([])
    grouping = partition(9, oracle, deadline=0, clock=oracle.clock)
    assert (groups_of(grouping), grouping.proved, grouping.calls) == ([tuple(range(9))], True, 1)


def test_what_is_unsatisfiable_alone_is_found_after_the_deadline_too() -> None:
    oracle = SlowOracle([[3], [5], [0, 1]])
    with pytest.raises(Unsatisfiable) as failure:
        partition(8, oracle, deadline=0, clock=oracle.clock)
    assert [index for index, _ in failure.value.failures] == [3, 5]


def test_known_conflicts_hold_after_the_deadline_too() -> None:
    class Pinned(SlowOracle):
        """Neither the oracle nor the pins know of the conflicts."""

        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            return replace(super().answer(members, preferences), pins={"lib": "1"})

    known = [Conflict(frozenset({0, 1}), "told"), Conflict(frozenset({2, 3}), "told")]
    oracle = Pinned([])
    grouping = partition(4, oracle, deadline=0, known=known, clock=oracle.clock)
    assert len(grouping.groups) == 2
    assert not any(conflict.members <= set(group) for conflict in known for group in groups_of(grouping))
    assert not any(conflict.members <= members for conflict in known for members, _ in oracle.asked)


def test_what_is_known_by_then_bounds_the_groups() -> None:
    """Nothing has been coloured yet when the time is up; halving everything would take a question for each pair."""
    apart = [{one, other} for one in range(30) for other in range(one) if one % 3 != other % 3]
    oracle = SlowOracle(apart)
    known = [Conflict(frozenset(pair), "told") for pair in apart]
    grouping = partition(30, oracle, deadline=0, known=known, clock=oracle.clock)
    assert [len(group) for group in groups_of(grouping)] == [10, 10, 10]
    assert (grouping.lower_bound, grouping.proved, grouping.calls) == (3, True, 3)


def test_parts_that_go_together_are_put_together() -> None:
    """Halving separates 0 and 1 from 2 and 3 needlessly; their pins say that 0, 1 and 2 go together."""

    class Pinned(SlowOracle):
        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            verdict = super().answer(members, preferences)
            lib = {"lib": "2" if 3 in members else "1"}
            own = {f"own{member}": "1" for member in members}
            return Verdict(True, lib | own) if verdict.satisfiable else verdict

    oracle = Pinned([[0, 3], [1, 3], [2, 3]])
    grouping = partition(4, oracle, deadline=0, clock=oracle.clock)
    assert groups_of(grouping) == [(0, 1, 2), (3,)]


def test_a_certificate_that_lies_is_found_out_after_the_deadline() -> None:
    class Pinned(SlowOracle):
        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            verdict = super().answer(members, preferences)
            return Verdict(True, {"lib": "1"}) if verdict.satisfiable else verdict

    oracle = Pinned([(a, b) for a in range(6) for b in range(a)])
    grouping = partition(6, oracle, deadline=0, clock=oracle.clock, union_certificate=lambda one, other: True)
    assert groups_of(grouping) == [(0,), (1,), (2,), (3,), (4,), (5,)]


def test_a_part_of_a_satisfiable_set_is_not_taken_on_trust() -> None:
    """Here 0 and 1 are satisfiable together but 0 alone is not, which no honest oracle says."""
    oracle = ConflictOracle([[0]])
    memo = Memo([], pins_agree)
    memo.add(frozenset({1, 2, 3}), Verdict(True))
    memo.add(frozenset({0, 1}), Verdict(True))
    with pytest.raises(Unsatisfiable) as failure:
        verified_groups(4, [frozenset(range(4))], Inquiry(oracle, SilentReporter(), memo))
    assert failure.value.index == 0


@given(st.integers(0, 30), st.integers(2, 6), st.sampled_from([first_hint, no_hints]), st.data())
@settings(max_examples=150, deadline=None)
def test_small_universes_at_every_deadline(
    seconds: int, count: int, hint: Hints, data: st.DataObject
) -> None:
    sets = st.frozensets(st.integers(0, count - 1), min_size=2, max_size=3)
    conflicts = data.draw(st.lists(sets, max_size=8))
    oracle = SlowOracle(conflicts, hint)
    grouping = partition(count, oracle, deadline=seconds, clock=oracle.clock)
    best = partition(count, ConflictOracle(conflicts))
    assert sorted(member for group in groups_of(grouping) for member in group) == list(range(count))
    assert all(
        frozenset(group.members) in {members for members, _ in oracle.asked} for group in grouping.groups
    )
    assert all(group.verdict.satisfiable for group in grouping.groups)
    assert grouping.lower_bound <= len(best.groups) <= len(grouping.groups)
    if grouping.proved:
        assert len(grouping.groups) == len(best.groups)


def test_the_deadline_also_ends_a_long_colouring() -> None:
    """The clock runs while colours are tried, not while the oracle is asked."""
    count, edges = mycielski(mycielski(wheel(5)))
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 0.001
        return now

    known = [Conflict(frozenset(edge), "told") for edge in edges]
    grouping = partition(count, ConflictOracle([]), deadline=0.05, known=known, clock=clock)
    assert not grouping.proved
    assert grouping.lower_bound < len(grouping.groups)
    assert not any(set(edge) <= set(group) for edge in edges for group in groups_of(grouping))
