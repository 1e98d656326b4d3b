"""The pairs of `scripts/compatibility`: each comes out as docs/compatibility.md says; what cannot work is warned of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.limits.particular import PARTICULAR
from pairs import catalogue, runs
from tests.support.interpreters import found_interpreters

REPOSITORY = Path(__file__).resolve().parents[2]

if TYPE_CHECKING:
    from pairs.catalogue import Pair

PAIRS = catalogue.load()
SAMPLE = {
    next(one.name for one in PAIRS if one.package == pair.package) for pair in PAIRS if pair.package.sample
}
_ROW = re.compile(
    r"\| (?P<name>\S+) \| (?P<first>\S+) and (?P<second>\S+) \| (?P<python>3\.\d+)\S* "
    r"\| \**(?P<outcome>[^|*]+?)\** \|"
)
PAGE = {
    (row["name"], row["first"], row["second"], row["python"]): row["outcome"]
    for row in _ROW.finditer((REPOSITORY / "docs" / "compatibility.md").read_text("utf-8"))
}
"""Distribution, versions and Python → outcome."""
FAILING = (runs.WORKS_IN_TURN, runs.CANNOT)


def _key(pair: Pair) -> tuple[str, str, str, str]:
    return (pair.distribution, *pair.versions, pair.python)


def _parameter(pair: Pair) -> object:
    marks = [pytest.mark.index] if pair.name in SAMPLE else [pytest.mark.index, pytest.mark.slow]
    return pytest.param(pair, id=pair.name, marks=marks)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("pair", [_parameter(pair) for pair in PAIRS if not pair.package.big])
def test_outcome_is_that_of_the_page(pair: Pair, tmp_path: Path) -> None:
    if not any(found.version == pair.python for found in found_interpreters()):
        pytest.skip(f"needs Python {pair.python}")
    result, expected = runs.examine(pair, tmp_path / "project"), PAGE[_key(pair)]
    # Threads that meet at a bad moment in one run may miss each other in the next.
    works = (runs.WORKS, runs.WORKS_SEPARATED) if expected == runs.WORKS_IN_TURN else ()
    assert result.outcome in (expected, *works), result


def test_the_page_has_every_pair() -> None:
    """Those that take gigabytes may be missing."""
    assert (
        {_key(pair) for pair in PAIRS if not pair.package.big}
        <= PAGE.keys()
        <= {_key(pair) for pair in PAIRS}
    )


def test_what_fails_is_warned_of() -> None:
    warned = {distribution for limit in PARTICULAR for distribution in limit.distributions}
    failing = {name.lower() for (name, *_), outcome in PAGE.items() if outcome in FAILING}
    assert failing <= warned
