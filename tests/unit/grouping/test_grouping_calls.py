"""How many questions a grouping costs: the conflicts of 60 real requirements, and other shapes."""

from __future__ import annotations

import pytest

from orchestrator.grouping import partition
from tests.unit.grouping.grouping_universes import (
    SIXTY,
    ConflictOracle,
    Hints,
    first_hint,
    groups_of,
    right_hints,
    wrong_hints,
)

# Confirmed with an integer programme (sizes one after the other, then members one after the other).
LATER_GROUPS = [
    (3, 4, 7, 11, 12, 13, 27, 34, 35, 44, 46, 48, 56, 59),
    (21, 28, 45, 47, 52),
    (55,),
]


@pytest.mark.parametrize(
    "hint", [first_hint, *map(right_hints, range(4))], ids=["first", "seed-0", "seed-1", "seed-2", "seed-3"]
)
def test_sixty_requirements_with_right_hints(hint: Hints) -> None:
    oracle = ConflictOracle(SIXTY, hint)
    grouping = partition(60, oracle)
    assert groups_of(grouping)[1:] == LATER_GROUPS
    assert (grouping.lower_bound, grouping.proved) == (4, True)
    # Two questions for each conflict learned: one that shows it and one that confirms it.
    assert grouping.calls <= 2 * len(grouping.conflicts) + 12
    assert grouping.calls <= 118
    # Half of them are asked at the same time as another one.
    assert oracle.rounds <= 68


def test_sixty_requirements_without_hints() -> None:
    oracle = ConflictOracle(SIXTY)
    grouping = partition(60, oracle)
    assert groups_of(grouping)[1:] == LATER_GROUPS
    assert grouping.proved
    # About ten for each conflict: its two members are found by halving.
    assert grouping.calls <= 520


def test_sixty_requirements_with_wrong_hints() -> None:
    oracle = ConflictOracle(SIXTY, wrong_hints(0))
    grouping = partition(60, oracle)
    assert groups_of(grouping)[1:] == LATER_GROUPS
    assert grouping.proved
    # A wrong hint costs the question that refutes it, and ends asking ahead of the next ones.
    assert grouping.calls <= 560
    assert oracle.rounds > 0.97 * grouping.calls


def test_one_pair_among_sixty() -> None:
    grouping = partition(60, ConflictOracle([(20, 40)], first_hint))
    # Everything; the pair; all but one of it; that one.
    assert grouping.calls == 4
    assert groups_of(grouping)[1] == (40,)


def test_one_triple_among_sixty() -> None:
    grouping = partition(60, ConflictOracle([(20, 30, 40)], first_hint))
    # As above, and the three pairs in it, unless a larger set has shown that they are possible.
    assert grouping.calls <= 7


def test_one_pair_among_sixty_without_hint() -> None:
    grouping = partition(60, ConflictOracle([(20, 40)]))
    assert grouping.calls <= 16


def test_unrelated_pairs_do_not_multiply() -> None:
    pairs = [(2 * each, 2 * each + 1) for each in range(20)]
    grouping = partition(60, ConflictOracle(pairs, first_hint))
    assert [len(group.members) for group in grouping.groups] == [40, 20]
    assert grouping.calls <= 2 * len(pairs) + 4


def test_known_conflicts_save_the_questions_about_them() -> None:
    learned = partition(60, ConflictOracle(SIXTY, first_hint)).conflicts
    oracle = ConflictOracle(SIXTY, first_hint)
    grouping = partition(60, oracle, known=learned)
    assert groups_of(grouping)[1:] == LATER_GROUPS
    assert grouping.conflicts == learned
    assert grouping.calls == 4


def test_questions_that_do_not_depend_on_each_other_are_asked_together() -> None:
    oracle = ConflictOracle([(a, b) for a in range(8) for b in range(a)], first_hint)
    grouping = partition(8, oracle)
    assert len(grouping.groups) == 8
    assert oracle.rounds < 0.8 * len(oracle.asked)
