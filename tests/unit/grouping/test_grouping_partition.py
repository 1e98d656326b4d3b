"""The partition against brute force over all partitions of small universes, and the contract around it."""

from __future__ import annotations

import itertools
import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import ResolutionError
from orchestrator.grouping import Conflict, SilentReporter, Unsatisfiable, Verdict, partition
from tests.unit.grouping.grouping_universes import (
    ConflictOracle,
    Hints,
    assert_conflicts_minimal,
    best_partition,
    first_hint,
    groups_of,
    minimal,
    mixed_hints,
    no_hints,
    right_hints,
    wrong_hints,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

ALL_HINTS: tuple[Hints, ...] = (
    no_hints,
    first_hint,
    right_hints(1),
    wrong_hints(1),
    wrong_hints(2),
    mixed_hints(1),
    mixed_hints(2),
)
hints = st.sampled_from(ALL_HINTS)
every_hint = pytest.mark.parametrize("hint", ALL_HINTS)


@st.composite
def universes(draw: st.DrawFn, smallest: int = 2, most: int = 6) -> tuple[int, list[frozenset[int]]]:
    count = draw(st.integers(1, most))
    sets = st.frozensets(st.integers(0, count - 1), min_size=smallest, max_size=4)
    return count, draw(st.lists(sets, max_size=12)) if count >= smallest else []


@given(universes(), hints)
@settings(max_examples=200, deadline=None)
def test_is_the_best_of_all_partitions(universe: tuple[int, list[frozenset[int]]], hint: Hints) -> None:
    count, conflicts = universe
    oracle = ConflictOracle(conflicts, hint)
    grouping = partition(count, oracle)

    def satisfiable(members: frozenset[int]) -> bool:
        return not any(conflict <= members for conflict in conflicts)

    assert groups_of(grouping) == best_partition(count, satisfiable)
    assert grouping.proved
    assert grouping.lower_bound == len(grouping.groups)
    assert {conflict.members for conflict in grouping.conflicts} <= minimal(conflicts)
    assert_conflicts_minimal(grouping.conflicts, satisfiable)
    assert grouping.calls == len(oracle.asked)
    assert all(group.verdict.satisfiable for group in grouping.groups)


@given(universes(), hints)
@settings(max_examples=100, deadline=None)
def test_same_input_gives_same_output(universe: tuple[int, list[frozenset[int]]], hint: Hints) -> None:
    count, conflicts = universe
    one, other = ConflictOracle(conflicts, hint), ConflictOracle(conflicts, hint)
    first = partition(count, one)
    assert replace(partition(count, other), seconds=first.seconds) == first
    assert one.asked == other.asked


@given(universes(), hints)
@settings(max_examples=100, deadline=None)
def test_asks_nothing_twice(universe: tuple[int, list[frozenset[int]]], hint: Hints) -> None:
    count, conflicts = universe
    oracle = ConflictOracle(conflicts, hint)
    partition(count, oracle)
    assert len({members for members, _ in oracle.asked}) == len(oracle.asked)


@given(universes(smallest=1), hints)
@settings(max_examples=200, deadline=None)
def test_names_every_requirement_that_is_unsatisfiable_alone(
    universe: tuple[int, list[frozenset[int]]], hint: Hints
) -> None:
    count, conflicts = universe
    alone = sorted(member for conflict in conflicts if len(conflict) == 1 for member in conflict)
    if not alone:
        assert partition(count, ConflictOracle(conflicts, hint)).proved
        return
    with pytest.raises(Unsatisfiable) as failure:
        partition(count, ConflictOracle(conflicts, hint))
    assert [index for index, _ in failure.value.failures] == sorted(set(alone))
    assert not any(verdict.satisfiable for _, verdict in failure.value.failures)
    assert (failure.value.index, failure.value.verdict) == failure.value.failures[0]


@every_hint
def test_finds_one_unsatisfiable_requirement_among_many_without_asking_each(hint: Hints) -> None:
    oracle = ConflictOracle([[17], [3, 4]], hint)
    with pytest.raises(Unsatisfiable) as failure:
        partition(40, oracle)
    assert failure.value.index == 17
    first_look = [members for members, _ in oracle.asked].index(frozenset({17}))
    assert first_look < 25


def test_unsatisfiable_is_an_error_that_users_can_read_and_processes_can_pass_on() -> None:
    assert issubclass(Unsatisfiable, ResolutionError)
    with pytest.raises(Unsatisfiable) as failure:
        partition(3, ConflictOracle([[0], [2]]))
    assert failure.value.message == "2 requirements cannot be installed even alone"
    assert failure.value.causes == (
        "requirement number 1: [0] in conflict",
        "requirement number 3: [2] in conflict",
    )
    copy = pickle.loads(pickle.dumps(failure.value))
    assert copy.failures == failure.value.failures
    assert str(copy) == str(failure.value)


def test_nothing_needs_no_group_and_no_question() -> None:
    oracle = ConflictOracle([])
    grouping = partition(0, oracle)
    assert (grouping.groups, grouping.conflicts, grouping.lower_bound, grouping.proved) == ((), (), 0, True)
    assert not oracle.asked


def test_without_conflict_one_question_is_enough() -> None:
    oracle = ConflictOracle([])
    grouping = partition(30, oracle)
    assert groups_of(grouping) == [tuple(range(30))]
    assert (grouping.calls, grouping.lower_bound, grouping.proved) == (1, 1, True)


def test_three_can_be_impossible_although_every_two_are_possible() -> None:
    grouping = partition(3, ConflictOracle([[0, 1, 2]]))
    assert groups_of(grouping) == [(0, 1), (2,)]
    assert [conflict.members for conflict in grouping.conflicts] == [frozenset({0, 1, 2})]
    assert grouping.conflicts[0].reason == "[0, 1, 2] in conflict"


@every_hint
def test_first_fit_would_need_one_group_more(hint: Hints) -> None:
    grouping = partition(4, ConflictOracle([[0, 2], [2, 3], [1, 3]], hint))
    assert groups_of(grouping) == [(0, 3), (1, 2)]


@given(universes(), hints, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_known_conflicts_are_believed_and_not_asked_about(
    universe: tuple[int, list[frozenset[int]]], hint: Hints, rng: random.Random
) -> None:
    count, conflicts = universe
    known = [Conflict(members, "told") for members in conflicts if rng.random() < 0.5]
    # The oracle does not know them: a clash of import names, say.
    oracle = ConflictOracle(set(conflicts) - {conflict.members for conflict in known}, hint)
    grouping = partition(count, oracle, known=known)
    assert groups_of(grouping) == best_partition(count, lambda s: not any(c <= s for c in conflicts))
    assert grouping.proved
    assert not any(conflict.members <= members for conflict in known for members, _ in oracle.asked)
    told = {conflict.members for conflict in grouping.conflicts if conflict.reason == "told"}
    believed = {conflict.members for conflict in known}
    assert minimal(conflicts) & believed <= told <= minimal(believed)


def test_a_known_conflict_of_one_is_unsatisfiable_alone() -> None:
    with pytest.raises(Unsatisfiable) as failure:
        partition(3, ConflictOracle([[0]]), known=[Conflict(frozenset({2}), "told")])
    assert [(index, verdict.reason) for index, verdict in failure.value.failures] == [
        (0, "[0] in conflict"),
        (2, "told"),
    ]


@pytest.mark.parametrize("members", [[], [3], [-1, 0]])
def test_a_known_conflict_must_be_among_the_requirements(members: list[int]) -> None:
    with pytest.raises(ValueError, match="not a conflict among 3 requirements"):
        partition(3, ConflictOracle([]), known=[Conflict(frozenset(members), "told")])


def test_what_the_oracle_raises_reaches_the_caller() -> None:
    class NoNetwork(ConflictOracle):
        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            if len(members) < 3:
                raise ConnectionError("index unreachable")
            return super().answer(members, preferences)

    with pytest.raises(ConnectionError, match="index unreachable"):
        partition(3, NoNetwork([[0, 1]], first_hint))


@given(st.integers(1, 6), st.integers(0, 2**63 - 1), st.integers(0, 5), hints)
@settings(max_examples=200, deadline=None)
def test_an_oracle_that_is_not_monotone_still_gets_groups_that_it_accepts(
    count: int, answers: int, seed: int, hint: Hints
) -> None:
    subsets = [
        frozenset(c) for size in range(1, count + 1) for c in itertools.combinations(range(count), size)
    ]
    no = {members for number, members in enumerate(subsets) if len(members) > 1 and answers >> number & 1}

    class Fickle(ConflictOracle):
        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            self.asked.append((members, dict(preferences)))
            if members in no:
                return Verdict(False, suspects=hint(members, [frozenset({min(members)})]))
            return Verdict(True, {"lib": str(len(members) % 2)})

    grouping = partition(count, Fickle([]))
    assert sorted(member for group in grouping.groups for member in group.members) == list(range(count))
    assert all(group.verdict.satisfiable and frozenset(group.members) not in no for group in grouping.groups)


def test_a_refusal_that_contradicts_an_earlier_answer_is_believed() -> None:
    class Contrary(ConflictOracle):
        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            verdict = super().answer(members, preferences)
            return Verdict(False, reason="contrary") if members == {1, 2} else verdict

    oracle = Contrary([[1, 3], [2, 4], [1, 5], [2, 5]])
    grouping = partition(6, oracle)
    assert (frozenset({0, 1, 2}), {}) in oracle.asked
    assert groups_of(grouping) == [(0, 3, 4, 5), (1,), (2,)]
    assert "contrary" in [conflict.reason for conflict in grouping.conflicts]


def test_what_was_asked_ahead_of_a_wrong_hint_is_not_asked_again() -> None:
    def hint(members: frozenset[int], inside: Sequence[frozenset[int]]) -> frozenset[int]:
        return frozenset({0, 1} if {0, 1} <= members else {6, 7})

    oracle = ConflictOracle([[0, 1], [2, 6]], hint)
    grouping = partition(8, oracle)
    asked = [members for members, _ in oracle.asked]
    assert asked[2:5] == [{0, 2, 3, 4, 5, 6, 7}, {6, 7}, {0, 2, 3, 4, 5, 6}]
    assert len(set(asked)) == len(asked)
    assert [conflict.members for conflict in grouping.conflicts] == [{0, 1}, {2, 6}]
    assert groups_of(grouping) == [(0, 2, 3, 4, 5, 7), (1, 6)]


def test_the_reporter_hears_questions_conflicts_and_bounds() -> None:
    class Listener(SilentReporter):
        def __init__(self) -> None:
            self.asked: list[frozenset[int]] = []
            self.conflicts: list[Conflict] = []
            self.bounds: list[tuple[int, int]] = []

        def asking(self, members: frozenset[int]) -> None:
            self.asked.append(members)

        def learned(self, conflict: Conflict) -> None:
            self.conflicts.append(conflict)

        def bound(self, lower: int, upper: int) -> None:
            self.bounds.append((lower, upper))

    listener = Listener()
    oracle = ConflictOracle([[0, 1], [1, 2], [0, 2], [3, 4]], first_hint)
    grouping = partition(6, oracle, reporter=listener)
    assert listener.asked == [members for members, _ in oracle.asked]
    assert sorted(listener.conflicts, key=lambda each: sorted(each.members)) == list(grouping.conflicts)
    assert listener.bounds[0] == (1, 6)
    assert listener.bounds[-1] == (3, 3)
    lowers = [lower for lower, _ in listener.bounds]
    uppers = [upper for _, upper in listener.bounds]
    assert lowers == sorted(lowers)
    assert uppers == sorted(uppers, reverse=True)
    assert len(set(listener.bounds)) == len(listener.bounds)


def test_the_silent_reporter_takes_everything() -> None:
    reporter = SilentReporter()
    reporter.asking(frozenset({1}))
    reporter.learned(Conflict(frozenset({1, 2}), ""))
    reporter.bound(1, 2)
