"""How many questions a grouping costs: the conflicts of 60 real requirements, and other shapes."""

from __future__ import annotations

import pytest
from grouping_universes import ConflictOracle, Hints, first_hint, groups_of, no_hints, right_hints, wrong_hints

from orchestrator.grouping import partition

# A random sample of 60 released distributions, each at one version: 58 pairs that cannot be installed together,
# and three that can be, two by two, but not all together. Four environments are needed; first-fit takes five.
SIXTY = [
    *[(1, 13), (2, 3), (2, 46), (4, 19), (4, 24), (4, 51), (5, 55), (6, 21), (6, 46), (6, 47), (6, 56), (7, 10)],
    *[(7, 17), (7, 50), (8, 48), (8, 55), (10, 52), (11, 17), (12, 25), (12, 28), (12, 41), (12, 45), (13, 21)],
    *[(13, 25), (13, 55), (16, 28), (16, 56), (17, 52), (21, 25), (21, 30), (21, 55), (25, 34), (25, 44)],
    *[(25, 55), (25, 59), (27, 28), (27, 32), (27, 45), (28, 42), (28, 56), (32, 59), (34, 37), (34, 49)],
    *[(34, 52), (34, 53), (34, 55), (35, 51), (36, 59), (42, 45), (42, 52), (43, 45), (44, 51), (44, 52)],
    *[(44, 53), (44, 55), (46, 47), (47, 56), (50, 52), (31, 46, 56)],
]
# Confirmed with an integer programme (sizes one after the other, then members one after the other).
LATER_GROUPS = [
    (3, 4, 7, 11, 12, 13, 27, 34, 35, 44, 46, 48, 56, 59),
    (21, 28, 45, 47, 52),
    (55,),
]


@pytest.mark.parametrize("hint", [first_hint, *map(right_hints, range(8))])
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


@pytest.mark.parametrize("hint", [no_hints, wrong_hints(0)])
def test_sixty_requirements_without_right_hints(hint: Hints) -> None:
    oracle = ConflictOracle(SIXTY, hint)
    grouping = partition(60, oracle)
    assert groups_of(grouping)[1:] == LATER_GROUPS
    assert grouping.proved
    assert grouping.calls <= 650


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
