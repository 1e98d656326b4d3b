"""What an edit comes to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edited:
    """The text after an edit."""

    text: str
    said: tuple[str, ...]
    """What was done, a sentence each, for people."""
    warned: tuple[str, ...] = ()
    """What they had better know, a sentence each."""
