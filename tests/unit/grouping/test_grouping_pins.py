"""What the pins of a resolution are good for: certificates of unions, and preferences for later groups."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.grouping import Conflict, Verdict, partition, pins_agree
from orchestrator.grouping.memo import Memo
from tests.unit.grouping.grouping_packages import PackageOracle, random_packages
from tests.unit.grouping.grouping_universes import (
    ConflictOracle,
    Hints,
    assert_conflicts_minimal,
    best_partition,
    first_hint,
    groups_of,
    mixed_hints,
    no_hints,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.grouping import UnionCertificate

seeds = st.integers(0, 2**32 - 1)


def never(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return False


def always(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    return True


@given(seeds, st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_resolutions_that_agree_are_a_joint_resolution(seed: int, count: int) -> None:
    oracle = random_packages(seed, count)
    sets = [frozenset(c) for size in (1, 2) for c in itertools.combinations(range(count), size)]
    resolved = {members: pins for members in sets if (pins := oracle.resolve(members, {})) is not None}
    for (one, pins), (other, more) in itertools.combinations(resolved.items(), 2):
        if pins_agree(pins, more):
            assert oracle.satisfiable(one | other)


@given(seeds, st.integers(1, 5), st.sampled_from([no_hints, mixed_hints(1)]))
@settings(max_examples=100, deadline=None)
def test_packages_are_grouped_in_the_best_way(seed: int, count: int, hint: Hints) -> None:
    oracle = random_packages(seed, count, hint)
    grouping = partition(count, oracle)
    assert groups_of(grouping) == best_partition(count, oracle.satisfiable)
    assert grouping.proved
    assert_conflicts_minimal(grouping.conflicts, oracle.satisfiable)
    without = partition(count, random_packages(seed, count, hint), union_certificate=never)
    assert groups_of(without) == groups_of(grouping)


@given(seeds, st.integers(1, 5))
@settings(max_examples=50, deadline=None)
def test_the_verdict_of_a_group_is_the_oracles_own(seed: int, count: int) -> None:
    oracle = random_packages(seed, count)
    for group in partition(count, oracle).groups:
        assert group.verdict.satisfiable
        assert isinstance(group.verdict.resolution, tuple)
        kind, number = group.verdict.resolution
        assert kind == "resolution"
        assert oracle.asked[number - 1][0] == frozenset(group.members)


@given(seeds, st.integers(2, 5))
@settings(max_examples=100, deadline=None)
def test_a_certificate_that_is_wrong_makes_no_group_wrong(seed: int, count: int) -> None:
    oracle = random_packages(seed, count)
    grouping = partition(count, oracle, union_certificate=always)
    assert groups_of(grouping) == best_partition(count, oracle.satisfiable)
    assert grouping.proved
    assert not any(oracle.satisfiable(conflict.members) for conflict in grouping.conflicts)


def test_certificates_save_questions() -> None:
    def calls(certificate: UnionCertificate | None) -> int:
        return sum(
            partition(12, random_packages(seed, 12), union_certificate=certificate).calls
            for seed in range(25)
        )

    assert calls(None) < calls(never)


def test_the_callers_certificate_is_asked_about_pins() -> None:
    seen: list[tuple[Mapping[str, str], Mapping[str, str]]] = []

    def refuse(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
        seen.append((one, other))
        return False

    for seed in range(10):
        oracle = random_packages(seed, 10)
        partition(10, oracle, union_certificate=refuse)
    assert seen
    assert all("requirement" in "".join(one) and "requirement" in "".join(other) for one, other in seen)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ({}, {"a": "1"}, True),
        ({"a": "1"}, {"b": "2"}, True),
        ({"a": "1", "b": "2"}, {"b": "2", "c": "3"}, True),
        ({"a": "1", "b": "2"}, {"b": "3"}, False),
        ({"b": "3"}, {"a": "1", "b": "2"}, False),
    ],
)
def test_pins_agree_on_what_they_share(one: dict[str, str], other: dict[str, str], agree: bool) -> None:
    assert pins_agree(one, other) is agree


def memo_of(*verdicts: tuple[set[int], dict[str, str] | None], known: set[int] | None = None) -> Memo:
    memo = Memo([Conflict(frozenset(known), "told")] if known else [], pins_agree)
    for members, pins in verdicts:
        memo.add(frozenset(members), Verdict(False) if pins is None else Verdict(True, pins))
    return memo


def test_a_union_is_certified_by_every_two_of_its_parts() -> None:
    memo = memo_of(({0}, {"a": "1"}), ({1}, {"b": "1"}), ({2}, {"a": "1", "b": "1"}), ({3}, {"b": "2"}))
    assert memo.certify(frozenset({0, 1, 2}))
    assert memo.certify(frozenset({0, 3}))
    assert not memo.certify(frozenset({0, 2, 3}))
    assert not memo.certify(frozenset({0, 4}))


def test_larger_sets_certify_their_parts() -> None:
    memo = memo_of(({0, 1, 2}, {"a": "1"}), ({3, 4}, {"a": "1"}), ({5, 6}, {"a": "2"}))
    assert memo.certify(frozenset({1, 4}))
    assert not memo.certify(frozenset({1, 4, 6}))


def test_without_pins_nothing_is_certified() -> None:
    memo = memo_of(({0}, {}), ({1}, {}))
    assert not memo.certify(frozenset({0, 1}))


def test_what_follows_from_verdicts() -> None:
    memo = memo_of(({0, 1, 2}, {"a": "1"}), ({2, 3}, None), ({4, 5, 6}, None), known={7, 8})
    assert memo.infer(frozenset({0, 2})) is True
    assert memo.infer(frozenset({0, 2, 3})) is False
    assert memo.infer(frozenset({4, 5})) is None
    assert memo.infer(frozenset({3, 7, 8})) is False
    refutation = memo.refutation(frozenset({2, 3, 4, 5, 6}))
    assert refutation is not None
    assert refutation[0] == {2, 3}
    assert memo.refutation(frozenset({0, 1, 2})) is None
    assert memo.satisfiable_sets == (frozenset({0, 1, 2}),)
    told = memo.verdict(frozenset({7, 8}))
    assert told is not None
    assert (told.satisfiable, told.reason) == (False, "told")


def any_of(*versions: int) -> frozenset[int]:
    return frozenset(versions)


def free_libraries(*names: str) -> dict[str, dict[int, dict[str, frozenset[int]]]]:
    return {name: {1: {}, 2: {}, 3: {}} for name in names}


def test_later_groups_keep_to_the_pins_of_earlier_ones() -> None:
    oracle = PackageOracle(
        [
            {"core": any_of(1), "shared": any_of(1, 2)},
            {"core": any_of(1)},
            {"core": any_of(2), "shared": any_of(1, 2, 3), "extra": any_of(1, 2)},
            {"core": any_of(3), "shared": any_of(2, 3), "extra": any_of(1, 2, 3)},
        ],
        free_libraries("core", "shared", "extra"),
    )
    grouping = partition(4, oracle)
    assert groups_of(grouping) == [(0, 1), (2,), (3,)]
    first, second, third = (group.verdict.pins for group in grouping.groups)
    assert (first["shared"], second["shared"], third["shared"]) == ("2", "2", "2")
    assert (second["extra"], third["extra"]) == ("2", "2")
    # The last questions: nothing to prefer for the first group, then the pins of all groups before;
    # where these differ, those of the first.
    asked = dict(oracle.asked[-2:])
    assert asked[frozenset({2})] == first
    assert asked[frozenset({3})] == {**second, **first}
    assert all(not preferences for _, preferences in oracle.asked[:-2])


class Touchy(PackageOracle):
    """Takes back its yes when it hears preferences."""

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        verdict = super().ask(members, preferences)
        return Verdict(False, reason="touchy") if preferences else verdict


def test_a_group_that_cannot_keep_to_the_preferences_does_without() -> None:
    oracle = Touchy([{"core": any_of(1)}, {"core": any_of(2, 3)}], free_libraries("core"))
    grouping = partition(2, oracle)
    assert groups_of(grouping) == [(0,), (1,)]
    assert grouping.groups[1].verdict.pins["core"] == "3"
    assert grouping.proved


def test_a_group_known_only_as_part_of_a_larger_set_is_asked_about_itself() -> None:
    class Pinned(ConflictOracle):
        def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
            verdict = super().answer(members, preferences)
            satisfiable = verdict.satisfiable and not preferences
            return Verdict(satisfiable, {"lib": f"{sorted(members)}"} if satisfiable else {})

    oracle = Pinned([[1, 3], [2, 4], [1, 5], [2, 5]])
    grouping = partition(6, oracle)
    assert groups_of(grouping) == [(0, 3, 4, 5), (1, 2)]
    # The search had seen 0, 1 and 2 together, and nothing says what 1 and 2 resolve to without 0.
    assert (frozenset({0, 1, 2}), {}) in oracle.asked
    assert [members for members, _ in oracle.asked[-2:]] == [{1, 2}, {1, 2}]
    assert grouping.groups[1].verdict.pins == {"lib": "[1, 2]"}


@given(seeds, st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_a_touchy_oracle_spoils_no_partition(seed: int, count: int) -> None:
    packages = random_packages(seed, count)
    oracle = Touchy(packages.requirements, packages.libraries)
    grouping = partition(count, oracle)
    assert groups_of(grouping) == best_partition(count, packages.satisfiable)
    assert all(group.verdict.satisfiable for group in grouping.groups)


def test_nothing_is_asked_again_where_there_are_no_pins_to_prefer() -> None:
    oracle = ConflictOracle([[0, 1]], first_hint)
    partition(2, oracle)
    assert [members for members, _ in oracle.asked] == [{0, 1}, {0}, {1}]
