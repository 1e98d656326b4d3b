"""The forms of the files."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def text(self) -> str:
        """Return the file's text: sorted keys, two spaces, a final newline."""
        return to_json(self.model_dump(mode="json", by_alias=True))


class CommonPart(_File):
    """What most see, and is told once: parts tell how they differ from it."""

    imports: dict[str, list[str]]
    """Environment → the import names of which it is the home."""
    borrowed: dict[str, str]
    """Distribution → environment."""


class _Part(_File):
    """What somebody sees."""

    paths: list[str]
    """Folders of the unversioned distributions, relative to the project (POSIX) where they can be."""
    imports: dict[str, str | None]
    """Import name → environment, of what differs from what most see; null: not seen here."""
    distributions: dict[str, str] = {}
    """Distribution → version, of those installed here."""
    providers: dict[str, list[str]] = {}
    """Distribution → its import names (dotted for a portion of a namespace package), of those installed here."""
    borrowed: dict[str, str | None] = {}
    """Distribution → environment, of those seen here and installed there; likewise what differs."""


class AliasPart(_File):
    """What an import alias stands for."""

    module: str
    """The import name that the distribution itself gives it."""
    environment: str
    """`application` for what all share."""


class CandidatePart(_File):
    """A copy of a distribution that the application may mean as well as others."""

    environment: str
    version: str
    required_by: list[str]
    """The direct requirements that are nearest to it."""


class ApplicationPart(_Part):
    """What the application sees."""

    aliases: dict[str, AliasPart] = {}
    """Import name that only the application has → what it stands for."""
    ties: dict[str, list[CandidatePart]] = {}
    """Distribution → copies in several versions that are equally near to the application, which sees none of them."""
    scripts: dict[str, str] = {}
    """File in its `bin` → the environment with whose view it runs, where that is not the application's."""


class EnvironmentPart(_Part):
    """What an isolated environment sees."""

    path: str
    """The environment's folder, relative to the project."""


class ProjectPart(_File):
    """The project itself, as importer."""

    name: str
    """Canonical."""
    version: str
    requires: list[str]
    """Canonical names of its direct requirements."""


class ImportMap(_File):
    """``import_map.json``: who sees what. Written last: with it, a build is in force."""

    schema_: int
    root: str
    """The project's folder, relative to this file's."""
    common: CommonPart
    application: ApplicationPart
    environments: dict[str, EnvironmentPart]
    project: ProjectPart | None = None
    made_for: str = ""
    """The platform of the interpreter, as it calls it (`sys.implementation._multiarch`)."""
    build: str = ""
    """What tells this build from others, here and elsewhere."""
    other_builds: str = "warn"
    """What is to become of pickles from others: `warn`, `error` or `ignore`."""
    overrides: str | None = None
    """The text of `custom_dependencies_versions.json` that is in force, here and in its copy; None: not looked at."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_"), populate_by_name=True
    )


def to_json(value: object) -> str:
    """Return *value* as the text of a JSON file of mvenv's: sorted keys, two spaces, a final newline."""
    import json  # beside its only use

    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
