"""Line ends: edits work on texts with `\\n`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.editing.model import Edited


def keeping_line_ends(edit: Callable[[str], Edited], text: str) -> Edited:
    """Apply an edit to a text; if all of its lines end in `\\r\\n`, so do those of the result.

    Where both occur, new lines end in `\\n`.
    """
    if not text.count("\r\n") == text.count("\n") > 0:
        return edit(text)
    edited = edit(text.replace("\r\n", "\n"))
    return replace(edited, text=edited.text.replace("\n", "\r\n"))
