"""What follows from answers besides their verdicts saves questions, and changes no result."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.grouping import Conflict, Verdict, partition
from tests.unit.grouping.grouping_universes import SIXTY, ConflictOracle, best_partition, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class Reader(ConflictOracle):
    """Takes up the members of a question in their order until one is in conflict, and tells of all it came to."""

    def __init__(self, conflicts: Iterable[Iterable[int]]) -> None:
        super().__init__(conflicts)
        self.told: set[int] = set()

    def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        verdict = super().answer(members, preferences)
        taken: set[int] = set()
        for member in sorted(members):
            taken.add(member)
            inside = [conflict for conflict in self.conflicts if conflict <= taken]
            if inside:
                assert not verdict.satisfiable
                self.told |= taken
                pair = len(inside[0]) == 2
                return Verdict(
                    False,
                    suspects=inside[0],
                    refuted=inside[0] if pair else frozenset(),
                    reason="in conflict",
                )
        self.told |= taken
        return verdict

    def conflicts_among(self, members: frozenset[int]) -> list[Conflict]:
        known = members & self.told
        return [Conflict(each, "known") for each in self.conflicts if len(each) == 2 and each <= known]


class Deductions:
    """What a reader has read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def conflicts(self, members: frozenset[int]) -> Sequence[Conflict]:
        return self.reader.conflicts_among(members)

    def untold(self, members: frozenset[int]) -> frozenset[int]:
        return members - self.reader.told


def calls(count: int, conflicts: Iterable[tuple[int, ...]]) -> tuple[int, int]:
    """Return the questions without deductions and with them; the groups are the same, and proved."""
    conflicts = list(conflicts)
    alone, reader = Reader(conflicts), Reader(conflicts)
    without = partition(count, alone)
    found = partition(count, reader, deductions=Deductions(reader))
    assert groups_of(found) == groups_of(without)
    assert found.proved
    assert without.proved
    return without.calls, found.calls


@given(st.lists(st.frozensets(st.integers(0, 6), min_size=2, max_size=3), max_size=12))
@settings(max_examples=200, deadline=None)
def test_the_result_is_the_best_all_the_same(conflicts: list[frozenset[int]]) -> None:
    reader = Reader(conflicts)
    grouping = partition(7, reader, deductions=Deductions(reader))
    assert groups_of(grouping) == best_partition(
        7, lambda members: not any(each <= members for each in conflicts)
    )
    assert grouping.proved


def test_sixty_requirements() -> None:
    without, found = calls(60, SIXTY)
    assert found <= 30
    assert found < 0.6 * without


def test_all_groups_exclude_each_other() -> None:
    """About a question for two requirements, and one for each group; without, one for each conflict."""
    pairs = [(one, other) for one, other in combinations(range(24), 2) if one % 4 != other % 4]
    without, found = calls(24, pairs)
    assert found <= 24 / 2 + 4 + 4
    assert without > 60


def test_few_requirements_cost_no_question_more() -> None:
    assert calls(6, [(0, 1)]) == (3, 3)


def test_who_is_heard_of_is_in_conflict_alone() -> None:
    """It is found all the same."""
    reader = Reader([(0, 1), (12, 13, 14)])
    grouping = partition(15, reader, deductions=Deductions(reader))
    assert [len(group.members) for group in grouping.groups] == [13, 2]


class Versions:
    """Everybody wants one version of the same thing; a refusal tells of the first two that want different ones."""

    def __init__(self, versions: Sequence[int]) -> None:
        self.versions = versions
        self.told: set[int] = set()

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        first, *others = sorted(members)
        clashing = next((each for each in others if self.versions[each] != self.versions[first]), None)
        if clashing is None:
            self.told |= members
            return Verdict(True)
        pair = frozenset({first, clashing})
        self.told |= pair
        return Verdict(False, suspects=pair, refuted=pair, reason="in conflict")

    def ask_many(self, questions: Sequence[tuple[frozenset[int], Mapping[str, str]]]) -> list[Verdict]:
        return [self.ask(members, preferences) for members, preferences in questions]

    def conflicts(self, members: frozenset[int]) -> list[Conflict]:
        """As many as part all: each with the first of every version that it does not want."""
        firsts: dict[int, int] = {}
        found = []
        for each in sorted(members & self.told):
            own = self.versions[each]
            found += [frozenset({each, other}) for version, other in firsts.items() if version != own]
            firsts.setdefault(own, each)
        return [Conflict(each, "known") for each in found]

    def untold(self, members: frozenset[int]) -> frozenset[int]:
        return members - self.told


def test_a_thousand_requirements_in_twenty_groups() -> None:
    """The questions are as many as before for each requirement, and what is done besides takes seconds.

    With work for each pair of conflicts it was more than eight minutes, and no answer.
    """
    oracle = Versions([each % 20 for each in range(1000)])
    grouping = partition(1000, oracle, deductions=oracle, deadline=120)
    assert grouping.proved
    assert [len(group.members) for group in grouping.groups] == [50] * 20
    assert grouping.calls <= 1000 / 2 + 20 + 20
