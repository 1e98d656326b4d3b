"""What a peer says when it cannot: the line of its words that tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST = 160
_NAMES_AN_ERROR = re.compile(r"(?:[A-Za-z_][\w.]*(?:Error|Exception)|error)\b.*:")


def last(text: str, folder: Path) -> str:
    """Return the last line of an error that names one, or its last one; nothing of nothing.

    :param folder: where it was tried; it is not shown.
    """
    lines = [line for line in text.replace(str(folder), "…").splitlines() if line.strip()]
    named = [line for line in lines if _NAMES_AN_ERROR.match(line)] or lines
    said = named[-1].strip() if named else ""
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
