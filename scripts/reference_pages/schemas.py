"""The JSON Schemas of the files that mvenv writes, and of the documents that commands print for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.lock.form import LockTable
from orchestrator.manifest.dependencies import default_dependencies, versioned_packages
from orchestrator.manifest.models import ImportMap, to_json
from orchestrator.pipeline.dry_run import EnvironmentChange
from orchestrator.pipeline.pack import Packed
from orchestrator.reports.doctor import Report
from orchestrator.reports.listing.rows import Row
from orchestrator.reports.outdated import Outdated
from orchestrator.reports.tree.model import Branch
from orchestrator.reports.why.model import WhyAnswer
from orchestrator.state.documents import GraphDocument, Record
from orchestrator.system import names
from reference_pages.types_of_json import Definitions, Schema
from runtime_shim.model.import_map import SCHEMA as IMPORT_MAP_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Form:
    """A file, or what a command prints, and its schema."""

    title: str
    """The file's name, or the command."""
    is_printed: bool
    what: str
    """In a few words."""
    number: int | None
    """Of the form; None if it bears none."""
    schema: Schema

    @property
    def file(self) -> str:
        """The name of the schema's file."""
        words = self.title.removeprefix("mvenv ").removesuffix(" --json").removesuffix(" --format json")
        return f"{words.removesuffix('.json').replace(' --', '-')}.schema.json"

    def text(self) -> str:
        """Return the schema as the text of a file."""
        return to_json({**self.schema, "$schema": _DIALECT, "title": self.title})


def forms() -> tuple[Form, ...]:
    """Return all of them: files first."""
    return (
        Form(
            names.LOCK,
            False,
            "what was resolved (TOML)",
            names.LOCK_FORMAT,
            _lock(),
        ),
        Form(names.OVERRIDES, False, "your overrides", None, _overrides()),
        Form(names.RECORD, False, "the record of a build", names.RECORD_SCHEMA, _record()),
        Form(
            names.VERSIONED,
            False,
            "names of the versioned distributions",
            None,
            _returned(versioned_packages),
        ),
        Form(names.DEFAULTS, False, "who uses which version", None, _returned(default_dependencies)),
        Form(
            names.IMPORT_MAP,
            False,
            "who sees what",
            IMPORT_MAP_SCHEMA,
            _model(ImportMap, "schema", IMPORT_MAP_SCHEMA),
        ),
        _printed("mvenv graph --format json", "the whole project; also `mvenv build --json`", _graph()),
        _printed(
            "mvenv why --json", "why a distribution is there", _document(names.WHY_SCHEMA, of=WhyAnswer)
        ),
        _printed(
            "mvenv tree --json",
            "who requires what",
            _document(names.TREE_SCHEMA, inverted=bool, trees=list[Branch]),
        ),
        _printed("mvenv list --json", "all copies", _document(names.LIST_SCHEMA, distributions=list[Row])),
        _printed(
            "mvenv outdated --json",
            "what could be newer",
            _document(names.OUTDATED_SCHEMA, distributions=list[Outdated]),
        ),
        _printed("mvenv doctor --json", "what is wrong", _document(names.DOCTOR_SCHEMA, of=Report)),
        _printed("mvenv pack --json", "an archive", _document(names.PACK_SCHEMA, of=Packed)),
        _printed("mvenv build --dry-run --json", "what a build would change", _dry_run()),
    )


def _printed(title: str, what: str, schema: Schema) -> Form:
    return Form(title, True, what, schema["properties"]["schema"]["const"], schema)


def _model(model: type[BaseModel], key: str, number: int) -> Schema:
    """Return the schema of a file that a model of pydantic checks."""
    schema: Schema = _without_noise(model.model_json_schema(by_alias=True))
    schema["properties"][key] = {"const": number}
    return schema


def _lock() -> Schema:
    """Return the schema of the lock: of one environment it has the format before."""
    schema = _model(LockTable, "version", names.LOCK_FORMAT)
    schema["properties"]["version"] = {"enum": [names.LOCK_FORMAT - 1, names.LOCK_FORMAT]}
    return schema


def _without_noise(part: Any) -> Any:
    """Leave out what says nothing: titles that repeat a name, and `additionalProperties` that is the default.

    The first is in every schema of pydantic's, the second in those of some of its versions.
    """
    if isinstance(part, list):
        return [_without_noise(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _without_noise(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str)) and (key, value) != ("additionalProperties", True)
    }


def _document(number: int, *, of: Any = None, **keys: Any) -> Schema:
    """Return the schema of what a command prints: the fields of a class, or some keys, and the number of the form."""
    definitions = Definitions()
    schema: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    if of is not None:
        schema = definitions.of_class(of)
    found = {key: definitions.schema(kind) for key, kind in keys.items()}
    schema["properties"] = {"schema": {"const": number}, **schema["properties"], **found}
    schema["required"] = list(schema["properties"])
    return {**schema, "$defs": definitions.found}


def _graph() -> Schema:
    definitions = Definitions()
    schema = definitions.of_class(GraphDocument)
    schema["properties"]["schema"] = {"const": names.GRAPH_SCHEMA}
    return {**schema, "$defs": definitions.found}


def _record() -> Schema:
    definitions = Definitions()
    schema = definitions.of_class(Record)
    written: Mapping[str, Schema] = {
        "checksum": {"type": "string", "description": "SHA-256 of the file's text with an empty checksum."},
        "mvenv": {"type": "string", "description": "The version that has written it."},
        "schema": {"const": names.RECORD_SCHEMA},
    }
    schema["properties"] |= written
    schema["required"] += written
    return {**schema, "$defs": definitions.found}


def _returned(function: Callable[..., Any]) -> Schema:
    """Return the schema of a file that holds what a function returns."""
    return Definitions().schema(eval(function.__annotations__["return"]))


def _overrides() -> Schema:
    """Return the schema of the user's overrides: names and versions take turns, to any depth."""
    return {
        "description": "Importer → its version → dependency → the version that it is to use, or deeper.",
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/versions"},
        "$defs": {
            "versions": {"type": "object", "additionalProperties": {"$ref": "#/$defs/dependencies"}},
            "dependencies": {
                "type": "object",
                "additionalProperties": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/versions"}]},
            },
        },
    }


def _dry_run() -> Schema:
    return _document(
        names.DRY_RUN_SCHEMA,
        up_to_date=bool,
        lock=str,
        reasons=list[str],
        environments=list[EnvironmentChange],
        groups=list[list[str]] | None,
        proved=bool | None,
        lower_bound=int | None,
    )
