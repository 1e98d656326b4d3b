"""The rows of ``*.dist-info/RECORD`` (PEP 376, PEP 627), of which some are damaged or were never right."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = 3  # path, hash, size
# What the system takes for a path at most; csv has a limit of its own, and raises.
_LONGEST = 4096


def rows(text: bytes | str) -> Iterator[list[str]]:
    """Yield path, hash and size of every file; what cannot be the path of a file is left out.

    Undecodable bytes are those of :func:`os.fsdecode`.
    """
    decoded = text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")
    lines = (line for line in decoded.splitlines() if len(line) <= 2 * _LONGEST)
    reader = csv.reader(lines)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if row and 0 < len(row[0]) <= _LONGEST and "\0" not in row[0]:
            yield [*row, "", ""][:_COLUMNS]
