"""How much room the copies take."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import distributions
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestrator.reports.listing.rows import Row


def with_sizes(rows: Iterable[Row], root: Path) -> tuple[Row, ...]:
    """Return *rows* with the size of every copy: of all files that its RECORD names, hard links or not.

    :param root: the project's folder.
    """
    rows = tuple(rows)
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for copy in row.copies:
            wanted.setdefault(copy.path, set()).add(row.name)
    sizes = {
        (path, name): size
        for path, names in wanted.items()
        for name, size in _sizes(root / path, names).items()
    }
    return tuple(
        replace(
            row, copies=tuple(replace(copy, size=sizes.get((copy.path, row.name))) for copy in row.copies)
        )
        for row in rows
    )


def _sizes(environment: Path, names: set[str]) -> dict[str, int]:
    folder = venv.built_site_packages(environment)
    return {
        name: sum(_size(file.locate()) for file in found.files or ())
        for found in distributions(path=[] if folder is None else [str(folder)])
        if (name := canonicalize_name(found.name)) in names
    }


def _size(file: object) -> int:
    from pathlib import Path

    try:
        return Path(str(file)).stat().st_size
    except OSError:  # RECORD may name what was never written, or has been removed
        return 0
