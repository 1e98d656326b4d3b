"""The forms of what a build records, as types for the code that writes and reads it; nothing of it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from orchestrator.config.overrides import RecordedOverrides


class NameAndVersion(TypedDict):
    """A distribution, or the project."""

    name: str
    version: str


class PlaceEntry(TypedDict):
    """Any environment."""

    name: str
    path: str
    """Its folder, relative to the project."""
    distributions: list[NameAndVersion]
    """What is installed here."""


class EnvironmentEntry(PlaceEntry):
    """An isolated environment."""

    requirements: list[str]
    borrowed: dict[str, str]
    """Distribution → environment, of those seen here and installed there."""


class ApplicationEntry(PlaceEntry):
    """The application environment."""

    sees: dict[str, str]
    """Distribution → environment, of those seen here and installed there."""


class MemberEntry(TypedDict):
    """A requirement that cannot be beside others."""

    requirement: str
    importer: NameAndVersion | None
    """The split distribution that requires it; None if the project does."""


class ConflictEntry(TypedDict):
    """Requirements that cannot be installed together."""

    requirements: list[str]
    """The members as people read them."""
    members: list[list[MemberEntry]]
    """Those that stay together whatever comes are one member."""
    reason: str
    about: list[str]
    """Distributions that the reason is about."""


class Held(TypedDict):
    """Where something that was asked for has come to be."""

    requirement: str
    """PEP 508."""
    distribution: str
    group: int
    version: str
    """Empty if it came to nothing."""
    environment: str


class DirectEntry(Held):
    """A direct requirement."""

    entry: str
    """Where it is written: ``project.dependencies[0]``."""


class AliasEntry(DirectEntry):
    """What the application imports under another name."""

    name: str


class PartEntry(Held):
    """What is in a group for a distribution of another one."""

    importer: NameAndVersion


class GraphDocument(TypedDict):
    """What ``mvenv graph --format json`` prints; see :func:`orchestrator.reports.graph.document.graph_document`."""

    schema: int
    project: NameAndVersion
    groups: list[list[str]]
    dependencies: list[dict[str, list[str]]]
    homes: list[dict[str, str]]
    redirects: list[dict[str, dict[str, int]]]
    environments: list[EnvironmentEntry]
    application: ApplicationEntry
    conflicts: list[ConflictEntry]
    lower_bound: int
    proved: bool
    versioned: dict[str, list[str]]
    direct: list[DirectEntry]
    parts: list[PartEntry]
    aliases: list[AliasEntry]
    isolated: list[str]
    overrides: dict[str, Any]
    """The content of the user's file, of any depth."""


class ContentsEntry(TypedDict):
    """What one installed distribution turned out to hold."""

    name: str
    imports: list[str]
    uses: list[str]
    registers: NotRequired[list[str]]
    forbids: NotRequired[list[str]]


class KnowledgeDocument(TypedDict):
    """What installing has taught; see :mod:`orchestrator.manifest.remembered`."""

    distributions: dict[str, dict[str, ContentsEntry]]
    """Canonical name → version → contents."""
    clashes: list[list[str]]
    kin: list[tuple[str, str, Literal["extends", "optional"]]]


class SourceEntry(TypedDict):
    """The folder of a local dependency."""

    editable: bool
    state: str


class RecordedInputs(TypedDict):
    """What a build depends on outside the index; see :func:`orchestrator.state.freshness.inputs_now`."""

    mvenv: str
    files: dict[str, str]
    """Name → digest."""
    sources: dict[str, SourceEntry]
    """Folder, relative to the project where it can be → its state."""


class RecordedRequest(TypedDict):
    """What a build was asked for on the command line; every value is false for a plain build."""

    groups: list[str]
    extras: list[str]
    no_groups: list[str]
    only_groups: list[str]
    no_default_groups: bool
    all_groups: bool
    all_extras: bool
    frozen: bool
    """Whether it was built from a lock that pyproject.toml had left behind."""


class AskedFor(TypedDict):
    """The part of a record that says what was asked for."""

    inputs: RecordedInputs
    python_request: str | None
    request: RecordedRequest


class Stamps(TypedDict):
    """How the files of an environment look from outside."""

    count: int
    """How many there are."""
    stamp: str
    """A digest of their names, sizes and times."""
    surface: str
    """The same of those in the uppermost folders alone."""


class Seal(Stamps):
    """What an environment held when its build had ended; see :mod:`orchestrator.state.seal`."""

    site_packages: str
    """Below the environment's folder."""
    records: dict[str, str]
    """``*.dist-info`` → digest of its RECORD."""
    own: dict[str, str]
    """Those files that no RECORD tells of, or not as they are → their hashes, or targets of links."""


class FailedImport(TypedDict):
    """What could not be imported when it had been installed, and what was advised."""

    requirement: str
    module: str
    message: str
    hint: str
    cure: list[str]
    """What ``[tool.mvenv.constraints]`` has to say of it so that the import works; empty if that was not found."""
    sought: bool
    """Whether that has been looked for."""


class RecordedChecks(TypedDict):
    """What of a group was imported: name in ``[tool.mvenv.constraints]`` → modules."""

    modules: dict[str, list[str]]
    commands: dict[str, list[str]]


class RecordedImports(TypedDict):
    """What a build has imported of what it had installed (:mod:`orchestrator.install.smoke`)."""

    tried: list[RecordedChecks]
    """One entry a group."""
    failed: list[FailedImport]
    excused: list[list[str]]
    """Requirement and message of what may fail: an extra that nobody has asked for."""


class Shown(TypedDict):
    """What the commands need that show how a project is built; a record has it, and a lock knows it."""

    graph: GraphDocument
    knowledge: KnowledgeDocument


class Record(AskedFor):
    """What a build leaves in ``.venv`` for those that come after."""

    content: str
    """A digest of what the application environment holds."""
    environments: list[str]
    """Folders of the isolated environments, relative to the project."""
    graph: GraphDocument
    knowledge: KnowledgeDocument
    native: dict[str, Any]
    """What was done in the application environment to keep native libraries apart."""
    made_from: str
    """A digest of all that decides what a build writes beside the installed distributions."""
    seal: NotRequired[Seal]
    """Of the application environment; others have theirs in their marks."""
    imports: NotRequired[RecordedImports | None]
    """None if the build was told not to import anything."""
    platform: NotRequired[str]
    """Where it was built (:func:`orchestrator.system.platforms.platform_here`)."""
    overrides: RecordedOverrides
