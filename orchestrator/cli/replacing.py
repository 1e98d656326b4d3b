"""A `.venv` that somebody else has made: whether a build may take its place."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def may_replace(root: Path) -> bool:
    """Ask a person at the terminal about a `.venv` that mvenv did not make; False where there is none, or nobody."""
    from orchestrator.environments.ownership import is_foreign_environment

    if not is_foreign_environment(root) or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    sys.stderr.write(
        "`.venv` is an environment that mvenv did not make. Replace it by the project's own? [y/N] "
    )
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")
