"""How far a release is behind another one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.config.model import Lag
from orchestrator.resolution.lag import Calendar, Step
from orchestrator.uv import uploads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.uv.model import Release

UPLOADED = {
    "1.0": datetime(2020, 1, 1, tzinfo=UTC),
    "1.1": datetime(2021, 6, 1, tzinfo=UTC),
    "1.2": datetime(2021, 8, 1, tzinfo=UTC),
    "2.0": datetime(2021, 9, 1, tzinfo=UTC),
    "24.1": datetime(2024, 1, 1, tzinfo=UTC),
    "25.0": datetime(2025, 1, 1, tzinfo=UTC),
    "2024.4": datetime(2024, 4, 1, tzinfo=UTC),
    "2025.4": datetime(2025, 4, 1, tzinfo=UTC),
    "2026.4": datetime(2026, 4, 1, tzinfo=UTC),
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Release]:
    """What the index was asked about."""
    found: list[Release] = []

    def times(releases: Iterable[Release], *_: Any) -> dict[Release, datetime]:
        found.extend(releases)
        return {release: UPLOADED[release[1]] for release in found if release[1] in UPLOADED}

    monkeypatch.setattr(uploads, "times", times)
    return found


def calendar() -> Calendar:
    nothing: Any = None
    return Calendar(nothing, nothing)


@pytest.mark.parametrize(
    ("newer", "older", "is_far"),
    [
        ("1.2", "1.1", False),
        ("1.2", "1.0", True),  # nineteen months
        ("1.1", "1.0", False),  # seventeen
        ("2.0", "1.2", True),  # a month, and a major version
        ("1.0", "2.0", False),  # forward
        ("1.0", "1.0", False),
        ("25.0", "24.1", False),  # years, not majors
        ("2025.4", "2024.4", False),
        ("2026.4", "2024.4", True),
        ("1!1.0", "9.0", True),
        ("9.1", "9.0", False),  # nobody knows when
        ("10.0", "9.0", True),
        ("local", "1.0", False),
    ],
)
def test_by_major_version_or_by_month(asked: list[Release], newer: str, older: str, is_far: bool) -> None:
    step = Step("lib", newer, older)
    assert calendar().too_far([step], Lag()) == ({step} if is_far else set())


def test_the_lag_can_be_another(asked: list[Release]) -> None:
    by_month, by_major = Step("lib", "1.2", "1.0"), Step("lib", "2.0", "1.2")
    assert calendar().too_far([by_month, by_major], Lag(majors=2, months=24)) == set()
    assert calendar().too_far([by_month], Lag(months=10), times=2) == set()
    assert calendar().too_far([by_month], Lag(months=9), times=2) == {by_month}


def test_nothing_is_asked_twice(asked: list[Release]) -> None:
    known = calendar()
    for _ in range(2):
        known.too_far([Step("lib", "1.2", "1.1"), Step("lib", "9.1", "9.0")], Lag())
    assert known.year("lib", "1.0") == " (2020)"
    assert known.year("lib", "9.0") == ""
    assert sorted(asked) == [("lib", version) for version in ("1.0", "1.1", "1.2", "9.0", "9.1")]
