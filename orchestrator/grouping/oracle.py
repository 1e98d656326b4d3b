"""The question that grouping asks of the outside world: can these requirements be installed together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

NO_PINS: Mapping[str, str] = MappingProxyType({})

Question = tuple[frozenset[int], Mapping[str, str]]
"""The members of a set of requirements, and the pins to prefer where there is a choice."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer of the oracle about one set of requirements.

    :param satisfiable: whether the set can be installed together.
    :param pins: distribution → version, the complete resolution; empty if not satisfiable.
    :param resolution: the caller's own, richer value; grouping only carries it.
    :param suspects: members that the oracle believes to be in conflict. A hint, checked before it is used.
    :param refuted: members that the oracle has shown to be unsatisfiable by themselves, as if it had been asked
        about exactly these; empty if it has shown it of the whole set alone.
    :param reason: why not, in words for people.
    :param about: the names that the reason is about; grouping only carries them.
    """

    satisfiable: bool
    pins: Mapping[str, str] = field(default_factory=dict)
    resolution: object | None = None
    suspects: frozenset[int] = frozenset()
    refuted: frozenset[int] = frozenset()
    reason: str = ""
    about: frozenset[str] = frozenset()


class Oracle(Protocol):
    """Whoever can tell whether a set of requirements is satisfiable; every call is expensive.

    Satisfiability must be monotone: a subset of a satisfiable set is satisfiable.
    What an oracle raises reaches the caller of :func:`orchestrator.grouping.partition` as it is.
    """

    def ask(self, members: frozenset[int], preferences: Mapping[str, str]) -> Verdict:
        """Resolve `members` together; `preferences` decide only where there is a choice."""
        ...

    def ask_many(self, questions: Sequence[Question]) -> list[Verdict]:
        """Answer several questions, perhaps in parallel; one verdict for each, in the same order."""
        ...
