"""Where an environment of the plan is on disk, and whether it is complete there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environments.marking import marking_of

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.plan.model import PlannedEnvironment


@dataclass(frozen=True, slots=True)
class Site:
    """An environment of the plan and where it is on disk."""

    environment: PlannedEnvironment
    folder: Path
    """Where it is now."""
    lives_at: Path
    """Where it will be when it is in use."""
    content: str
    """A digest of what it holds; two environments of equal content are interchangeable."""


def is_complete(site: Site) -> bool:
    """Whether the environment is on disk with exactly this content."""
    marking = marking_of(site.folder)
    return marking is not None and marking.content == site.content


@dataclass(frozen=True, slots=True)
class Staged:
    """A plan on disk, complete but not yet in use."""

    application: Site
    environments: tuple[Site, ...]

    def everywhere(self) -> tuple[Site, ...]:
        """Return all sites, the application's first."""
        return (self.application, *self.environments)

    def folders(self) -> dict[str, Path]:
        """Return environment name → where it will live."""
        return {site.environment.name: site.lives_at for site in self.everywhere()}
