"""The tables of ``mvenv.lock``, checked: strict types, no unknown keys, versions of a name that exist."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from orchestrator.config.selection import PROJECT
from orchestrator.lock.checked import (
    AnyVersion,
    Hash,
    Module,
    Name,
    PathText,
    RequirementText,
    Spelling,
    Url,
    check_pinned,
    on_one_line,
)


def _dashed(name: str) -> str:
    return name.replace("_", "-")


# Words for people, and the file system's; and what is checked where it is put together.
_ANY_TEXT = ("reason", "path", "folders", "sources", "inputs")


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, alias_generator=_dashed, populate_by_name=True
    )

    @field_validator("*")
    @classmethod
    def _on_one_line(cls, value: Any, info: ValidationInfo) -> Any:
        return value if info.field_name in _ANY_TEXT else on_one_line(value)


class RequirementTable(_Table):
    """A direct requirement; one without anything but its text is written as that text."""

    text: RequirementText
    constraints: list[RequirementText] = []
    additions: list[RequirementText] = []
    alias: str = ""
    module: str = ""
    sections: list[str] = [PROJECT]


class InputsTable(_Table):
    """``[inputs]``: everything that decides what the lock holds."""

    python: str
    platform: str
    groups: list[str] = []
    extras: list[str] = []
    requirements: list[RequirementText | RequirementTable]
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

    name: Name
    version: AnyVersion
    requires: list[Name] = []
    path: PathText = ""
    editable: bool = False
    url: Url = ""

    @model_validator(mode="after")
    def _is_pinned(self) -> Self:
        check_pinned(self.version, self.url, self.path)
        return self


class PartTable(_Table):
    """What is in a group for a distribution of another group."""

    requirement: RequirementText
    name: Name
    importer: Name
    importer_version: AnyVersion


class GroupTable(_Table):
    """``[[group]]``: requirements that are resolved together, and the answer."""

    requirements: list[RequirementText]
    roots: list[Name]
    parts: list[PartTable] = []
    packages: list[PinTable]
    redirects: dict[Name, dict[Name, int]] = {}
    aliases: dict[str, str] = {}
    reaches: dict[str, list[Name]] = {}


class DependencyTable(_Table):
    """What a split distribution requires."""

    requirement: RequirementText
    importer: Name
    importer_version: AnyVersion


class ConflictTable(_Table):
    """``[[conflict]]``: requirements that cannot be together, and why.

    A direct one is written as its text; those that stay together are a list.
    """

    requirements: list[RequirementText | DependencyTable | list[RequirementText | DependencyTable]]
    reason: str
    about: list[str] = []


class PackageTable(_Table):
    """``[[package]]``: a release, its files, and what installing it has taught."""

    name: Name
    version: AnyVersion
    spelling: Spelling | None = None
    """The name that its metadata gives it; None if it has not been installed yet."""
    imports: list[Module] = []
    uses: list[str] = []
    registers: list[str] = []
    forbids: list[str] = []
    hashes: list[Hash] = []


class EnvironmentTable(_Table):
    """``[[environment]]``, for readers."""

    name: str
    holds: list[str]
    borrows: dict[str, str] = {}
    imports: dict[str, str] = {}


class KinTable(_Table):
    """Distributions that belong together although neither requires the other."""

    name: Name
    host: Name
    kind: Literal["extends", "optional"]


class AnswerTable(_Table):
    """``[[answer]]``: what is otherwise for another Python or platform; what is left out is as in the file's head."""

    lower_bound: int | None = None
    proved: bool | None = None
    clashes: list[list[Name]] | None = None
    kin: list[KinTable] | None = None
    inputs: dict[str, Any]
    """`python`, `platform`, and what else is not as in ``[inputs]``."""
    group: list[GroupTable] | None = None
    conflict: list[ConflictTable] | None = None
    package: list[PackageTable] = Field(default_factory=list)
    """Of whose files something else is known here."""
    environment: list[EnvironmentTable] | None = None


class LockTable(_Table):
    """The whole file; without ``[[answer]]`` the answer for one Python on one platform."""

    version: int
    lower_bound: int
    proved: bool
    clashes: list[list[Name]] = []
    kin: list[KinTable] = []
    inputs: InputsTable
    group: list[GroupTable] = Field(default_factory=list)
    conflict: list[ConflictTable] = Field(default_factory=list)
    package: list[PackageTable] = Field(default_factory=list)
    environment: list[EnvironmentTable] = Field(default_factory=list)
    answer: list[AnswerTable] = Field(default_factory=list)
