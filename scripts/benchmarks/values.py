"""What is measured, as values that are kept in a file and shown on the page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit = Literal["s", "instructions", "MiB", ""]


@dataclass(frozen=True, slots=True)
class Target:
    """How much is allowed."""

    most: float
    of: Literal["ratio", "difference", "value"] = "ratio"
    """To the floor; above the floor, in its unit; or of the thing itself."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The same thing without mvenv and with it, done alternately."""

    what: str
    floor: list[float]
    """Without; of the same length as *mvenv*, or empty where there is nothing to compare with."""
    mvenv: list[float]
    unit: Unit = "s"
    target: Target | None = None
    in_short: bool = False
    """Whether it is in the README's table."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The same thing in several ways, done in turns."""

    what: str
    ways: dict[str, list[float] | str]
    """Way → seconds, or why it cannot."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place of a curve: both sides at one size."""

    at: int
    floor: list[float]
    mvenv: list[float]


@dataclass(frozen=True, slots=True)
class Curve:
    """How something grows, without mvenv and with it."""

    what: str
    along: str
    """What there is more and more of."""
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a part."""

    figures: list[Figure] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What else was found, or could not be measured and why: sentences."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def result_of(document: Mapping[str, Any]) -> Result:
    """Return what :meth:`Result.document` was made of."""
    return Result(
        [
            Figure(**{**each, "target": Target(**each["target"]) if each["target"] else None})
            for each in document["figures"]
        ],
        [Compared(**each) for each in document["compared"]],
        [
            Curve(each["what"], each["along"], [Point(**point) for point in each["points"]])
            for each in document["curves"]
        ],
        list(document["notes"]),
    )
