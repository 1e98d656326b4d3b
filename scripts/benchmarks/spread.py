"""What many measurements of one thing say: the middle, the quartiles, and whether a target is met."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.values import Figure, Target

MET, UNCERTAIN, MISSED = "yes", "within the spread", "**no**"


@dataclass(frozen=True, slots=True)
class Spread:
    """The median, and between what half of the measurements are."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Return the median and the quartiles of one measurement or more."""
    if len(values) == 1:
        return Spread(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratios(floor: Sequence[float], mvenv: Sequence[float]) -> list[float]:
    """Return the ratio of each pair: what slows down both for a while is not in it."""
    return [after / before for before, after in zip(floor, mvenv, strict=True)]


def judged(figure: Figure) -> Spread:
    """Return what a figure's target is about; of one without a target the ratio, or what there is."""
    of: Literal["ratio", "difference", "value"] = "ratio" if figure.floor else "value"
    of = figure.target.of if figure.target else of
    if of == "value":
        return spread(figure.mvenv)
    if of == "difference":
        return spread([after - before for before, after in zip(figure.floor, figure.mvenv, strict=True)])
    return spread(ratios(figure.floor, figure.mvenv))


def verdict(found: Spread, target: Target) -> str:
    """Tell whether a target is met: by the median, by a quarter of the pairs, or not.

    A ratio is compared as it is shown, with two decimals.
    """
    digits = 2 if target.of == "ratio" else 9
    if round(found.median, digits) <= target.most:
        return MET
    return UNCERTAIN if round(found.low, digits) <= target.most else MISSED
