"""A grouping after another one: what need not change does not, by brute force and by example."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.grouping import Conflict, Grouping, Question, Unsatisfiable, Verdict, partition
from tests.unit.grouping.grouping_packages import PackageOracle, random_packages
from tests.unit.grouping.grouping_universes import (
    SIXTY,
    ConflictOracle,
    Hints,
    assert_conflicts_minimal,
    best_colouring,
    best_partition,
    first_hint,
    groups_of,
    minimal,
    mixed_hints,
    no_hints,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypedDict

    class Remembered(TypedDict, total=False):
        """What `partition` is told of an earlier grouping."""

        known_hints: list[frozenset[int]]
        previous: list[frozenset[int]]
        previous_pins: list[dict[str, str]]


Universe = tuple[int, list[frozenset[int]]]
every_hint = st.sampled_from([no_hints, first_hint, mixed_hints(1), mixed_hints(2)])


@st.composite
def universes(draw: st.DrawFn, most: int = 6) -> Universe:
    count = draw(st.integers(1, most))
    sets = st.frozensets(st.integers(0, count - 1), min_size=2, max_size=3)
    return count, draw(st.lists(sets, max_size=9)) if count > 1 else []


@st.composite
def before(draw: st.DrawFn, count: int) -> list[frozenset[int]]:
    """Any disjoint groups, whether they are possible or not."""
    label = draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    groups = [frozenset(each for each in range(count) if label[each] == number) for number in range(4)]
    return draw(st.permutations(groups))


def sets_of(grouping: Grouping) -> set[frozenset[int]]:
    return {frozenset(group.members) for group in grouping.groups}


@given(universes(), every_hint, st.data())
@settings(max_examples=250, deadline=None)
def test_as_few_as_possible_change_their_group(universe: Universe, hint: Hints, data: st.DataObject) -> None:
    count, conflicts = universe
    previous = data.draw(before(count))
    oracle = ConflictOracle(conflicts, hint)
    grouping = partition(count, oracle, previous=previous)
    assert sets_of(grouping) == best_colouring(count, conflicts, previous)
    assert grouping.proved
    assert {conflict.members for conflict in grouping.conflicts} <= minimal(conflicts)
    assert len({members for members, _ in oracle.asked}) == len(oracle.asked)


@given(universes(), every_hint, st.data())
@settings(max_examples=100, deadline=None)
def test_without_an_earlier_grouping_nothing_is_different(
    universe: Universe, hint: Hints, data: st.DataObject
) -> None:
    count, conflicts = universe
    one, other = ConflictOracle(conflicts, hint), ConflictOracle(conflicts, hint)
    empty: list[frozenset[int]] = data.draw(st.sampled_from([[], [frozenset()], [frozenset(), frozenset()]]))
    assert groups_of(partition(count, one)) == groups_of(partition(count, other, previous=empty))
    assert one.asked == other.asked


@given(universes(), every_hint, st.data())
@settings(max_examples=100, deadline=None)
def test_an_unrelated_requirement_moves_nobody(universe: Universe, hint: Hints, data: st.DataObject) -> None:
    count, conflicts = universe
    place = data.draw(st.integers(0, count))
    shifted = [index + (index >= place) for index in range(count)]
    grouping = partition(count, ConflictOracle(conflicts, hint))
    previous = [frozenset(shifted[index] for index in group) for group in groups_of(grouping)]
    moved = [frozenset(shifted[index] for index in conflict) for conflict in conflicts]
    again = partition(count + 1, ConflictOracle(moved, hint), previous=previous)
    largest, *others = previous
    assert sets_of(again) == {largest | {place}, *others}


@given(universes(), every_hint, st.data())
@settings(max_examples=100, deadline=None)
def test_a_requirement_less_moves_nobody_unless_a_group_can_be_saved(
    universe: Universe, hint: Hints, data: st.DataObject
) -> None:
    count, conflicts = universe
    gone = data.draw(st.integers(0, count - 1))
    grouping = partition(count, ConflictOracle(conflicts, hint))
    previous = [
        frozenset(index - (index > gone) for index in group if index != gone) for group in groups_of(grouping)
    ]
    left = [frozenset(i - (i > gone) for i in conflict) for conflict in conflicts if gone not in conflict]
    again = partition(count - 1, ConflictOracle(left, hint), previous=previous)
    if len(again.groups) == sum(map(bool, previous)):
        assert sets_of(again) == {group for group in previous if group}
    else:
        assert len(again.groups) == len(partition(count - 1, ConflictOracle(left)).groups)


@given(universes(), every_hint, st.data())
@settings(max_examples=100, deadline=None)
def test_another_order_moves_nobody(universe: Universe, hint: Hints, data: st.DataObject) -> None:
    count, conflicts = universe
    place = data.draw(st.permutations(range(count)))
    grouping = partition(count, ConflictOracle(conflicts, hint))
    previous = [frozenset(place[index] for index in group) for group in groups_of(grouping)]
    moved = [frozenset(place[index] for index in conflict) for conflict in conflicts]
    assert sets_of(partition(count, ConflictOracle(moved, hint), previous=previous)) == set(previous)


def test_sixty_requirements_and_one_more() -> None:
    first = partition(60, ConflictOracle(SIXTY, first_hint))
    previous = [frozenset(group) for group in groups_of(first)]
    # The new one is in conflict with some of the first group, so it joins the next that can take it.
    oracle = ConflictOracle([*SIXTY, (0, 60), (5, 60)], first_hint)
    again = partition(
        61, oracle, previous=previous, known_hints=[conflict.members for conflict in first.conflicts]
    )
    assert sets_of(again) == {previous[0], previous[1] | {60}, *previous[2:]}
    assert again.proved
    # Everything, the hints, then what is new: a group and its conflict, and the groups.
    assert again.calls <= 1 + len(first.conflicts) + 8
    assert oracle.rounds <= 12


def test_an_earlier_grouping_alone_makes_the_next_one_cheaper() -> None:
    first = partition(60, ConflictOracle(SIXTY, first_hint))
    again = partition(
        60, ConflictOracle(SIXTY, first_hint), previous=[frozenset(group) for group in groups_of(first)]
    )
    assert groups_of(again) == groups_of(first)
    assert again.calls < first.calls / 2


def test_a_vertex_without_conflict_stays_and_a_new_one_joins_the_largest() -> None:
    oracle = ConflictOracle([(0, 1)])
    grouping = partition(7, oracle, previous=[frozenset({1, 2}), frozenset({0, 3, 4})])
    assert groups_of(grouping) == [(0, 3, 4, 5, 6), (1, 2)]


# What is remembered of conflicts.


@given(universes(), every_hint, st.data())
@settings(max_examples=200, deadline=None)
def test_hints_may_be_right_or_wrong(universe: Universe, hint: Hints, data: st.DataObject) -> None:
    count, conflicts = universe
    members = st.frozensets(st.integers(0, count - 1), min_size=1, max_size=4)
    hints = data.draw(st.lists(st.one_of(members, *map(st.just, conflicts)), max_size=8))
    oracle = ConflictOracle(conflicts, hint)
    grouping = partition(count, oracle, known_hints=hints)

    def satisfiable(asked: frozenset[int]) -> bool:
        return not any(conflict <= asked for conflict in conflicts)

    assert groups_of(grouping) == best_partition(count, satisfiable)
    assert grouping.proved
    assert_conflicts_minimal(grouping.conflicts, satisfiable)
    assert len({asked for asked, _ in oracle.asked}) == len(oracle.asked)
    if len(grouping.groups) > 1:
        # All minimal ones among the hints are kept, needed or not: they are the explanation.
        assert minimal(conflicts) & set(hints) <= {conflict.members for conflict in grouping.conflicts}


def test_hints_are_checked_side_by_side_and_only_if_something_is_wrong() -> None:
    hints = [frozenset({0, each}) for each in range(1, 6)]
    right = ConflictOracle(hints, first_hint)
    assert len(partition(6, right, known_hints=hints).groups) == 2
    # Everything; the hints; the two groups.
    assert (right.rounds, len(right.asked)) == (4, 8)
    wrong = ConflictOracle([])
    assert partition(6, wrong, known_hints=hints).calls == 1


def test_a_hint_that_names_too_many_is_made_minimal() -> None:
    grouping = partition(
        6, ConflictOracle([(1, 4)]), known_hints=[frozenset({0, 1, 3, 4}), frozenset({2, 3})]
    )
    assert [conflict.members for conflict in grouping.conflicts] == [{1, 4}]


def test_a_hint_of_what_is_unsatisfiable_alone() -> None:
    with pytest.raises(Unsatisfiable) as failure:
        partition(4, ConflictOracle([[2]]), known_hints=[frozenset({2}), frozenset({0, 1})])
    assert failure.value.index == 2


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"known_hints": [frozenset()]}, "not a conflict among 3"),
        ({"known_hints": [frozenset({0, 3})]}, "not a conflict among 3"),
        ({"previous": [frozenset({0, 1}), frozenset({1, 2})]}, "not disjoint groups among 3"),
        ({"previous": [frozenset({0, 3})]}, "not disjoint groups among 3"),
        ({"previous": [frozenset({0})], "previous_pins": [{}, {}]}, "pins of 2 groups for 1"),
        ({"previous_pins": [{}]}, "pins of 1 groups for 0"),
    ],
)
def test_what_is_remembered_must_be_about_the_requirements(more: Remembered, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        partition(3, ConflictOracle([]), **more)


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.data())
@settings(max_examples=75, deadline=None)
def test_packages_with_an_earlier_grouping(seed: int, count: int, data: st.DataObject) -> None:
    oracle = random_packages(seed, count, mixed_hints(1))
    previous = data.draw(before(count))
    sets = [frozenset(c) for n in range(2, count + 1) for c in itertools.combinations(range(count), n)]
    conflicts = sorted(minimal(each for each in sets if not oracle.satisfiable(each)), key=sorted)
    pins = [{"lib_a": str(1 + number % 3)} for number in range(len(previous))]
    grouping = partition(count, oracle, previous=previous, previous_pins=pins)
    assert sets_of(grouping) == best_colouring(count, conflicts, previous)
    assert all(group.verdict.satisfiable for group in grouping.groups)


# The versions of before.


def free(*names: str) -> dict[str, dict[int, dict[str, frozenset[int]]]]:
    return {name: {1: {}, 2: {}, 3: {}} for name in names}


ANY = frozenset({1, 2, 3})
TWO_GROUPS = [
    {"core": frozenset({1}), "shared": ANY, "mine": ANY},
    {"core": frozenset({1}), "shared": ANY},
    {"core": frozenset({2}), "shared": ANY, "mine": ANY},
]


def pins_of(grouping: Grouping) -> list[dict[str, str]]:
    return [
        {name: version for name, version in group.verdict.pins.items() if "requirement" not in name}
        for group in grouping.groups
    ]


def test_a_group_keeps_its_versions_and_takes_the_others_from_the_groups_before_it() -> None:
    oracle = PackageOracle(TWO_GROUPS, free("core", "shared", "mine"))
    grouping = partition(
        3,
        oracle,
        previous=[frozenset({2}), frozenset({0, 1})],
        previous_pins=[{"shared": "1"}, {"shared": "2", "mine": "1"}],
    )
    assert groups_of(grouping) == [(0, 1), (2,)]
    assert pins_of(grouping) == [
        {"core": "1", "shared": "2", "mine": "1"},
        {"core": "2", "shared": "1", "mine": "1"},
    ]


def test_a_version_that_became_impossible_gives_way_alone() -> None:
    oracle = PackageOracle([{"core": frozenset({2, 3}), "shared": ANY}], free("core", "shared"))
    grouping = partition(1, oracle, previous=[frozenset({0})], previous_pins=[{"core": "1", "shared": "1"}])
    assert pins_of(grouping) == [{"core": "3", "shared": "1"}]


def test_a_group_of_new_requirements_has_no_versions_to_keep() -> None:
    oracle = PackageOracle(TWO_GROUPS, free("core", "shared", "mine"))
    grouping = partition(3, oracle, previous=[frozenset({0, 1})], previous_pins=[{"shared": "1"}])
    assert pins_of(grouping) == [
        {"core": "1", "shared": "1", "mine": "3"},
        {"core": "2", "shared": "1", "mine": "3"},
    ]


def test_most_of_the_members_decide_whose_versions_are_kept() -> None:
    oracle = PackageOracle([{"shared": ANY}] * 3, free("shared"))
    grouping = partition(
        3,
        oracle,
        previous=[frozenset({0}), frozenset({1, 2})],
        previous_pins=[{"shared": "1"}, {"shared": "2"}],
    )
    assert pins_of(grouping) == [{"shared": "2"}]


def test_nothing_is_asked_again_where_the_versions_are_the_same_already() -> None:
    oracle = PackageOracle(TWO_GROUPS, free("core", "shared", "mine"))
    first = partition(3, oracle)
    asked = len(oracle.asked)
    again = partition(
        3,
        oracle,
        previous=[frozenset(group) for group in groups_of(first)],
        previous_pins=[group.verdict.pins for group in first.groups],
    )
    assert pins_of(again) == pins_of(first)
    preferring = [preferences for _, preferences in oracle.asked[asked:] if preferences]
    assert preferring == []


# When the time is up.


class Clockwork(ConflictOracle):
    """A second for each question or batch; no two sets have pins that go together."""

    now = 0.0

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        self.now += 1
        return super().ask(members, preferences)

    def ask_many(self, questions: Sequence[Question]) -> list[Verdict]:
        self.now += 1
        return super().ask_many(questions)

    def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        verdict = super().answer(members, preferences)
        pins = {"own": f"{sorted(members)}", "lib": preferences.get("lib", "2")}
        return Verdict(True, pins) if verdict.satisfiable else verdict


def test_without_time_the_groups_are_those_of_before_if_they_still_hold() -> None:
    previous = [frozenset(group) for group in groups_of(partition(60, ConflictOracle(SIXTY, first_hint)))]
    pins = [{"lib": f"1.{number}"} for number in range(4)]
    oracle = Clockwork(SIXTY, first_hint)
    grouping = partition(
        60, oracle, deadline=0, clock=lambda: oracle.now, previous=previous, previous_pins=pins
    )
    assert sets_of(grouping) == set(previous)
    assert [group.verdict.pins["lib"] for group in grouping.groups] == ["1.0", "1.1", "1.2", "1.3"]
    assert (grouping.lower_bound, grouping.proved) == (1, False)
    # Each group, and each again with its versions.
    assert grouping.calls == 8


@given(universes(), st.integers(0, 12), st.data())
@settings(max_examples=150, deadline=None)
def test_at_every_deadline(universe: Universe, seconds: int, data: st.DataObject) -> None:
    count, conflicts = universe
    previous = data.draw(before(count))
    hints = (
        data.draw(st.lists(st.frozensets(st.integers(0, count - 1), min_size=2), max_size=4))
        if count > 1
        else []
    )
    oracle = Clockwork(conflicts, data.draw(every_hint))
    grouping = partition(
        count,
        oracle,
        deadline=seconds,
        clock=lambda: oracle.now,
        previous=previous,
        previous_pins=[{"lib": "1"}] * len(previous),
        known_hints=hints,
    )
    fewest = len(partition(count, ConflictOracle(conflicts)).groups)
    assert sorted(member for group in groups_of(grouping) for member in group) == list(range(count))
    assert all(not any(c <= set(group) for c in conflicts) for group in groups_of(grouping))
    assert all(group.verdict.satisfiable for group in grouping.groups)
    assert grouping.lower_bound <= fewest <= len(grouping.groups)
    assert grouping.proved == (grouping.lower_bound == len(grouping.groups))
    assert {conflict.members for conflict in grouping.conflicts} <= minimal(conflicts)


# What the oracle has shown itself.


class Certain(ConflictOracle):
    """Shows which members are in conflict, rather than suspects it."""

    def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        verdict = super().answer(members, preferences)
        return Verdict(
            verdict.satisfiable, suspects=verdict.suspects, refuted=verdict.suspects, reason="shown"
        )


@given(universes(), st.data())
@settings(max_examples=100, deadline=None)
def test_what_the_oracle_has_shown_is_not_asked_about(universe: Universe, data: st.DataObject) -> None:
    count, conflicts = universe
    larger = data.draw(st.booleans())

    def hint(members: frozenset[int], inside: Sequence[frozenset[int]]) -> frozenset[int]:
        return inside[0] | {max(members)} if larger else inside[0]

    oracle = Certain(conflicts, hint)
    grouping = partition(count, oracle)

    def satisfiable(asked: frozenset[int]) -> bool:
        return not any(conflict <= asked for conflict in conflicts)

    assert groups_of(grouping) == best_partition(count, satisfiable)
    assert_conflicts_minimal(grouping.conflicts, satisfiable)
    asked = [members for members, _ in oracle.asked]
    for number, members in enumerate(asked):
        shown = {
            hint(each, inside) for each in asked[:number] if (inside := [c for c in conflicts if c <= each])
        }
        assert members not in shown


def test_sixty_requirements_whose_conflicts_are_shown() -> None:
    oracle = Certain(SIXTY, first_hint)
    grouping = partition(60, oracle)
    assert groups_of(grouping) == groups_of(partition(60, ConflictOracle(SIXTY, first_hint)))
    assert grouping.proved
    assert {conflict.reason for conflict in grouping.conflicts} == {"shown"}
    # One for each conflict, and the groups that hold.
    assert grouping.calls <= len(grouping.conflicts) + 15
    assert grouping.calls <= 70


def test_a_known_conflict_keeps_its_reason() -> None:
    oracle = Certain([(0, 1), (0, 2)], first_hint)
    grouping = partition(3, oracle, known=[Conflict(frozenset({0, 1}), "told")])
    assert [conflict.reason for conflict in grouping.conflicts] == ["told", "shown"]
