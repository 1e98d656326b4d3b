"""What uv is asked and what it answers: requirements, pins and the edges between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from orchestrator.config.names import name_of
from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.uv.derivation import Dependence


Release = tuple[str, str]
"""Canonical name and version of a distribution."""

LOCAL = "local"
"""The version of a local project whose own is dynamic, until it is installed."""


def version_key(version: str) -> tuple[int, Version, str]:
    """Return a key that sorts versions (PEP 440); those that are none, of a URL or :data:`LOCAL`, come first."""
    try:
        return 1, Version(version), version
    except InvalidVersion:
        return 0, Version("0"), version


@dataclass(frozen=True)
class Demand:
    """One requirement in a question to the resolver."""

    text: str
    """PEP 508."""
    name: str
    """Canonical distribution name."""
    chain: tuple[Release, ...]
    """Who requires it: the project, then the split distributions on the way, outermost first."""
    constraints: tuple[str, ...] = ()
    """Extra bounds that go with it, PEP 508."""
    additions: tuple[str, ...] = ()
    """Extra requirements that go with it, PEP 508."""
    bare: str = ""
    """Of a split distribution: its version. Its dependencies are wanted one by one, not by it."""

    @cached_property
    def parsed(self) -> Requirement:
        """What the text says."""
        return Requirement(self.text)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Canonical names of all that it asks for, additions included."""
        return (self.name, *map(name_of, self.additions))

    @property
    def release(self) -> Release:
        """The distribution itself, if it is split."""
        return self.name, self.bare


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution in one version."""

    name: str
    """Canonical name (PEP 503)."""
    version: str
    """Version, or :data:`LOCAL`."""
    specification: str
    """What installs exactly this: ``name==version``, ``name @ url``, ``-e folder``."""
    source: str | None = None
    """The folder of a local project, None for what comes from an index or a URL."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A joint answer for some direct requirements."""

    pins: Mapping[str, Pin]
    """Canonical name → pin."""
    requires: Mapping[str, frozenset[str]]
    """Canonical name → the distributions it depends on in this resolution."""
    roots: frozenset[str]
    """The distributions that are asked for directly (additions of a requirement included)."""
    built: frozenset[str] = field(default=frozenset(), compare=False)
    """Those that an index offers as source distributions only, as far as uv has just said so."""
    told: tuple[Dependence, ...] = field(default=(), compare=False)
    """What uv's log says that releases depend on, also those that were not chosen."""

    def reachable(self, name: str) -> frozenset[str]:
        """Return *name* and everything it depends on, directly or not."""
        return frozenset(reachable([name], lambda each: self.requires.get(each, ())) & self.pins.keys())

    def clashes(self, one: str, other: str) -> bool:
        """Whether two distributions that install the same modules are both here and get in each other's way.

        They don't where one requires the other: such a distribution means to add to the other's modules.
        """
        return (
            {one, other} <= self.pins.keys()
            and other not in self.reachable(one)
            and one not in self.reachable(other)
        )
