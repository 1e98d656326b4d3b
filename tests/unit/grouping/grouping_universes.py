"""Worlds in which the right grouping is known: oracles over them, and brute force."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from orchestrator.grouping import NO_AFFINITIES, Affinities, Conflict, Grouping, Question, Verdict

Hints = Callable[[frozenset[int], Sequence[frozenset[int]]], frozenset[int]]
"""From a refuted set, and the conflicts in it, to the suspects that the oracle names."""


# A random sample of 60 released distributions, each at one version: 58 pairs that cannot be installed together,
# and three that can be, two by two, but not all together. Four environments are needed; first-fit takes five.
SIXTY = [
    *[
        (1, 13),
        (2, 3),
        (2, 46),
        (4, 19),
        (4, 24),
        (4, 51),
        (5, 55),
        (6, 21),
        (6, 46),
        (6, 47),
        (6, 56),
        (7, 10),
    ],
    *[
        (7, 17),
        (7, 50),
        (8, 48),
        (8, 55),
        (10, 52),
        (11, 17),
        (12, 25),
        (12, 28),
        (12, 41),
        (12, 45),
        (13, 21),
    ],
    *[(13, 25), (13, 55), (16, 28), (16, 56), (17, 52), (21, 25), (21, 30), (21, 55), (25, 34), (25, 44)],
    *[(25, 55), (25, 59), (27, 28), (27, 32), (27, 45), (28, 42), (28, 56), (32, 59), (34, 37), (34, 49)],
    *[(34, 52), (34, 53), (34, 55), (35, 51), (36, 59), (42, 45), (42, 52), (43, 45), (44, 51), (44, 52)],
    *[(44, 53), (44, 55), (46, 47), (47, 56), (50, 52), (31, 46, 56)],
]


def no_hints(members: frozenset[int], inside: Sequence[frozenset[int]]) -> frozenset[int]:
    return frozenset()


def first_hint(members: frozenset[int], inside: Sequence[frozenset[int]]) -> frozenset[int]:
    return inside[0]


def right_hints(seed: int) -> Hints:
    return lambda members, inside: random.Random(f"{seed} {sorted(members)}").choice(inside)


def wrong_hints(seed: int) -> Hints:
    """Suspects that have nothing to do with the conflict, and may not even be requirements."""

    def suspects(members: frozenset[int], inside: Sequence[frozenset[int]]) -> frozenset[int]:
        rng = random.Random(f"{seed} {sorted(members)}")
        return frozenset(rng.sample(range(max(members) + 3), rng.randint(0, len(members))))

    return suspects


def mixed_hints(seed: int) -> Hints:
    """Right, absent, wrong, too small or too large."""

    def suspects(members: frozenset[int], inside: Sequence[frozenset[int]]) -> frozenset[int]:
        rng = random.Random(f"{seed} {sorted(members)}")
        conflict = rng.choice(inside)
        return rng.choice(
            (
                conflict,
                frozenset(),
                conflict - {min(conflict)},
                conflict | {rng.choice(sorted(members))},
                wrong_hints(seed)(members, inside),
            )
        )

    return suspects


class ConflictOracle:
    """Calls a set satisfiable if it holds no conflict; gives no pins. Keeps a record of what it was asked."""

    def __init__(self, conflicts: Iterable[Iterable[int]], hints: Hints = no_hints) -> None:
        self.conflicts = [frozenset(conflict) for conflict in conflicts]
        self.hints = hints
        self.asked: list[tuple[frozenset[int], dict[str, str]]] = []
        self.rounds = 0

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        self.rounds += 1
        return self.answer(members, preferences)

    def ask_many(self, questions: Sequence[Question]) -> list[Verdict]:
        assert len(questions) > 1
        assert len(set(questions_without_pins(questions))) == len(questions)
        self.rounds += 1
        return [self.answer(members, preferences) for members, preferences in questions]

    def answer(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        assert members
        self.asked.append((members, dict(preferences)))
        inside = [conflict for conflict in self.conflicts if conflict <= members]
        if not inside:
            return Verdict(True)
        return Verdict(False, suspects=self.hints(members, inside), reason=f"{sorted(inside[0])} in conflict")


def questions_without_pins(questions: Sequence[Question]) -> list[frozenset[int]]:
    return [members for members, _ in questions]


def minimal(conflicts: Iterable[frozenset[int]]) -> set[frozenset[int]]:
    found = set(conflicts)
    return {conflict for conflict in found if not any(other < conflict for other in found)}


def all_partitions(items: tuple[int, ...]) -> Iterator[list[tuple[int, ...]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for size in range(len(rest) + 1):
        for companions in itertools.combinations(rest, size):
            others = tuple(item for item in rest if item not in companions)
            for partition in all_partitions(others):
                yield [(first, *companions), *partition]


def best_partition(count: int, satisfiable: Callable[[frozenset[int]], bool]) -> list[tuple[int, ...]]:
    """The fewest groups; then the largest first group, second group, ...; then the smallest members."""
    known = {
        frozenset(members): satisfiable(frozenset(members))
        for size in range(1, count + 1)
        for members in itertools.combinations(range(count), size)
    }
    found = [
        sorted(partition, key=lambda group: (-len(group), group))
        for partition in all_partitions(tuple(range(count)))
        if all(known[frozenset(group)] for group in partition)
    ]
    return min(found, key=lambda each: (len(each), [-len(group) for group in each], each))


def groups_of(grouping: Grouping) -> list[tuple[int, ...]]:
    return [group.members for group in grouping.groups]


def assert_conflicts_minimal(
    conflicts: Iterable[Conflict], satisfiable: Callable[[frozenset[int]], bool]
) -> None:
    for conflict in conflicts:
        assert not satisfiable(conflict.members)
        assert all(satisfiable(conflict.members - {member}) for member in conflict.members)


def fewest_by_brute_force(count: int, conflicts: Sequence[frozenset[int]]) -> int:
    """The smallest number of colours so that no conflict has only one, by trying all colourings."""
    for colours in range(1, count + 1):
        for colouring in itertools.product(range(colours), repeat=count):
            if all(len({colouring[member] for member in conflict}) > 1 for conflict in conflicts):
                return colours
    return 0


def best_colouring(
    count: int,
    conflicts: Sequence[frozenset[int]],
    previous: Sequence[frozenset[int]],
    affinities: Affinities = NO_AFFINITIES,
) -> set[frozenset[int]]:
    """Try all colourings with ever more classes; the first ones continue the largest previous groups."""
    continued = sorted((each for each in previous if each), key=lambda each: (-len(each), sorted(each)))
    for number in range(1, count + 1):
        found = []
        for colouring in itertools.product(range(number), repeat=count):
            classes = [
                [each for each in range(count) if colouring[each] == colour] for colour in range(number)
            ]
            if any(conflict <= set(members) for conflict in conflicts for members in classes):
                continue

            def worth(
                pairs: Mapping[frozenset[int], int], *, same: bool, of: tuple[int, ...] = colouring
            ) -> int:
                return sum(value for (one, other), value in pairs.items() if (of[one] == of[other]) is same)

            stayed = sum(len(a & set(b)) for a, b in zip(continued, classes, strict=False))
            rank = (-worth(affinities.together, same=True), -stayed, -worth(affinities.apart, same=False))
            found.append((rank, [-len(members) for members in classes], classes))
        if found:
            return {frozenset(members) for members in min(found)[2]}
    return set()
