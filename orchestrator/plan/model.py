"""The plan: every environment, what is installed in it, and what it sees of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.resolution.kin import Kin
    from orchestrator.resolution.outcome import ResolvedConflict, ResolvedGroup
    from orchestrator.uv.model import Pin

APPLICATION = "application"
"""The name of the application environment wherever environments are named."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one installed distribution turned out to hold."""

    name: str
    """The name as its own metadata spells it."""
    version: str
    imports: tuple[str, ...] = ()
    """What can be imported: top-level names, or dotted portions of namespace packages; sorted."""
    uses: frozenset[str] = frozenset()
    """Distributions that its modules import when they are loaded, declared or not."""
    registers: frozenset[str] = frozenset()
    """Distributions in which it registers things by name, or that remember its entry points: two copies of it must
    not share one (:mod:`orchestrator.plan.registries`)."""
    forbids: frozenset[str] = frozenset()
    """Releases of the project (``name==version``) that its requirements exclude, those of extras included."""

    @property
    def tops(self) -> frozenset[str]:
        """The first parts of the import names."""
        return frozenset(name.partition(".")[0] for name in self.imports)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What installing has taught about distributions; grows from one round of a build to the next."""

    contents: Mapping[tuple[str, str], Contents] = field(default_factory=dict)
    """(canonical name, version) → contents."""
    clashes: frozenset[frozenset[str]] = frozenset()
    """Pairs of distributions that cannot share an environment: they install the same modules."""
    kin: frozenset[Kin] = frozenset()
    """Distributions that belong together, of those that were found apart."""


@dataclass(frozen=True, slots=True)
class PlannedEnvironment:
    """One virtual environment."""

    name: str
    requirements: tuple[str, ...]
    """The direct requirements of its group, as written; all of them for the application."""
    pins: Mapping[str, Pin]
    """What is installed here: canonical name → pin."""
    copied: frozenset[str] = frozenset()
    """Distributions that are also installed elsewhere: never the same file twice (hard links are one file)."""
    borrowed: Mapping[str, str] = field(default_factory=dict)
    """What its group uses and another environment holds: canonical name → environment."""
    optional: Mapping[str, str] = field(default_factory=dict)
    """What it lacks and sees elsewhere without requiring it (:mod:`orchestrator.plan.optional`): canonical name →
    environment. Of its import names those that nothing else here has."""

    @property
    def homes(self) -> Mapping[str, str]:
        """Where what it requires is: canonical name → environment, its own among them."""
        return {**dict.fromkeys(self.pins, self.name), **self.borrowed}


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an installation needs to know, and everything ``graph`` prints."""

    groups: tuple[ResolvedGroup, ...]
    application: PlannedEnvironment
    environments: tuple[PlannedEnvironment, ...]
    """One for each group that has versioned distributions, in the order of the groups."""
    versioned: Mapping[str, tuple[str, ...]]
    """Canonical name of each versioned distribution → its versions, ascending."""
    conflicts: tuple[ResolvedConflict, ...]
    lower_bound: int
    proved: bool
    homes: tuple[Mapping[str, str], ...] = ()
    """For each group: versioned distribution → the environment in which the group's instance of it is."""
    isolated: frozenset[str] = frozenset()
    """Distributions that the user isolates: versioned, each copy in an environment of its own."""
    doubled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Distributions that are installed once for each side although one version does for all → those that register
    in them, and are there in several copies."""

    @property
    def is_divided(self) -> bool:
        """Whether there is any isolated environment, and so a shim."""
        return bool(self.environments)

    def everywhere(self) -> tuple[PlannedEnvironment, ...]:
        """Return the application environment and all others."""
        return (self.application, *self.environments)
