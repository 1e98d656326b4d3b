"""A tree; its fields are the keys of ``--json``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """The project, or an installed distribution, with what it requires (or, inverted, with who requires it)."""

    name: str
    version: str
    environment: str
    """Where it is installed; ``application`` for the project."""
    notes: tuple[str, ...] = ()
    """How it came to be here: ``group dev``, ``as pandas_old``, ``apart from a 1.0``."""
    several: bool = False
    """Whether the project holds the distribution in more than one version."""
    mine: bool = False
    """Whether, of several versions, this is what the application imports."""
    repeated: bool = False
    """Whether what is below it stands elsewhere in the tree, earlier, and is left out here."""
    below: tuple[Branch, ...] = ()
