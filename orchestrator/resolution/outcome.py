"""What the resolution comes to: the groups of a project, and the proof that there are no fewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.uv.model import Resolution


@dataclass(frozen=True, slots=True)
class Part:
    """A dependency that does not fit beside the distribution that requires it, and so is in another group."""

    requirement: str
    """What is required, PEP 508."""
    name: str
    """Its canonical distribution name."""
    importer: tuple[str, str]
    """Canonical name and version of the distribution that requires it."""


@dataclass(frozen=True, slots=True)
class ResolvedGroup:
    """Requirements that are resolved together."""

    requirements: tuple[str, ...]
    """The direct requirements, as written in pyproject.toml; none in a group of parts alone."""
    direct: tuple[str, ...]
    """Their canonical distribution names, in the same order."""
    resolution: Resolution
    parts: tuple[Part, ...] = ()
    """What is here for distributions of other groups."""
    redirects: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What distributions of this group find elsewhere: importer → dependency (both canonical) → the number of
    the group, from 0, that holds it."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Import name that the application uses → requirement that it stands for (none of `requirements`)."""


@dataclass(frozen=True, slots=True)
class ResolvedConflict:
    """A minimal set of direct requirements that cannot be installed together."""

    requirements: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of a project, with the proof that there are no fewer."""

    groups: tuple[ResolvedGroup, ...]
    conflicts: tuple[ResolvedConflict, ...]
    lower_bound: int
    """No partition has fewer groups."""
    proved: bool
    calls: int = 0
    """Questions that the resolver was asked; 0 where the lock answered."""
    seconds: float = 0.0
    """Time that the grouping took."""
