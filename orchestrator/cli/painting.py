"""How wide a picture may be, and in which colours its parts are."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import click

from orchestrator.system import shown

if TYPE_CHECKING:
    from typing import TextIO

_COLOURS: dict[str, dict[str, Any]] = {
    "title": {"bold": True},
    "environment": {"fg": "cyan"},
    "several": {"fg": "yellow", "bold": True},
    "mine": {"fg": "green", "bold": True},
    "reason": {"dim": True},
}


def columns(stream: TextIO) -> int:
    """Return the columns of a terminal, or those that `COLUMNS` says; 0 for a file or a pipe: nothing is broken."""
    if not shown.is_terminal(stream) and not os.environ.get("COLUMNS"):
        return 0
    return shutil.get_terminal_size().columns


def painted(text: str, role: str) -> str:
    """Return a text in the colour of its role (:data:`orchestrator.reports.marks.Paint`)."""
    return click.style(text, **_COLOURS[role])
