"""What the resolution comes to: the groups of a project, and the proof that there are no fewer."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.config.names import name_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

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

    @property
    def member(self) -> ConflictMember:
        """What it is in a conflict."""
        return ConflictMember(self.requirement, self.importer)


@dataclass(frozen=True)
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
    reaches: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Section of the project → the distributions that its requirements need here, where the edges of the resolution
    lead to more: what depends on what for the sake of an extra is an edge, whoever has asked for that extra."""

    @cached_property
    def aliased(self) -> Mapping[str, str]:
        """Import name that the application uses → canonical name of the distribution that it stands for."""
        return {alias: name_of(text) for alias, text in self.aliases.items()}


@dataclass(frozen=True, slots=True)
class ConflictMember:
    """A requirement that cannot be beside others."""

    requirement: str
    """PEP 508, as written."""
    importer: tuple[str, str] | None = None
    """Canonical name and version of the split distribution that requires it; None if the project does."""

    @property
    def text(self) -> str:
        """``low<2``, or ``low<2 (for big 1.0)``."""
        return self.requirement + ("" if self.importer is None else f" (for {' '.join(self.importer)})")


@dataclass(frozen=True, slots=True)
class ResolvedConflict:
    """A minimal set of requirements that cannot be installed together."""

    members: tuple[tuple[ConflictMember, ...], ...]
    """Those that stay together whatever comes are one member."""
    reason: str
    """Why, in words for people."""
    about: frozenset[str] = frozenset()
    """Canonical names of the distributions that the reason is about."""

    @property
    def requirements(self) -> tuple[str, ...]:
        """The members as people read them."""
        return tuple(", ".join(each.text for each in member) for member in self.members)


@dataclass(frozen=True, slots=True)
class Unusable:
    """Direct requirements that can be installed together, and then do not work."""

    requirements: frozenset[str]
    """As written."""
    reason: str


@dataclass(frozen=True, slots=True)
class Setback:
    """A direct requirement that is far older than it could be."""

    name: str
    """Canonical."""
    version: str
    could_be: str
    """What it is without those that set it back."""
    culprits: tuple[str, ...] = ()
    """Requirements that may be why, as written."""
    is_cured_by_newest: bool = False
    """Whether it is there only because the project wants the fewest groups."""

    def message(self) -> str:
        """Say what it is."""
        whom = " and ".join(f"`{text}`" for text in self.culprits) or "the others"
        return (
            f"`{self.name}` is {self.version}, far behind {self.could_be}, which it could be without {whom}"
        )

    def hint(self) -> str:
        """Say what to do about it."""
        if self.is_cured_by_newest:
            return 'with `prefer = "newest"` in `[tool.mvenv]` it gets an environment of its own'
        return f"if that is too old: an alias (`mvenv alias`) gives the application a newer {self.name} beside it"


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
    setbacks: tuple[Setback, ...] = ()
    """Direct requirements that are far older than they could be, and stay so; not known where the lock answered."""

    def are_in_conflict(self, names: Collection[str]) -> bool:
        """Whether a known conflict is between direct requirements of these canonical names alone."""
        return any(
            all(
                each.importer is None and name_of(each.requirement) in names
                for member in conflict.members
                for each in member
            )
            for conflict in self.conflicts
        )
