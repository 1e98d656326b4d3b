"""What one known limit says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """Something that two versions of a distribution share although they should not, or the reverse."""

    key: str
    """Names the limit; the test that shows it has it as its tag."""
    what: str
    """What there is one of, Markdown; the first cell of a row in docs/limits.md."""
    symptom: str
    """What a user sees, without a full stop."""
    remedy: str
    """What to do about it, without a full stop."""
    distributions: tuple[str, ...] = ()
    """Whom it concerns: canonical names; empty for everybody."""
    any_of: str = ""
    """It concerns versions one of which is in this PEP 440 set; empty for any versions."""
    python: str = ""
    """It concerns the Pythons in this PEP 440 set; empty for every Python."""
    seen_with: tuple[str, ...] = ()
    """Pairs of versions it was seen with; the first pair is that of the test."""


@dataclass(frozen=True, slots=True)
class LimitHit:
    """A limit that concerns a plan."""

    limit: Limit
    distribution: str
    versions: tuple[str, ...]
    """Of its copies, ascending; one version if the copies differ in their dependencies alone."""

    def message(self) -> str:
        """Return the warning."""
        names = f"{self.distribution} {' and '.join(self.versions)}"
        subject = names if len(self.versions) > 1 else f"two copies of {names}"
        return f"{subject} will meet in one process: {self.limit.symptom}"
