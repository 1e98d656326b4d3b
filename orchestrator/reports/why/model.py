"""The answer to ``mvenv why``; its fields are the keys of ``--json``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WrittenAt:
    """Where something is written."""

    file: str
    """Relative to the working directory when it is below it."""
    line: int | None
    """From 1."""
    entry: str
    """``project.dependencies[3]``."""


@dataclass(frozen=True, slots=True)
class AskedRequirement:
    """A requirement: mostly a direct one, in a split distribution's conflicts one of its own."""

    requirement: str
    """As written when the project was built."""
    place: WrittenAt | None
    """None if it is not written there (any more)."""


@dataclass(frozen=True, slots=True)
class Release:
    """A distribution in a version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The shortest way from a direct requirement to a copy."""

    asked: AskedRequirement
    releases: tuple[Release, ...]
    """From the direct requirement's own distribution to the copy, both included."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A minimal set of requirements that cannot be installed together."""

    reason: str
    requirements: tuple[AskedRequirement, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """A dependency that does not fit beside the distribution that requires it."""

    requirement: str
    importer: Release
    reasons: tuple[str, ...]
    """Empty if the build has not recorded any."""


@dataclass(frozen=True, slots=True)
class Overridden:
    """A rule of custom_dependencies_versions.json that has chosen this version."""

    path: tuple[Release, ...]
    """For whom: importers, outermost first; the last one uses the copy."""
    file: str


@dataclass(frozen=True, slots=True)
class ExplainedCopy:
    """One installation of a distribution."""

    version: str
    environment: str
    path: str
    """The environment's folder, relative to the project."""
    chains: tuple[Chain, ...]
    """Shortest first, one for each direct requirement that leads here, the first few of them."""
    more_chains: int
    """How many direct requirements lead here besides those in `chains`."""
    apart: tuple[Apart, ...]
    """The conflicts that keep it from other copies."""
    apart_over_it: bool
    """Whether those conflicts are over this very distribution; otherwise its groups are apart anyway."""
    follows: tuple[str, ...]
    """For a distribution in one version: what makes it versioned all the same, a phrase each."""
    seen_by: tuple[str, ...]
    """Names of environments; ``application`` first if it is among them."""
    aliases: tuple[str, ...] = ()
    """Import names under which the application sees it besides its own."""
    cuts: tuple[Cut, ...] = ()
    """Whom it was cut from: those who require it and could not have it in their own group."""
    overridden: tuple[Overridden, ...] = ()
    tied: tuple[str, ...] = ()
    """Direct requirements through which it is as near to the application as another version: it sees neither."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A distribution with its copies."""

    name: str
    """Canonical."""
    imports: tuple[str, ...]
    """What can be imported from any of its versions."""
    versioned: bool
    copies: tuple[ExplainedCopy, ...]
    isolated: bool = False
    """Whether `[tool.mvenv] isolate` names it."""
    isolated_at: WrittenAt | None = None
    """Where; None if it is not written there any more."""


@dataclass(frozen=True, slots=True)
class WhyAnswer:
    """What ``mvenv why NAME`` says."""

    project: str
    name: str
    """As asked."""
    distributions: tuple[Explained, ...]
    """The distribution of that name, and those that provide that import name; empty if there are none."""
