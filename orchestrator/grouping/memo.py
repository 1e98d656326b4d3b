"""What is known about sets of requirements, and what follows from it without asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from orchestrator.grouping.oracle import Verdict
from orchestrator.grouping.sets_within import SetsWithin

if TYPE_CHECKING:
    from orchestrator.grouping.conflict import Conflict

UnionCertificate = Callable[[Mapping[str, str], Mapping[str, str]], bool]
"""Whether two complete resolutions, put together as they are, make one."""


def pins_agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two resolutions have the same version of every distribution that they share."""
    if len(other) < len(one):
        one, other = other, one
    return all(other.get(name, version) == version for name, version in one.items())


class Memo:
    """The oracle's verdicts, and the conclusions that monotonicity allows.

    :param known: conflicts that hold whatever the oracle says.
    :param certificate: see :data:`UnionCertificate`.
    """

    def __init__(self, known: Iterable[Conflict], certificate: UnionCertificate) -> None:
        self._satisfiable: dict[frozenset[int], Verdict] = {}
        self._refuted = {
            conflict.members: Verdict(
                False, suspects=conflict.members, reason=conflict.reason, about=conflict.about
            )
            for conflict in known
        }
        self._refuted_sets = SetsWithin(self._refuted)
        self._certificate = certificate
        self._agreement: dict[tuple[frozenset[int], frozenset[int]], bool] = {}

    @property
    def satisfiable_sets(self) -> tuple[frozenset[int], ...]:
        """The sets that the oracle called satisfiable, in the order of its answers."""
        return tuple(self._satisfiable)

    def add(self, members: frozenset[int], verdict: Verdict) -> None:
        """Remember what the oracle said, without preferences, about a set."""
        if verdict.satisfiable:
            self._satisfiable[members] = verdict
        else:
            self._refute(members, verdict)
        if verdict.refuted and verdict.refuted not in self._refuted:
            self._refute(verdict.refuted, replace(verdict, suspects=verdict.refuted))

    def _refute(self, members: frozenset[int], verdict: Verdict) -> None:
        self._refuted[members] = verdict
        self._refuted_sets.add(members)

    def verdict(self, members: frozenset[int]) -> Verdict | None:
        """Return the verdict on exactly these members, if there is one."""
        return self._refuted.get(members) or self._satisfiable.get(members)

    def refutation(self, members: frozenset[int]) -> tuple[frozenset[int], Verdict] | None:
        """Find the smallest set within `members` that is known to be unsatisfiable, and its verdict."""
        smallest = self._refuted_sets.smallest(members)
        return None if smallest is None else (smallest, self._refuted[smallest])

    def infer(self, members: frozenset[int]) -> bool | None:
        """Tell from the verdicts whether a set is satisfiable; None if they don't say."""
        if self._refuted_sets.any(members):
            return False
        if any(members <= confirmed for confirmed in self._satisfiable):
            return True
        return None

    def certify(self, members: frozenset[int]) -> bool:
        """Tell whether known resolutions that go together, as they are, cover these members.

        Only as good as the pins are complete: enough to skip a question while a conflict is made smaller,
        where an error costs only a conflict that is larger than need be; never enough for a final group.
        """
        # Without pins there is nothing to compare, and nothing follows.
        candidates = [each for each, verdict in self._satisfiable.items() if each & members and verdict.pins]
        if not members <= frozenset(chain.from_iterable(candidates)):
            return False
        covered: frozenset[int] = frozenset()
        chosen: list[frozenset[int]] = []
        for candidate in sorted(candidates, key=lambda each: (-len(each & members), len(each), sorted(each))):
            if candidate & members - covered and all(self._agree(candidate, other) for other in chosen):
                chosen.append(candidate)
                covered |= candidate
                if members <= covered:
                    return True
        return False

    def _agree(self, one: frozenset[int], other: frozenset[int]) -> bool:
        pair = (one, other)
        if pair not in self._agreement:
            self._agreement[pair] = self._certificate(
                self._satisfiable[one].pins, self._satisfiable[other].pins
            )
        return self._agreement[pair]
