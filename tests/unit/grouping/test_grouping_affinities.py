"""Which requirements are together, and which apart, where equally few groups leave a choice: by brute force."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.grouping import Affinities, partition
from orchestrator.grouping.weights import Weights
from tests.unit.grouping.grouping_universes import SIXTY, ConflictOracle, best_colouring, groups_of

Universe = tuple[int, list[frozenset[int]], Affinities, list[frozenset[int]]]


@st.composite
def universes(draw: st.DrawFn, most: int = 6) -> Universe:
    """Requirements, conflicts, affinities, and the groups of an earlier time."""
    count = draw(st.integers(2, most))
    sets = st.frozensets(st.integers(0, count - 1), min_size=2, max_size=3)
    pairs = st.frozensets(st.integers(0, count - 1), min_size=2, max_size=2)
    worth = st.dictionaries(pairs, st.integers(1, 5), max_size=5)
    label = draw(st.none() | st.lists(st.integers(0, 3), min_size=count, max_size=count))
    previous = (
        [frozenset(each for each in range(count) if label[each] == n) for n in range(3)] if label else []
    )
    return count, draw(st.lists(sets, max_size=8)), Affinities(draw(worth), draw(worth)), previous


@given(universes())
@settings(max_examples=250, deadline=None)
def test_is_the_best_of_all_partitions(universe: Universe) -> None:
    count, conflicts, affinities, previous = universe
    grouping = partition(count, ConflictOracle(conflicts), affinities=affinities, previous=previous)
    assert {frozenset(group.members) for group in grouping.groups} == best_colouring(
        count, conflicts, previous, affinities
    )
    assert grouping.proved


def test_what_depends_on_a_side_goes_with_it() -> None:
    # numba 0.57, numpy 2, and pandas, which does with both and needs numpy
    tie = partition(3, ConflictOracle([[0, 1]]))
    assert groups_of(tie) == [(0, 2), (1,)]
    together = Affinities(together={frozenset({1, 2}): 1})
    assert groups_of(partition(3, ConflictOracle([[0, 1]]), affinities=together)) == [(1, 2), (0,)]


def test_a_chain_moves_as_a_whole() -> None:
    # Nobody moves alone here: each step by itself would part a pair.
    chain = {frozenset(pair): 1 for pair in ((1, 2), (2, 3), (3, 4), (2, 4))}
    grouping = partition(5, ConflictOracle([[0, 1]]), affinities=Affinities(together=chain))
    assert groups_of(grouping) == [(1, 2, 3, 4), (0,)]


def test_a_pair_in_conflict_stays_apart() -> None:
    grouping = partition(2, ConflictOracle([[0, 1]]), affinities=Affinities({frozenset({0, 1}): 3}))
    assert groups_of(grouping) == [(0,), (1,)]


def test_sixty_requirements_with_pairs() -> None:
    count = 60
    pairs = {frozenset({each, (each * 7 + 3) % count}): 1 for each in range(0, count, 6)}
    pairs = {pair: worth for pair, worth in pairs.items() if len(pair) == 2}
    plain = partition(count, ConflictOracle(SIXTY))
    grouping = partition(
        count, ConflictOracle(SIXTY), affinities=Affinities(together=pairs), known=plain.conflicts
    )
    assert len(grouping.groups) == len(plain.groups)
    assert grouping.proved

    def kept(groups: list[tuple[int, ...]]) -> int:
        return sum(worth for pair, worth in pairs.items() if any(pair <= set(group) for group in groups))

    in_conflict = sum(worth for pair, worth in pairs.items() if any(set(edge) == pair for edge in SIXTY))
    assert kept(groups_of(plain)) < kept(groups_of(grouping)) == sum(pairs.values()) - in_conflict


@pytest.mark.parametrize("pair", [{0}, {0, 3}, {0, 1, 2}])
def test_an_affinity_is_of_two_requirements(pair: set[int]) -> None:
    with pytest.raises(ValueError, match="no affinity among 3 requirements"):
        partition(3, ConflictOracle([]), affinities=Affinities(apart={frozenset(pair): 1}))


@given(
    st.dictionaries(st.frozensets(st.integers(0, 5), min_size=2, max_size=2), st.integers(1, 9), max_size=6),
    st.dictionaries(st.frozensets(st.integers(0, 5), min_size=2, max_size=2), st.integers(1, 9), max_size=6),
    st.dictionaries(st.integers(0, 5), st.integers(0, 2), max_size=6),
    st.lists(st.integers(0, 2), min_size=6, max_size=6),
)
def test_what_each_class_contributes_for_a_vertex(
    together: dict[frozenset[int], int],
    apart: dict[frozenset[int], int],
    homes: dict[int, int],
    colours: list[int],
) -> None:
    """All classes at once: as one by one, but for what is the same for all."""
    weights = Weights(6, 3, homes, Affinities(together, apart))
    for vertex in range(6):
        classes = [
            sum(1 << other for other in range(6) if other != vertex and colours[other] == colour)
            for colour in range(3)
        ]
        single = [weights.beside(vertex, colour, classes) for colour in range(3)]
        differences = {
            one - other for one, other in zip(single, weights.in_each(vertex, classes), strict=True)
        }
        assert len(differences) == 1
