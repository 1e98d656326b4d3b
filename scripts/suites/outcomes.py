"""Outcomes of tests, and their comparison: pure."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WORST_FIRST = ("crashed", "error", "failed", "xpassed", "xfailed", "skipped", "passed")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test ended; *error* is the first line of the reason."""

    outcome: str
    error: str = ""


NOT_RUN = Outcome("not run")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process recorded."""

    outcomes: Mapping[str, Outcome]
    exit: int | None = None
    """pytest's exit code; None: it was stopped, or crashed."""
    version: str = ""
    file: str = ""
    sibling: str = ""
    sibling_file: str = ""
    between: Mapping[str, str] = field(default_factory=dict)
    """Versions of what the library is built on; those of the sibling's side in *sibling_between*."""
    sibling_between: Mapping[str, str] = field(default_factory=dict)
    pytest: str = ""
    seconds: float = 0.0

    def counts(self) -> Counter[str]:
        """Return the number of tests by outcome."""
        return Counter(one.outcome for one in self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Difference:
    """A test that ended differently."""

    test: str
    alone: Outcome
    beside: Outcome


@dataclass(frozen=True, slots=True)
class Result:
    """One suite, compared."""

    name: str
    tested: str
    beside: str
    alone: Run
    together: Run
    differences: tuple[Difference, ...] = ()
    flaky: tuple[str, ...] = ()
    """Tests that differed at first, and not when run again."""
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return what is worth keeping, as plain values for JSON; the outcomes themselves are in the logs."""
        runs = {"alone": self.alone, "beside": self.together}
        kept = {name: {**asdict(run), "counts": run.counts()} for name, run in runs.items()}
        for one in kept.values():
            del one["outcomes"]
        return {
            "suite": self.name,
            "tested": self.tested,
            "loaded": self.beside,
            "tests": len({*self.alone.outcomes, *self.together.outcomes}),
            "runs": kept,
            "different": [asdict(one) for one in self.differences],
            "flaky": self.flaky,
            "notes": self.notes,
        }


def read(lines: Iterable[str], seconds: float) -> Run:
    """Read the record of a run (see ``wants_a.py``); a test that did not end is one that crashed."""
    outcomes: dict[str, Outcome] = {}
    facts: dict[str, Any] = {}
    for line in lines:
        entry = json.loads(line)
        if "id" in entry:
            _add(outcomes, entry)
        elif "sibling" in entry:
            facts |= {
                "sibling": entry["sibling"],
                "sibling_file": entry["file"],
                "sibling_between": entry["between"],
            }
        else:
            facts |= entry
    ended = {test: Outcome("crashed") if one.outcome == "started" else one for test, one in outcomes.items()}
    return Run(ended, seconds=round(seconds, 1), **facts)


def _add(outcomes: dict[str, Outcome], entry: Mapping[str, str]) -> None:
    """Enter one phase of a test: the worst of its phases is its outcome."""
    test, new = entry["id"], Outcome(entry["outcome"], entry.get("error", ""))
    if new.outcome == "started":
        outcomes.setdefault(test, new)
        return
    old = outcomes.get(test)
    if old is None or old.outcome == "started" or _badness(new) > _badness(old):
        outcomes[test] = new


def _badness(one: Outcome) -> int:
    return -WORST_FIRST.index(one.outcome)


def differences(alone: Run, together: Run) -> tuple[Difference, ...]:
    """Return the tests whose outcomes differ, in the order of the runs."""
    tests = dict.fromkeys([*alone.outcomes, *together.outcomes])
    pairs = (
        Difference(test, alone.outcomes.get(test, NOT_RUN), together.outcomes.get(test, NOT_RUN))
        for test in tests
    )
    return tuple(one for one in pairs if one.alone.outcome != one.beside.outcome)


def after_retry(result: Result, alone: Run, together: Run) -> Result:
    """Return *result* with only those differences that another run of both sides shows again."""
    again = {one.test: one for one in differences(alone, together)}
    return replace(
        result,
        differences=tuple(again[one.test] for one in result.differences if one.test in again),
        flaky=tuple(one.test for one in result.differences if one.test not in again),
    )
