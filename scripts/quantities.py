"""Quantities as people read them; for everything under `scripts` that prints some."""

from __future__ import annotations

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_DIGITS = 3


def duration(seconds: float) -> str:
    """Return a time with three significant digits, in the unit that leaves something before the point.

    From two minutes on it is whole minutes and seconds. ``2.75e-05`` is ``27.5 µs``, ``125`` is ``2 min 5 s``.
    """
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if round(seconds) >= 120:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    for unit, name in _UNITS:
        # Rounded first: 999.9 µs are 1.00 ms, not 1000 µs.
        if seconds and (value := float(f"{seconds / unit:.{_DIGITS - 1}e}")) >= 1:
            return f"{_plain(value)} {name}"
    return f"{seconds / _UNITS[-1][0]:.2g} ns"


def ratio(value: float, base: float) -> str:
    """Return how many times *base* a value is: ``4.77``, ``12.3``, ``150``; ``-`` of nothing."""
    return _plain(float(f"{value / base:.{_DIGITS - 1}e}")) if base else "-"


def _plain(value: float) -> str:
    """Return a number of three significant digits without an exponent; below one, with two decimals."""
    whole = len(str(int(value)))
    return f"{value:.{max(0, _DIGITS - whole)}f}"
