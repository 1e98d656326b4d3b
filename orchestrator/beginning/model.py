"""What a project begins from: the one value that every reader returns and the writer takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.editing.toml import Value

Source: TypeAlias = dict[str, str | bool]
"""A place that a distribution comes from, as `[tool.uv.sources]` has it."""
GroupEntry: TypeAlias = str | dict[str, str]
"""A requirement, or `{include-group = "…"}`."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was read; empty where nothing is said."""

    read: tuple[str, ...]
    """The files, for people; the first is the one that counts."""
    name: str = ""
    version: str = ""
    requires_python: str = ""
    dynamic: tuple[str, ...] = ()
    """What of `[project]` stays where it is, for setuptools to find it."""
    back_end: tuple[str, str] | None = None
    """What builds it, if that is to be said for its commands to be there: distribution and module."""
    requirements: tuple[str, ...] = ()
    """PEP 508 texts that parse, in the order written; so everywhere here."""
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    groups: Mapping[str, tuple[GroupEntry, ...]] = field(default_factory=dict)
    sources: Mapping[str, Source | list[Source]] = field(default_factory=dict)
    uv: Mapping[str, Value] = field(default_factory=dict)
    """Settings of `[tool.uv]`: constraints for everybody, indexes."""
    is_whole: bool = True
    """False: the project requires more than could be read."""
    told: tuple[str, ...] = ()
    """What is carried in another form, a line each, with its place."""
    lost: tuple[str, ...] = ()
    """What is not carried, a line each, with its place."""
