"""What a random program is made of: plain values for JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict, final

Action = Callable[[], object]
"""Something to do, whose result is what it observed."""


@final
class Step(TypedDict):
    """One operation of one actor."""

    who: str
    do: str
    name: str
    """The module that it is about."""
    within: NotRequired[str]
    """The package in whose globals code is executed."""
    via: NotRequired[Sequence[str]]
    """The ways through which it is called, the innermost first."""
    names: NotRequired[list[str]]
    """All the names that there are in the actor's version of the libraries; the driver says it."""


@final
class Together(TypedDict):
    """A program for each environment, each in a thread of its own, all at once."""

    together: list[list[Step]]


@final
class Crowd(TypedDict):
    """Steps each in a thread of its own, all at once."""

    crowd: list[Step]


Program = list[Step | Together | Crowd]
