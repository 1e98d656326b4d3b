"""Quantities as people read them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantities import duration, ratio

UNITS = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (2.75e-5, "27.5 µs"),
        (3.4e-6, "3.40 µs"),
        (1.11e-7, "111 ns"),
        (999.4e-9, "999 ns"),
        (999.9e-9, "1.00 µs"),
        (9.996e-3, "10.0 ms"),
        (0.0331, "33.1 ms"),
        (0.9999, "1.00 s"),
        (99.96, "100 s"),
        (119.4, "119 s"),
        (119.6, "2 min"),
        (125, "2 min 5 s"),
        (7322, "122 min 2 s"),
        (4.2e-10, "0.42 ns"),
        (0, "0 ns"),
        (-2.75e-5, "-27.5 µs"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


@given(st.floats(min_value=1e-9, max_value=119))
def test_a_duration_is_short_and_right(seconds: float) -> None:
    shown = duration(seconds)
    assert re.fullmatch(r"(\d\.\d\d|\d\d\.\d|\d\d\d) (s|ms|µs|ns)", shown)
    number, unit = shown.split()
    assert float(number) * UNITS[unit] == pytest.approx(seconds, rel=0.006)


@pytest.mark.parametrize(
    ("value", "base", "shown"),
    [
        (4.77, 1, "4.77"),
        (24.6, 2, "12.3"),
        (3, 200, "0.01"),
        (299.8, 2, "150"),
        (9.999, 1, "10.0"),
        (1, 0, "-"),
    ],
)
def test_ratios(value: float, base: float, shown: str) -> None:
    assert ratio(value, base) == shown
