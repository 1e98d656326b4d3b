"""The values that the input files become; everything after the config step works on these."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.requirements import Requirement


@dataclass(frozen=True)
class DirectRequirement:
    """One entry of the project's own dependencies, with what `[tool.mvenv.constraints]` says of it."""

    text: str
    """The entry as written but for passwords in URLs, a PEP 508 requirement that is known to parse."""
    name: str
    """Canonical distribution name (`packaging.utils.canonicalize_name`)."""
    entry: str
    """Where it is written: `project.dependencies[3]`."""
    constraints: tuple[str, ...]
    """Extra bounds: PEP 508 texts that limit a version and require nothing."""
    additions: tuple[str, ...]
    """Extra requirements: PEP 508 texts (written with a leading `+`, which is removed here)."""
    alias: str = ""
    """The import name under which the application gets it (`[tool.mvenv.aliases]`); empty for its own names."""
    sections: tuple[str, ...] = ()
    """Which parts of the project ask for it (:mod:`orchestrator.config.selection`); empty before they are brought
    together."""

    @cached_property
    def parsed(self) -> Requirement:
        """What the text says."""
        from packaging.requirements import Requirement  # the command line names options without it

        return Requirement(self.text)

    @cached_property
    def added(self) -> frozenset[str]:
        """Canonical names of the additions."""
        from orchestrator.config.names import name_of

        return frozenset(map(name_of, self.additions))


@dataclass(frozen=True, slots=True)
class ImportAlias:
    """One entry of `[tool.mvenv.aliases]`: a second version for the application, under another import name."""

    requirement: DirectRequirement
    """What is to be installed; its `alias` is the import name."""
    module: str
    """Which of the distribution's import names is meant; empty if it has only one, or one of its own name."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far behind what it could be a release is too far behind."""

    majors: int = 1
    """So many major versions, or more."""
    months: int = 18
    """Uploaded more than so many months earlier."""


@dataclass(frozen=True, slots=True)
class ListedEnvironment:
    """One entry of `[tool.mvenv].environments`."""

    python: str
    """Minor version: `3.12`."""
    full_version: str
    """The first of its releases that the project accepts: `3.12.0`."""
    platform: str = ""
    """Which, by uv's name (`orchestrator.config.platforms`); empty for that of whoever locks."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What the command line says of dependency groups and extras; names are normalized (PEP 503) and sorted.

    With nothing said a build takes in the project's dependencies and its default groups.
    """

    groups: tuple[str, ...] = ()
    """Names of `[dependency-groups]` (PEP 735) to take in."""
    extras: tuple[str, ...] = ()
    """Names of `[project.optional-dependencies]` to take in."""
    no_groups: tuple[str, ...] = ()
    """Groups to leave out, whatever else is said."""
    only_groups: tuple[str, ...] = ()
    """Groups to take in and nothing else, not even the project's dependencies."""
    no_default_groups: bool = False
    all_groups: bool = False
    all_extras: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """One pyproject.toml, checked."""

    root: Path
    """Absolute folder of pyproject.toml, symbolic links resolved."""
    name: str
    """`[project].name` as written."""
    version: str
    """`[project].version` as written, `0` if it is absent or dynamic."""
    requires_python: str
    """`[project].requires-python`, a valid specifier set; empty if absent."""
    requirements: tuple[DirectRequirement, ...]
    """All entries in the order written, whatever their markers say."""
    python: str | None
    """`[tool.mvenv].python`: which interpreter the user asks for."""
    exclude_newer: str | None
    """`[tool.mvenv].exclude-newer`: a date or an RFC 3339 timestamp."""
    uv_sources: Mapping[str, Any]
    """`[tool.uv.sources]`: canonical name to table (or list of tables), with paths made absolute; no passwords."""
    uv_indexes: tuple[Mapping[str, Any], ...]
    """`[[tool.uv.index]]` as written."""
    isolate: tuple[str, ...] = ()
    """`[tool.mvenv].isolate`: distributions (canonical) that get an environment of their own."""
    together: tuple[tuple[str, ...], ...] = ()
    """`[tool.mvenv].together`: direct requirements (canonical names) that share a group, two or more each."""
    singletons: tuple[str, ...] = ()
    """`[tool.mvenv].singletons`: distributions (canonical) of which there is one version for everybody."""
    prefers_newest: bool = True
    """`[tool.mvenv].prefer`: rather one group more than a requirement that is too far behind."""
    other_builds: str = "warn"
    """`[tool.mvenv].other-builds`: what is to become of pickles from other builds."""
    lag: Lag = Lag()
    """`[tool.mvenv.lag]`: how far behind is too far."""
    environments: tuple[ListedEnvironment, ...] = ()
    """`[tool.mvenv].environments`: for which Pythons and platforms the lock is, besides the one at hand."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Users and passwords that URLs had, which are in none of the above (`orchestrator.system.credentials`)."""
    aliases: tuple[ImportAlias, ...] = ()
    """`[tool.mvenv.aliases]`, in the order written."""
    groups: Mapping[str, tuple[DirectRequirement, ...]] = field(default_factory=dict)
    """`[dependency-groups]`: normalized name to entries, included groups' entries in place."""
    default_groups: tuple[str, ...] = ()
    """`default-groups`: those of `groups` that are taken in unless the command line says otherwise."""
    extras: Mapping[str, tuple[DirectRequirement, ...]] = field(default_factory=dict)
    """`[project.optional-dependencies]`: normalized name to entries."""
    workspace: Path | None = None
    """The folder of the workspace that the project is a member of; None if it is in none, or the workspace's root."""
    package: str = ""
    """What changes when the project would have to be installed anew; empty if it is none to install."""

    @property
    def pyproject(self) -> Path:
        """The file this project was read from."""
        return self.root / "pyproject.toml"
