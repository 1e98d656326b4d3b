"""What the distributions of isolated environments install beside their modules: commands, data files, headers.

In a plain venv all of it lies below ``sys.prefix``. At run time that is the application environment, so there it has
to be found (:mod:`orchestrator.install.scripts`, :mod:`orchestrator.install.data_files`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestrator.environments.site import Site, Staged
    from orchestrator.install.record import InstalledDistribution


@dataclass(frozen=True, slots=True)
class Offer:
    """A distribution of an isolated environment, as one that may have files for the application environment."""

    distribution: InstalledDistribution
    site: Site
    is_seen: bool
    """Whether the application sees it."""

    @property
    def release(self) -> str:
        """The name and version, for people."""
        return f"{self.distribution.name} {self.distribution.version}"

    def file(self, path: str) -> Path:
        """Return where a file of it is; *path* is below the environment's folder."""
        return self.site.folder / path


def offers(
    staged: Staged, installed: Mapping[str, Iterable[InstalledDistribution]], borrowed: Mapping[str, str]
) -> list[Offer]:
    """Return the distributions of all isolated environments that have such files, the most wanted first.

    :param installed: environment name → what is installed there.
    :param borrowed: what the application sees, in order: canonical name → environment.
    """
    order = {name: number for number, name in enumerate(borrowed)}
    found = [
        Offer(distribution, site, borrowed.get(distribution.canonical_name) == site.environment.name)
        for site in staged.environments
        for distribution in installed[site.environment.name]
        if distribution.outside
    ]
    return sorted(
        found, key=lambda offer: order[offer.distribution.canonical_name] if offer.is_seen else len(order)
    )
