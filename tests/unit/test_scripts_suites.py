"""What `scripts/library_suites` takes for a proof that two versions were compared."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from suites import catalogue, outcomes, runs

SUITE = catalogue.Suite("lib", "lib==1", "lib==2", ("lib",), between=("dep",))
ALONE: list[dict[str, object]] = [
    {"version": "1", "file": "/plain/lib.py", "pytest": "8", "between": {"dep": "1"}},
    {"exit": 0},
]
BESIDE: list[dict[str, object]] = [
    {"sibling": "2", "file": "/b/lib.py", "between": {"dep": "2"}},
    {"version": "1", "file": "/a/lib.py", "pytest": "8", "between": {"dep": "1"}},
    {"exit": 0},
]


def _run(entries: list[dict[str, object]]) -> outcomes.Run:
    return outcomes.read(map(json.dumps, entries), 1.0)


def test_two_versions_of_both() -> None:
    assert runs.proof(SUITE, _run(ALONE), _run(BESIDE)) == []


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"sibling": "1"}, "the sibling is the same version"),
        ({"sibling_file": "/a/lib.py"}, "the sibling is the same module"),
        ({"sibling_between": {"dep": "1"}}, "dep is the same version for the sibling"),
        ({"between": {"dep": "3"}}, "dep is not the same: 1 and 3"),
    ],
)
def test_what_makes_the_comparison_worthless(changes: dict[str, Any], note: str) -> None:
    assert runs.proof(SUITE, _run(ALONE), replace(_run(BESIDE), **changes)) == [note]


def test_the_catalogue_is_complete() -> None:
    """Every suite names two exact versions."""
    for suite in catalogue.load():
        assert "==" in suite.tested, suite.name
        assert "==" in suite.beside, suite.name
        assert suite.tests, suite.name
        if suite.distribution == suite.sibling:
            assert suite.tested != suite.beside, suite.name
