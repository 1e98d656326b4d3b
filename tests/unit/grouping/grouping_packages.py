"""Small universes of packages, resolved by trying all versions."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from orchestrator.grouping import Question, Verdict
from tests.unit.grouping.grouping_universes import Hints, no_hints

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Needs = dict[str, frozenset[int]]
"""Library → versions that will do."""


class PackageOracle:
    """Requirements that need libraries, which need libraries. Prefers what it is told to, then new versions.

    :param requirements: what each requirement needs.
    :param libraries: what each version of each library needs.
    """

    def __init__(
        self,
        requirements: Sequence[Needs],
        libraries: Mapping[str, Mapping[int, Needs]],
        hints: Hints = no_hints,
    ) -> None:
        self.requirements = requirements
        self.libraries = libraries
        self.hints = hints
        self.asked: list[tuple[frozenset[int], dict[str, str]]] = []

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        self.asked.append((members, dict(preferences)))
        pins = self.resolve(members, preferences)
        if pins is None:
            return Verdict(False, suspects=self.hints(members, [members]))
        return Verdict(True, pins, resolution=("resolution", len(self.asked)))

    def ask_many(self, questions: Sequence[Question]) -> list[Verdict]:
        return [self.ask(*question) for question in questions]

    def satisfiable(self, members: frozenset[int]) -> bool:
        return self.resolve(members, {}) is not None

    def resolve(self, members: frozenset[int], preferences: Mapping[str, str]) -> dict[str, str] | None:
        best: tuple[tuple[int, list[int]], dict[str, str]] | None = None
        names = sorted(self.libraries)
        for versions in itertools.product(*(self.libraries[name] for name in names)):
            closure = self.closure(members, dict(zip(names, versions, strict=True)))
            if closure is None:
                continue
            pins = {name: str(version) for name, version in closure.items()}
            kept = sum(preferences.get(name) == version for name, version in pins.items())
            rank = kept, [closure.get(name, 0) for name in names]
            if best is None or rank > best[0]:
                best = rank, pins
        if best is None:
            return None
        return best[1] | {f"requirement{member}": "1" for member in members}

    def closure(self, members: frozenset[int], chosen: Mapping[str, int]) -> dict[str, int] | None:
        """The libraries that are needed if these versions are chosen; None if one of them does not do."""
        waiting = [self.requirements[member] for member in sorted(members)]
        found: dict[str, int] = {}
        while waiting:
            for name, versions in waiting.pop().items():
                if chosen[name] not in versions:
                    return None
                if name not in found:
                    found[name] = chosen[name]
                    waiting.append(self.libraries[name][chosen[name]])
        return found


def random_packages(seed: int, count: int, hints: Hints = no_hints) -> PackageOracle:
    """Every requirement is satisfiable alone."""
    rng = random.Random(seed)
    names = ["lib_a", "lib_b", "lib_c", "lib_d"][: rng.randint(1, 4)]

    def needs(candidates: Sequence[str], most: int) -> Needs:
        chosen = rng.sample(candidates, rng.randint(0, min(most, len(candidates))))
        return {name: frozenset(rng.sample((1, 2, 3), rng.randint(1, 2))) for name in chosen}

    libraries = {
        name: {version: needs(names[number + 1 :], 1) for version in (1, 2, 3)}
        for number, name in enumerate(names)
    }
    requirements: list[Needs] = []
    while len(requirements) < count:
        candidate = needs(names, 3)
        if PackageOracle([candidate], libraries).satisfiable(frozenset({0})):
            requirements.append(candidate)
    return PackageOracle(requirements, libraries, hints)
