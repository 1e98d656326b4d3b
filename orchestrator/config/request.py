"""What the command line asks of a build."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from orchestrator.config.model import Selection


class LockUse(Enum):
    """What a build does about `mvenv.lock`."""

    UPDATE = "update"  # use it as far as it holds, write it when something changed
    LOCKED = "locked"  # refuse if it is not what pyproject.toml asks for
    FROZEN = "frozen"  # take it as it is, whatever pyproject.toml says


@dataclass(frozen=True, slots=True)
class Request:
    """The options of a build."""

    selection: Selection = field(default_factory=Selection)
    lock: LockUse = LockUse.UPDATE
    offline: bool = False
    """Answer from uv's cache alone."""
    upgrade: bool = False
    """Do not prefer the versions of the lock."""
    upgrade_packages: frozenset[str] = frozenset()
    """The same for these distributions (canonical names) alone."""
    reinstall: tuple[str, ...] | None = None
    """Distributions and environments to install anew, "" for all; None if nothing is asked for."""
    solve_timeout: float | None = None
    """Seconds for the search of the fewest groups; None for no limit."""
    check: bool = True
    """Import what was installed."""
    replace: bool = False
    """Put the application environment in the place of a `.venv` that mvenv did not make."""
    try_again: bool = False
    """Import what was installed even if that has been tried, and look as long as it takes for what would mend it."""
