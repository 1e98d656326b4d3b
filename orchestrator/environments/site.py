"""Where an environment of the plan is on disk, and whether it is complete there."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.environments.marking import marking_of

if TYPE_CHECKING:
    from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Housing:
    """Where isolated environments are to be.

    An environment in use is never changed, so one that is made anew is another folder. Equal content is one folder
    (``name-1a2b3c4d``); made anew it is the next one (``name-1a2b3c4d-2``), and stays that until its content changes.
    """

    recorded: tuple[Path, ...] = ()
    """The folders in use."""
    anew: frozenset[Path] = frozenset()
    """Those that are not to be used again."""
    repairs: bool = False
    """Whether what is installed is to be compared with what it should be: uv's cache may hold the same damage."""

    def housed(self, sites: Iterable[Site]) -> tuple[Site, ...]:
        """Return *sites* with the folders that they are to have."""
        return tuple(
            replace(site, folder=folder, lives_at=folder) for site in sites for folder in [self._folder(site)]
        )

    def _folder(self, site: Site) -> Path:
        own = re.compile(rf"{re.escape(site.folder.name)}(?:-(\d+))?")
        numbers = {
            int(match[1] or 1): folder
            for folder in (*self.recorded, *self.anew)
            if folder.parent == site.folder.parent and (match := own.fullmatch(folder.name))
        }
        if not numbers:
            return site.folder
        number, latest = max(numbers.items())
        return (
            latest if latest not in self.anew else site.folder.with_name(f"{site.folder.name}-{number + 1}")
        )


def is_complete(site: Site) -> bool:
    """Whether the environment is on disk with exactly this content."""
    marking = marking_of(site.folder)
    return marking is not None and marking.content == site.content


@dataclass(frozen=True, slots=True)
class Staged:
    """A plan on disk, complete."""

    application: Site
    environments: tuple[Site, ...]

    def everywhere(self) -> tuple[Site, ...]:
        """Return all sites, the application's first."""
        return (self.application, *self.environments)

    def folders(self) -> dict[str, Path]:
        """Return environment name → where it will live."""
        return {site.environment.name: site.lives_at for site in self.everywhere()}

    def in_place(self) -> Staged:
        """Return the same for after the commit: every environment is where it will live."""
        return replace(self, application=replace(self.application, folder=self.application.lives_at))
