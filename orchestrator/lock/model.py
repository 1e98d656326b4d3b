"""The values that ``mvenv.lock`` holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.config.model import DirectRequirement, ImportAlias
from orchestrator.config.names import name_of
from orchestrator.config.selection import PROJECT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.plan.model import Knowledge
    from orchestrator.resolution.outcome import Groups


@dataclass(frozen=True, slots=True)
class LockedRequirement:
    """A direct requirement as far as it decides the answer: without the place where it is written."""

    text: str
    """PEP 508."""
    constraints: tuple[str, ...] = ()
    additions: tuple[str, ...] = ()
    alias: str = ""
    """The import name under which the application gets it; empty for its own names."""
    module: str = ""
    """Which of its import names the alias stands for, if that was said."""
    sections: tuple[str, ...] = (PROJECT,)
    """Which parts of the project ask for it; none in a lock of the first format that a selection decided."""

    def requirement(self, entry: str) -> DirectRequirement:
        """Return the direct requirement, said to be written at *entry*."""
        name = name_of(self.text)
        return DirectRequirement(
            self.text, name, entry, self.constraints, self.additions, self.alias, self.sections
        )

    def planned_alias(self, entry: str) -> ImportAlias:
        """Return the entry of ``[tool.mvenv.aliases]`` that this is."""
        return ImportAlias(self.requirement(entry), self.module)


@dataclass(frozen=True, slots=True)
class LockInputs:
    """Everything that decides what a lock holds, but for the index itself."""

    python: str
    """Minor version and ABI flags: ``3.11``, ``3.13t``."""
    platform: str
    """Implementation, system, machine, and the libc if it is musl: ``cpython-linux-x86_64``."""
    requirements: tuple[LockedRequirement, ...]
    """Those of all sections that apply, in order: ties among groupings go by it."""
    groups: tuple[str, ...] = ()
    """The dependency groups that there are, normalized, sorted; in a lock that tells no sections those selected."""
    extras: tuple[str, ...] = ()
    """The extras, likewise."""
    exclude_newer: str = ""
    isolate: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    singletons: tuple[str, ...] = ()
    prefer: str = "newest"
    lag: tuple[int, int] = (1, 18)
    """Major versions and months."""
    sources: Mapping[str, Any] = field(default_factory=dict)
    """``[tool.uv.sources]``: canonical name → table or list of tables, paths relative to the project."""
    settings: str = ""
    """Digest of uv's other settings: ``[tool.uv]`` and uv.toml; empty if there are none."""
    overrides: tuple[str, ...] = ()
    """What custom_dependencies_versions.json says, a rule each: ``a 2.2.2 → c 1.1.1``; sorted."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Local projects that are installed from: relative path → digest of what its metadata comes from."""

    @property
    def tells_sections(self) -> bool:
        """Whether it is known which requirements are of which dependency group and extra."""
        return all(each.sections for each in self.requirements)


@dataclass(frozen=True, slots=True)
class LockedEnvironment:
    """What a reader wants to know of an environment. It follows from the rest, and no build reads it."""

    name: str
    pins: tuple[str, ...]
    """What lives there: ``name==version``, sorted."""
    borrowed: Mapping[str, str] = field(default_factory=dict)
    """What it finds elsewhere: canonical name → environment."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """What the application can import beyond what all share: import name → environment; as far as installing has told.
    Of an isolated environment what it imports from elsewhere than the application does."""


@dataclass(frozen=True, slots=True)
class Lock:
    """One ``mvenv.lock``: the answer for one Python on one platform, and those for others beside it."""

    inputs: LockInputs
    groups: Groups
    """Its `calls` and `seconds` are 0: they are no part of the answer."""
    knowledge: Knowledge
    """What installing taught about the pins of `groups`, and nothing else."""
    hashes: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """(canonical name, version) → the hashes of all its files (``sha256:…``), sorted; nothing for local projects
    and version control."""
    environments: tuple[LockedEnvironment, ...] = ()
    """The application's first."""
    others: tuple[Lock, ...] = ()
    """The answers for other Pythons and platforms (:mod:`orchestrator.lock.several`), which have no others."""
