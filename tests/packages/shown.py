"""How a limit of a real distribution is shown: a library, a program, and what it prints.

Each program runs twice in the same project. *Alone* both roles, `one` and `other`, are played by one version;
*together* `one` has the first version and `other`, imported after it, the second.
"""

from __future__ import annotations

from dataclasses import dataclass

ANYTHING_ELSE = "(anything else)"
"""Where memory is corrupted: what happens then is not the same everywhere."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A program for a limit; its key, and perhaps more behind a colon, names it."""

    library: str
    """The source of `one` and `other`."""
    program: str
    alone: str
    """What it prints, its words."""
    together: str
    code: int = 0
    """How it ends together."""
    beside: tuple[str, str] = ("", "")
    """What else each side requires."""
