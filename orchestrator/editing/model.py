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

    def then(self, text: str, *said: str) -> Edited:
        """Return this with what was done after it."""
        return Edited(text, (*self.said, *said), self.warned)
