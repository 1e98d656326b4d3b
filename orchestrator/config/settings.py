"""The `[tool.mvenv]` table of pyproject.toml."""

from __future__ import annotations

import re
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from orchestrator.config.faults import Fault, did_you_mean, quote, wrong_type
from orchestrator.config.location import KeyPath, show_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

TABLE: KeyPath = ("tool", "mvenv")

# `fromisoformat` accepts more than RFC 3339 does (`20250131`, week dates, no offset), so the form is checked
# first and the calendar after.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)

_EXPECTED_TYPE = {
    "string_type": "a string",
    "list_type": "a list of strings",
    "dict_type": "a table",
    "model_type": "a table",
    "int_type": "a whole number",
}


class Lag(BaseModel):
    """`[tool.mvenv.lag]`: how far behind what it could be a requirement is too far behind."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    majors: int = Field(default=1, ge=1)
    """So many major versions, or more."""
    months: int = Field(default=18, ge=1)
    """Uploaded more than so many months earlier."""


class Settings(BaseModel):
    """`[tool.mvenv]` as written; strict types, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    aliases: dict[str, Any] = Field(default_factory=dict)
    """Import name to a second version for the application: a requirement, or a table of `requirement` and `module`."""
    constraints: dict[str, list[str]] = Field(default_factory=dict)
    """Direct requirement to extra bounds (`setuptools<81`) and, with a `+`, extra requirements."""
    # Read by `default_groups.read_default_groups`, which knows the groups that there are.
    default_groups: Any = Field(
        default=None, alias="default-groups", description='list of strings or `"all"`'
    )
    """Dependency groups that a build takes in unasked; `dev` if there is one. Also read as uv's setting."""
    # Read by `environments.read_environments`, which knows what the project requires of a Python.
    environments: Any = Field(default=None, description="list of strings or tables")
    """Pythons and platforms that the lock is for, whoever makes it: `"3.12"`, `"3.12 windows"`."""
    exclude_newer: str | None = Field(default=None, alias="exclude-newer")
    """Ignore what was uploaded later: a date, or an RFC 3339 timestamp."""
    isolate: list[str] = Field(default_factory=list)
    """Distributions that get an environment of their own."""
    lag: Lag = Lag()
    """What `prefer = "newest"` takes for too far behind."""
    other_builds: Literal["warn", "error", "ignore"] = Field(default="warn", alias="other-builds")
    """What a process does with a pickle from another build: of a client, or of a worker elsewhere."""
    prefer: Literal["newest", "fewest"] = "newest"
    """Rather one environment more than a requirement that is too far behind, or not."""
    python: str | None = None
    """Which interpreter to use: a version or a path, as `uv --python` takes it."""
    singletons: list[str] = Field(default_factory=list)
    """Distributions of which there is one version for everybody."""
    together: list[list[str]] = Field(default_factory=list)
    """Direct requirements that share a group."""

    @field_validator("exclude_newer")
    @classmethod
    def _is_a_time(cls, text: str | None) -> str | None:
        if text is not None:
            check_time(text)
        return text

    @field_validator("python")
    @classmethod
    def _is_not_blank(cls, text: str | None) -> str | None:
        if text is not None and not text.strip():
            raise ValueError("`python` is empty")
        return text


def check_time(text: str) -> None:
    """Check that a text is a date (`2025-01-31`) or an RFC 3339 timestamp (`2025-01-31T12:00:00Z`).

    :raises ValueError: it is neither, or there is no such day or time.
    """
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return
        if _TIMESTAMP.fullmatch(text):
            datetime.fromisoformat(text.upper())
            return
    except ValueError as error:
        raise ValueError(f"{quote(text)} is not a time that exists: {error}") from error
    raise ValueError(f"{quote(text)} is neither a date nor an RFC 3339 timestamp")


def read_settings(table: Mapping[str, Any], faults: list[Fault]) -> Settings:
    """Check the `[tool.mvenv]` table; what is wrong is added to `faults`, and the defaults are returned."""
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
    faults += [_fault(detail) for detail in details]
    return Settings()


def misspelled_tables(tools: Mapping[str, Any]) -> list[Fault]:
    """Return the tables beside `[tool.mvenv]` that are named nearly like it and hold what belongs into it.

    :param tools: `[tool]`, in which anybody may have a table.
    """
    known = {field.alias or name for name, field in Settings.model_fields.items()}
    return [
        Fault(
            ("tool", name),
            f"`{show_key(('tool', name))}` is no table of mvenv's, but has its settings",
            hints=(f"did you mean `[tool.mvenv]` instead of `[{show_key(('tool', name))}]`?",),
        )
        for name, table in tools.items()
        if name != TABLE[1] and isinstance(table, dict) and known.intersection(table) and _is_close(name)
    ]


def _is_close(name: str) -> bool:
    # `venv` is as close by this measure, and a word of its own.
    return name != "venv" and bool(get_close_matches(name.lower(), [str(TABLE[1])], cutoff=0.8))


def _fault(detail: ErrorDetails) -> Fault:
    key: KeyPath = (*TABLE, *detail["loc"])
    name = str(detail["loc"][0])
    if detail["type"] == "extra_forbidden":
        *table, unknown = key
        fields = Lag.model_fields if len(table) > len(TABLE) else Settings.model_fields
        known = [field.alias or name for name, field in fields.items()]
        return Fault(
            key,
            f"{quote(str(unknown))} is not a setting of `[{show_key(tuple(table))}]`",
            hints=(did_you_mean(str(unknown), known, otherwise="the settings are"),),
        )
    if expected := _EXPECTED_TYPE.get(detail["type"]):
        if detail["loc"] == ("together",):
            expected = "a list of lists of strings"
        fault = wrong_type(key, expected, detail["input"])
        # A version or date without quotes is a number or date to TOML, and 3.10 is the number 3.1.
        unquoted = expected == "a string" and not isinstance(detail["input"], (list, dict, bool))
        hints = (f"put the value of `{show_key(key)}` in quotes",) if unquoted else ()
        return Fault(fault.key, fault.message, hints=hints)
    message = str(detail["ctx"]["error"]) if "error" in detail.get("ctx", ()) else detail["msg"]
    if detail["type"] == "greater_than_equal":
        message = f"`{show_key(key)}` must be {detail['ctx']['ge']} or more"
    if detail["type"] == "literal_error":
        message = (
            f"{quote(str(detail['input']))} is not what `{show_key(key)}` can be: {detail['ctx']['expected']}"
        )
    hints = {
        "other-builds": ('write `other-builds = "warn"`, `"error"` or `"ignore"`',),
        "prefer": ('write `prefer = "newest"` or `prefer = "fewest"`',),
        "exclude-newer": ("write a date such as `2025-01-31` or a timestamp such as `2025-01-31T12:00:00Z`",),
        "python": ("write a version such as `3.12` or the path of an interpreter, or leave `python` out",),
    }.get(name, ())
    return Fault(key, message, hints=hints)
