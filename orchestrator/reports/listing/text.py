"""The list for people, and for `grep` and `cut`: plain columns without a title."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.filesize import decimal

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.marks import MINE, SEVERAL
from orchestrator.system.text import aligned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.reports.listing.rows import ListedCopy, Row


def columns(rows: Iterable[Row]) -> str:
    """Return a line for each distribution in each version: name, version, environments, marks."""
    rows = tuple(rows)
    versions = Counter(row.name for row in rows)
    return aligned(
        [
            (
                *(row.name, row.version, ", ".join(map(_place, row.copies))),
                _marks(row) if versions[row.name] > 1 else "",
            )
            for row in rows
        ]
    )


def columns_of_copies(rows: Iterable[Row]) -> str:
    """Return a line for each copy: name, version, environment, size, and whether a newer version would do."""
    return aligned(
        [
            (
                *(row.name, row.version, _place(copy), "" if copy.size is None else decimal(copy.size)),
                f"not needed: all that require it allow {copy.instead}" if copy.instead else "",
            )
            for row in rows
            for copy in row.copies
        ]
    )


def _place(copy: ListedCopy) -> str:
    return copy.path if copy.environment == APPLICATION else copy.environment


def _marks(row: Row) -> str:
    return f"{SEVERAL} {MINE}" if any(copy.mine for copy in row.copies) else SEVERAL
