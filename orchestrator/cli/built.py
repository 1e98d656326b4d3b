"""The record of the last build, for the commands that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestrator.errors import MvenvError
from orchestrator.reports.graph import SCHEMA
from orchestrator.state import freshness
from orchestrator.state.record import read_record
from orchestrator.system.names import OVERRIDES, RECORD

if TYPE_CHECKING:
    from pathlib import Path


def built_record(root: Path) -> dict[str, Any]:
    """Return the record of the last build of the project at *root*; say on stderr if it is stale.

    :raises MvenvError: there is none, or it is of a form that this mvenv does not know.
    """
    record = read_record(root)
    if record is None or "graph" not in record:
        raise MvenvError(
            "the project has not been built yet",
            causes=(f"{root / '.venv'} holds no record of a build",),
            hints=("run `mvenv build` first",),
        )
    drawing = record["graph"]
    if not isinstance(drawing, dict) or drawing.get("schema") != SCHEMA:
        raise MvenvError(
            "the project was built by another version of mvenv",
            causes=(f"{root / '.venv' / RECORD}",),
            hints=("run `mvenv build` first",),
        )
    if not freshness.is_fresh(root, record):
        click.echo(f"note: {_what_has_changed(root, record)}", err=True)
    return record


def _what_has_changed(root: Path, record: dict[str, Any]) -> str:
    if freshness.is_fresh(root, record, for_a_start=True):
        return (
            f"{OVERRIDES} has changed since this was built: it holds for every new start, and "
            "`mvenv build` updates what is shown here"
        )
    return "the project has changed since this was built; `mvenv build` updates it"
