"""From a refuted set to a minimal one, question by question."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.grouping import Conflict, Verdict
from orchestrator.grouping.conflict import minimal_conflicts
from orchestrator.grouping.shrink import shrink
from tests.unit.grouping.grouping_universes import minimal

Suspects = Callable[[frozenset[int]], frozenset[int]]
Outcome = tuple[frozenset[int], list[frozenset[int]]]
"""The core, and the questions that led to it."""


def run(members: frozenset[int], conflicts: list[frozenset[int]], suspects: Suspects) -> Outcome:
    """Answer the questions."""
    asked: list[frozenset[int]] = []
    shrinking = shrink(members, Verdict(False, suspects=suspects(members)))
    try:
        question = next(shrinking)
        while True:
            asked.append(question)
            satisfiable = not any(conflict <= question for conflict in conflicts)
            hint = frozenset() if satisfiable else suspects(question)
            question = shrinking.send(Verdict(satisfiable, suspects=hint))
    except StopIteration as finished:
        return finished.value, asked


def nobody(members: frozenset[int]) -> frozenset[int]:
    return frozenset()


def test_a_pair_that_was_named_takes_one_question() -> None:
    core, asked = run(frozenset(range(50)), [frozenset({3, 30})], lambda members: frozenset({3, 30}))
    assert core == {3, 30}
    assert asked == [{3, 30}]


def test_a_triple_that_was_named_takes_four() -> None:
    triple = frozenset({3, 30, 40})
    core, asked = run(frozenset(range(50)), [triple], lambda members: triple)
    assert core == triple
    assert asked == [triple, {3, 30}, {3, 40}, {30, 40}]


def test_a_pair_that_is_the_whole_set_and_was_named_takes_none() -> None:
    assert run(frozenset({1, 2}), [frozenset({1, 2})], lambda members: members) == (frozenset({1, 2}), [])


def test_a_better_hint_on_the_way_is_taken() -> None:
    def narrowing(members: frozenset[int]) -> frozenset[int]:
        return frozenset(range(20)) if len(members) > 20 else frozenset({4, 9})

    core, asked = run(frozenset(range(50)), [frozenset({4, 9})], narrowing)
    assert core == {4, 9}
    assert asked == [frozenset(range(20)), {4, 9}]


def test_a_hint_that_names_one_too_many_is_corrected() -> None:
    core, _ = run(frozenset(range(50)), [frozenset({4, 9})], lambda members: frozenset({4, 7, 9}))
    assert core == {4, 9}


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_without_hints_the_questions_grow_with_the_logarithm(size: int) -> None:
    count = 256
    for first in (0, 90, count - size):
        conflict = frozenset(range(first, first + size))
        core, asked = run(frozenset(range(count)), [conflict], nobody)
        assert core == conflict
        assert len(asked) <= (size + 1) * (math.log2(count) + 1)
        assert len(set(asked)) == len(asked)


@given(
    st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=5), min_size=1, max_size=8),
    st.dictionaries(st.integers(1, 10), st.frozensets(st.integers(0, 12))),
)
def test_the_core_is_minimal_whatever_is_suspected(
    conflicts: list[frozenset[int]], hints: dict[int, frozenset[int]]
) -> None:
    core, asked = run(frozenset(range(10)), conflicts, lambda members: hints.get(len(members), frozenset()))
    confirmed_pair = len(core) == 2 and core in asked
    assert core in minimal(conflicts) or (confirmed_pair and any(conflict < core for conflict in conflicts))
    assert any(conflict <= core for conflict in conflicts)
    assert len(asked) <= 60


def test_of_conflicts_the_minimal_ones_are_kept_in_order() -> None:
    def conflict(*members: int, reason: str = "") -> Conflict:
        return Conflict(frozenset(members), reason)

    given_conflicts = [
        conflict(5, 6),
        conflict(1, 2, 3),
        conflict(2, 3),
        conflict(5, 6, reason="b"),
        conflict(1, 9),
    ]
    assert minimal_conflicts(given_conflicts) == (conflict(1, 9), conflict(2, 3), conflict(5, 6))
