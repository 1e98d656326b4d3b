"""The tables of ``mvenv.lock``, checked: strict types, no unknown keys, versions of a name that exist."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


def _dashed(name: str) -> str:
    return name.replace("_", "-")


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=_dashed, populate_by_name=True
    )


class RequirementTable(_Table):
    """A direct requirement; one without anything but its text is written as that text."""

    text: str
    constraints: list[str] = []
    additions: list[str] = []
    alias: str = ""
    module: str = ""


class InputsTable(_Table):
    """``[inputs]``: everything that decides what the lock holds."""

    python: str
    platform: str
    groups: list[str] = []
    extras: list[str] = []
    requirements: list[str | RequirementTable]
    exclude_newer: str = ""
    isolate: list[str] = []
    together: list[list[str]] = []
    singletons: list[str] = []
    prefer: str = "newest"
    lag: list[int] = Field(default=[1, 18], min_length=2, max_length=2)
    uv_settings: str = ""
    overrides: list[str] = []
    sources: dict[str, Any] = {}
    folders: dict[str, str] = {}


class PinTable(_Table):
    """A distribution of a group, and what it depends on there."""

    name: str
    version: str
    requires: list[str] = []
    path: str = ""
    editable: bool = False
    url: str = ""


class PartTable(_Table):
    """What is in a group for a distribution of another group."""

    requirement: str
    name: str
    importer: str
    importer_version: str


class GroupTable(_Table):
    """``[[group]]``: requirements that are resolved together, and the answer."""

    requirements: list[str]
    roots: list[str]
    parts: list[PartTable] = []
    packages: list[PinTable]
    redirects: dict[str, dict[str, int]] = {}
    aliases: dict[str, str] = {}


class DependencyTable(_Table):
    """What a split distribution requires."""

    requirement: str
    importer: str
    importer_version: str


class ConflictTable(_Table):
    """``[[conflict]]``: requirements that cannot be together, and why.

    A direct one is written as its text; those that stay together are a list.
    """

    requirements: list[str | DependencyTable | list[str | DependencyTable]]
    reason: str
    about: list[str] = []


class PackageTable(_Table):
    """``[[package]]``: a release, its files, and what installing it has taught."""

    name: str
    version: str
    spelling: str | None = None
    """The name that its metadata gives it; None if it has not been installed yet."""
    imports: list[str] = []
    uses: list[str] = []
    registers: list[str] = []
    forbids: list[str] = []
    hashes: list[str] = []


class EnvironmentTable(_Table):
    """``[[environment]]``, for readers."""

    name: str
    holds: list[str]
    borrows: dict[str, str] = {}
    imports: dict[str, str] = {}


class KinTable(_Table):
    """Distributions that belong together although neither requires the other."""

    name: str
    host: str
    kind: Literal["extends", "optional"]


class LockTable(_Table):
    """The whole file."""

    version: int
    lower_bound: int
    proved: bool
    clashes: list[list[str]] = []
    kin: list[KinTable] = []
    inputs: InputsTable
    group: list[GroupTable] = Field(default_factory=list)
    conflict: list[ConflictTable] = Field(default_factory=list)
    package: list[PackageTable] = Field(default_factory=list)
    environment: list[EnvironmentTable] = Field(default_factory=list)
