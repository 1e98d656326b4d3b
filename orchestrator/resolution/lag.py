"""How far a release is behind another one of the same distribution: by major versions, or by the time of its upload.

An answer of the resolver is right if all bounds are kept, and old releases have few: without a word it goes back to one
of years ago (``semgrep`` beside ``logfire>=5.4``: from 1.185 to 1.79). So what a requirement becomes beside others is
compared with what it could be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import InvalidVersion, Version

from orchestrator.uv import uploads

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from orchestrator.config.model import Lag, Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Release

_DAYS_A_MONTH = 365.25 / 12
# From here on the first number of a version is a year, which tells nothing that the time of the upload does not.
_FIRST_YEAR = 1990
# What is shared for the sake of one version may be older than what a requirement itself may be.
SHARED = 2


class Step(NamedTuple):
    """From one version of a distribution back to another one."""

    name: str
    """Canonical."""
    newer: str
    older: str

    @property
    def is_back(self) -> bool:
        """Whether it is one back; of versions that are not known yet (local projects) it is not."""
        try:
            return Version(self.older) < Version(self.newer)
        except InvalidVersion:
            return False


class Calendar:
    """Knows when releases were uploaded; asks for each once."""

    def __init__(self, project: Project, interpreter: Interpreter) -> None:
        self._project = project
        self._interpreter = interpreter
        self._known: dict[Release, datetime | None] = {}

    def too_far(self, steps: Iterable[Step], lag: Lag, *, times: int = 1) -> set[Step]:
        """Return those of *steps* that are further back than *lag* allows.

        :param times: so many times as many months are allowed.
        """
        back = {step for step in steps if step.is_back}
        self._learn((step.name, version) for step in back for version in (step.newer, step.older))
        return {
            step
            for step in back
            if self._majors(step) >= lag.majors or (self._months(step) or 0) > lag.months * times
        }

    def year(self, name: str, version: str) -> str:
        """Return the year of an upload in brackets, with a space before it; empty if it is not known."""
        self._learn([(name, version)])
        uploaded = self._known[name, version]
        return "" if uploaded is None else f" ({uploaded.year})"

    def _majors(self, step: Step) -> int:
        """Return the number of major versions between; none where they count the years."""
        newer, older = Version(step.newer), Version(step.older)
        if newer.epoch != older.epoch:
            return newer.epoch - older.epoch
        uploaded = self._known[step.name, step.newer]
        if newer.major >= _FIRST_YEAR or (uploaded is not None and newer.major == uploaded.year % 100):
            return 0
        return newer.major - older.major

    def _months(self, step: Step) -> float | None:
        newer, older = (self._known[step.name, version] for version in (step.newer, step.older))
        return None if newer is None or older is None else (newer - older).days / _DAYS_A_MONTH

    def _learn(self, releases: Iterable[Release]) -> None:
        unknown = [release for release in dict.fromkeys(releases) if release not in self._known]
        if unknown:
            found = uploads.times(unknown, self._project, self._interpreter)
            self._known.update({release: found.get(release) for release in unknown})
