"""What CPython's tests said, and in which of them two interpreters differ."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PROCESS = "(process)"
"""Stands for a test: how the process itself ended."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process did with one suite."""

    outcomes: Mapping[str, tuple[str, ...]]
    """Test id → its outcomes; more than one if subtests failed or the id occurs more than once."""
    details: Mapping[str, str]
    """Test id → tracebacks or the reason of a skip."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A test that ends otherwise under the shim, however often it is repeated."""

    test: str
    plain: tuple[str, ...]
    """Outcomes; empty if it did not run."""
    shim: tuple[str, ...]
    detail: str
    reason: str = ""
    """Why it must be so; empty for a difference that nobody has explained."""

    def __str__(self) -> str:
        plain, shim = (_counted(outcome) or "did not run" for outcome in (self.plain, self.shim))
        lines = [self.test, f"  plain: {plain}", f"  shim:  {shim}"]
        if self.reason:
            return "\n".join([*lines, f"  explained: {self.reason}"])
        return "\n".join([*lines, *(f"    | {line}" for line in self.detail.splitlines()[:60])])


@dataclass(frozen=True, slots=True)
class Comparison:
    """One suite in one state, against the plain venv."""

    suite: str
    state: str
    tests: int
    passed: int
    """Of the tests in the plain venv."""
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """The differences that are not in the table."""
        return tuple(one for one in self.differences if not one.reason)


@dataclass(frozen=True, slots=True)
class Explained:
    """A difference that must be."""

    test: str
    """Pattern (`fnmatch`) of the test's id."""
    shim: tuple[str, ...]
    """Its outcome under the shim."""
    reason: str


EXPLAINED = (
    Explained(
        "test.test_site::*.StartupImportTests.test_startup_imports",
        ("skipped",),
        "skips itself where a .pth file is in site-packages, as in every environment of mvenv with a conflict",
    ),
    Explained(
        "test.test_inspect*::*.TestSignatureDefinitions.test_threading_module_has_signatures",
        ("passed",),
        "3.13 fails: the C function `threading.excepthook` has no signature; the shim's, which calls it, has one",
    ),
)


def read(output: Path, ended: str, printed: str) -> Run:
    """Read what `cpython_recorder` wrote.

    :param ended: how the process ended.
    :param printed: what it wrote to stdout and stderr.
    """
    outcomes: dict[str, list[str]] = defaultdict(list)
    details: dict[str, list[str]] = defaultdict(list)
    running = ""
    for line in output.read_text(encoding="utf-8").splitlines() if output.exists() else ():
        test, outcome, detail = json.loads(line)
        if outcome == "started":
            running = test
        else:
            outcomes[test].append(outcome)
            if detail:
                details[test].append(detail)
    outcomes[PROCESS].append(ended)
    details[PROCESS].append(f"in or after {running or 'no test'}\n{printed[-3000:]}")
    return Run(
        {test: tuple(sorted(found)) for test, found in outcomes.items()},
        {test: "\n".join(found) for test, found in details.items()},
    )


def differing(plain: Sequence[Run], shim: Sequence[Run]) -> list[str]:
    """Return the tests of which no outcome under the shim is one without it."""
    tests = dict.fromkeys(test for run in (*plain, *shim) for test in run.outcomes)
    return [test for test in tests if not _outcomes(plain, test) & _outcomes(shim, test)]


def compare(suite: str, state: str, plain: Sequence[Run], shim: Sequence[Run]) -> Comparison:
    """Say how a suite's runs under the shim differ from those without."""
    passed = sum(outcome == ("passed",) for outcome in plain[0].outcomes.values())
    differences = tuple(_difference(test, plain[-1], shim[-1]) for test in differing(plain, shim))
    return Comparison(suite, state, len(plain[0].outcomes), passed, differences)


def _outcomes(runs: Sequence[Run], test: str) -> set[tuple[str, ...]]:
    return {run.outcomes.get(test, ()) for run in runs}


def _difference(test: str, plain: Run, shim: Run) -> Difference:
    outcome = shim.outcomes.get(test, ())
    detail = shim.details.get(test) or plain.details.get(test, "")
    reasons = [one.reason for one in EXPLAINED if fnmatchcase(test, one.test) and one.shim == outcome]
    return Difference(test, plain.outcomes.get(test, ()), outcome, detail, "".join(reasons[:1]))


def _counted(outcomes: tuple[str, ...]) -> str:
    return ", ".join(
        f"{one} ({outcomes.count(one)} times)" if outcomes.count(one) > 1 else one
        for one in dict.fromkeys(outcomes)
    )
