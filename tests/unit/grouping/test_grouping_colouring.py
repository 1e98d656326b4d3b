"""Exact colouring: hard graphs whose chromatic number is known, and brute force on small hypergraphs."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.grouping import Affinities, partition
from orchestrator.grouping.colouring import Classes, fewest_colours, find_clique, find_colouring
from orchestrator.grouping.deadline import Deadline
from orchestrator.grouping.hypergraph import Component, bits, components, mask_of
from orchestrator.grouping.improving import improve, improve_further, repaired
from orchestrator.grouping.palette import Palette
from orchestrator.grouping.tiebreak import NodeBudget, find_preferred
from orchestrator.grouping.weights import Weights
from tests.unit.grouping.grouping_graphs import (
    FANO,
    GROETZSCH,
    Graph,
    complete,
    crown,
    cycle,
    kneser,
    mycielski,
    queens,
    wheel,
)
from tests.unit.grouping.grouping_universes import ConflictOracle, fewest_by_brute_force, minimal, right_hints

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

CHROMATIC_NUMBERS = [
    pytest.param(complete(2), 2, id="edge"),
    pytest.param(complete(10), 10, id="complete-10"),
    pytest.param(cycle(6), 2, id="cycle-6"),
    pytest.param(cycle(5), 3, id="cycle-5"),
    pytest.param(cycle(21), 3, id="cycle-21"),
    pytest.param(wheel(6), 3, id="wheel-6"),
    pytest.param(wheel(7), 4, id="wheel-7"),
    pytest.param(crown(8), 2, id="crown-8"),
    pytest.param(GROETZSCH, 4, id="groetzsch"),
    pytest.param(mycielski(GROETZSCH), 5, id="mycielski-23"),
    pytest.param(queens(4), 5, id="queens-4"),
    pytest.param(queens(5), 5, id="queens-5"),
    pytest.param(queens(6), 7, id="queens-6"),
    pytest.param(kneser(5, 2), 3, id="petersen"),
    pytest.param(kneser(6, 2), 4, id="kneser-6-2"),
    pytest.param(FANO, 3, id="fano"),
]


def is_colouring(classes: Classes, component: Component) -> bool:
    disjoint = sum(mask.bit_count() for mask in classes) == component.vertices.bit_count()
    complete = mask_of(vertex for mask in classes for vertex in bits(mask)) == component.vertices
    return disjoint and complete and all(edge & ~mask for edge in component.edges for mask in classes)


def colours_needed(edges: Sequence[Collection[int]]) -> int:
    palette = Palette(1 + max(max(edge) for edge in edges), lambda: None)
    palette.classes([frozenset(edge) for edge in edges], thorough=False)
    return palette.colours


@pytest.mark.parametrize(("graph", "number"), CHROMATIC_NUMBERS)
def test_chromatic_number(graph: Graph, number: int) -> None:
    count, edges = graph
    [component] = components(mask_of(edge) for edge in edges)
    assert find_colouring(component, number - 1, lambda: None) is None
    classes = find_colouring(component, number, lambda: None)
    assert classes is not None
    assert is_colouring(classes, component)
    assert component.vertices == (1 << count) - 1


@pytest.mark.parametrize(
    ("graph", "number"), [each for each in CHROMATIC_NUMBERS if each.id not in ("queens-5", "queens-6")]
)
def test_partition_reaches_the_chromatic_number(graph: Graph, number: int) -> None:
    count, edges = graph
    grouping = partition(count, ConflictOracle(edges, right_hints(0)))
    assert (len(grouping.groups), grouping.lower_bound, grouping.proved) == (number, number, True)


def test_the_search_is_quick_where_proofs_are_hard() -> None:
    """A plain backtracking takes millions of nodes for these."""
    for graph, number in ((mycielski(GROETZSCH), 5), (queens(6), 7)):
        [component] = components(mask_of(edge) for edge in graph[1])
        nodes: list[int] = []

        def tick(nodes: list[int] = nodes) -> None:
            nodes.append(1)

        assert find_colouring(component, number - 1, tick) is None
        assert 0 < len(nodes) < 5_000


def test_the_search_can_be_given_up() -> None:
    def give_up() -> None:
        raise TimeoutError

    [component] = components(mask_of(edge) for edge in GROETZSCH[1])
    with pytest.raises(TimeoutError):
        find_colouring(component, 3, give_up)


def test_a_clique_is_one() -> None:
    for _, edges in (complete(6), queens(5), GROETZSCH, FANO):
        [component] = components(mask_of(edge) for edge in edges)
        clique = list(bits(find_clique(component)))
        pairs = {frozenset(edge) for edge in edges}
        assert all(frozenset(pair) in pairs for pair in itertools.combinations(clique, 2))
    [component] = components(mask_of(edge) for edge in complete(6)[1])
    assert find_clique(component).bit_count() == 6


def test_unconnected_conflicts_are_taken_apart() -> None:
    parts = components(mask_of(edge) for edge in [(4, 5), (0, 1), (5, 6, 7), (1, 2), (8, 9), (0, 2)])
    assert [(list(bits(part.vertices)), len(part.edges)) for part in parts] == [
        ([0, 1, 2], 3),
        ([4, 5, 6, 7], 2),
        ([8, 9], 1),
    ]


def hypergraphs(most: int) -> st.SearchStrategy[list[frozenset[int]]]:
    edges = st.frozensets(st.integers(0, most - 1), min_size=2, max_size=4)
    return st.lists(edges, min_size=1, max_size=14).map(lambda found: sorted(minimal(found), key=sorted))


@given(hypergraphs(7))
@settings(max_examples=150, deadline=None)
def test_colours_of_small_hypergraphs(edges: list[frozenset[int]]) -> None:
    assert colours_needed(edges) == fewest_by_brute_force(7, edges)


@given(hypergraphs(7))
@settings(max_examples=50, deadline=None)
def test_the_fewest_colours(edges: list[frozenset[int]]) -> None:
    """Conflicts that hold others, and those that are told twice, change nothing."""
    more = [*edges, edges[0] | {6, 7}, edges[-1]]
    assert fewest_colours(more) == fewest_by_brute_force(7, edges)


def test_without_a_conflict_no_colour_is_needed() -> None:
    assert fewest_colours([]) == 0


def best_by_brute_force(count: int, colours: int, edges: Sequence[frozenset[int]]) -> list[list[int]]:
    """Try all colourings; return the members of the classes of the preferred one."""
    best: tuple[list[int], list[list[int]]] | None = None
    for colouring in itertools.product(range(colours), repeat=count):
        if all(len({colouring[member] for member in edge}) > 1 for edge in edges):
            classes = [
                [each for each in range(count) if colouring[each] == colour] for colour in range(colours)
            ]
            key = [-len(members) for members in classes], classes
            best = key if best is None else min(best, key)
    assert best is not None
    return best[1]


@given(hypergraphs(7), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_preferred_colouring(edges: list[frozenset[int]], thorough: bool) -> None:
    palette = Palette(7, lambda: None)
    classes = palette.classes(edges, thorough=thorough)
    assert [sorted(each) for each in classes] == best_by_brute_force(7, palette.colours, edges)


@given(hypergraphs(9), st.integers(0, 30))
@settings(max_examples=100, deadline=None)
def test_out_of_budget_is_still_a_colouring_and_no_worse(edges: list[frozenset[int]], nodes: int) -> None:
    for component in components(mask_of(edge) for edge in edges):
        classes = next(
            found for colours in range(1, 10) if (found := find_colouring(component, colours, lambda: None))
        )
        preferred = find_preferred(component, [classes], 9, NodeBudget(nodes))
        again = find_preferred(component, [classes], 9, NodeBudget(nodes))
        weights = Weights(9, len(classes))
        assert is_colouring(preferred, component)
        assert weights.total(preferred) >= weights.total(classes)
        assert preferred == again


@given(
    hypergraphs(9),
    st.dictionaries(st.frozensets(st.integers(0, 8), min_size=2, max_size=2), st.integers(1, 5), max_size=9),
)
@settings(max_examples=25, deadline=None)
def test_steps_that_help_together(edges: list[frozenset[int]], pairs: dict[frozenset[int], int]) -> None:
    """No worse than steps that help alone; a colouring, and the same every time."""
    for component in components(mask_of(edge) for edge in edges):
        classes = next(
            found for colours in range(1, 10) if (found := find_colouring(component, colours, lambda: None))
        )
        inside = {pair: worth for pair, worth in pairs.items() if not mask_of(pair) & ~component.vertices}
        weights = Weights(9, len(classes), affinities=Affinities(inside))
        improved = improve_further(component, classes, weights)
        assert is_colouring(improved, component)
        assert weights.total(improved) >= weights.total(improve(component, classes, weights))
        assert improved == improve_further(component, classes, weights)


@given(hypergraphs(9), hypergraphs(9))
@settings(max_examples=100, deadline=None)
def test_a_colouring_is_repaired_when_there_are_more_conflicts(
    edges: list[frozenset[int]], more: list[frozenset[int]]
) -> None:
    for component in components(mask_of(edge) for edge in edges):
        classes = next(
            found for colours in range(2, 10) if (found := find_colouring(component, colours, lambda: None))
        )
        new = [mask for edge in more if not (mask := mask_of(edge)) & ~component.vertices]
        masks = {*component.edges, *new}
        kept = [mask for mask in masks if not any(other != mask and not other & ~mask for other in masks)]
        harder = Component(component.vertices, tuple(sorted(kept)))
        found = repaired(harder, classes, Weights(9, len(classes)))
        assert found is None or is_colouring(found, harder)
        assert repaired(component, classes, Weights(9, len(classes))) == classes


def test_the_tie_break_keeps_to_its_budget() -> None:
    [component] = components(mask_of(edge) for edge in queens(6)[1])
    classes = find_colouring(component, 7, lambda: None)
    assert classes is not None
    budget = NodeBudget(300)
    preferred = find_preferred(component, [classes], 36, budget)
    assert budget.nodes == 0
    assert is_colouring(preferred, component)
    assert preferred[0].bit_count() == max(mask.bit_count() for mask in preferred)


def test_a_long_chain_of_conflicts_does_not_exhaust_the_stack() -> None:
    count = 600
    palette = Palette(count, lambda: None)
    one, other = palette.classes([frozenset({each, each + 1}) for each in range(count - 1)], thorough=True)
    assert (len(one), len(other)) == (300, 300)
    assert not any({each, each + 1} <= one or {each, each + 1} <= other for each in range(count))


def test_more_vertices_than_levels_of_calls() -> None:
    """Rings of conflicts, which nothing is set aside of: of odd length they need a third colour."""
    for length in (1_500, 1_501):
        edges = [frozenset({each, (each + 1) % length}) for each in range(length)]
        (ring,) = components([mask_of(edge) for edge in edges])
        assert (find_colouring(ring, 2, lambda: None) is None) is (length % 2 == 1)


def test_what_is_foreseen_does_not_count_as_proved() -> None:
    palette = Palette(4, lambda: None)
    triangle = [frozenset(pair) for pair in itertools.combinations(range(3), 2)]
    assert len(palette.classes(triangle[:2], thorough=False)) == 2
    assert palette.foresee(triangle) == ()
    assert palette.colours == 2
    assert palette.foresee([*triangle[:2], frozenset({1, 3})]) != ()
    assert len(palette.classes(triangle, thorough=False)) == 3


def test_the_fewest_colours_that_are_proved_in_time() -> None:
    """It needs four colours and has no triangle: one of its edges alone proves two."""
    edges = [frozenset(edge) for edge in GROETZSCH[1]]
    assert fewest_colours(edges) == 4
    assert fewest_colours(edges, Deadline(0, lambda: 0.0)) == 2
    found = [fewest_colours(edges, Deadline(steps, itertools.count().__next__)) for steps in range(100)]
    assert found == sorted(found)
    assert set(found) == {2, 3, 4}
