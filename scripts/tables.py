"""Tables of Markdown, as the scripts print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[str]) -> str:
    """Return a table of rows that :func:`row` has made."""
    return "\n".join([row(columns), row(["---"] * len(columns)), *rows])


def row(cells: Iterable[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cells)} |"
