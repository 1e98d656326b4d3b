"""What the person wants to see: colours, progress, how much. Standard library only."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

COLORS = ("auto", "always", "never")


class _Choice:
    """What the command line says."""

    def __init__(self) -> None:
        self.color = "auto"
        self.progress = True
        self.quiet = 0
        """1: errors and warnings only; 2: errors only."""
        self.verbose = False


choice = _Choice()


def is_terminal(stream: TextIO) -> bool:
    """Whether a stream is a terminal that can do more than print lines."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def is_coloured(stream: TextIO) -> bool:
    """Whether there are to be colours: as the option says, else the environment (no-color.org), else on a terminal."""
    if choice.color != "auto":
        return choice.color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or is_terminal(stream)


def note(text: str) -> None:
    """Say on stderr what happens behind the scenes, if that was asked for."""
    if choice.verbose:
        sys.stderr.write(f"{text}\n")
