"""The record of the last build, for the commands that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.errors import MvenvError
from orchestrator.state import freshness
from orchestrator.state.absence import absences
from orchestrator.state.record import read_record
from orchestrator.system.names import APPLICATION_FOLDER, LOCK, OVERRIDES, RECORD
from orchestrator.system.shown import choice as shown_choice

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.state.documents import Record, Shown


def built_record(root: Path, *, tells_what_is_missing: bool = False) -> Record:
    """Return the record of the last build of the project at *root*; say on stderr if it is stale.

    :param tells_what_is_missing: whether the command does that itself, and says what is wrong in the project's files.
    :raises MvenvError: there is none that this mvenv can read.
    """
    record = read_record(root)
    if record is None and (root / APPLICATION_FOLDER / RECORD).exists():
        raise MvenvError(
            "the record of the last build cannot be read",
            causes=(f"{root / '.venv' / RECORD}: it is damaged, or another version of mvenv has written it",),
            hints=("run `mvenv build`, which makes a new one",),
        )
    if record is None:
        raise MvenvError(
            "the project has not been built yet",
            causes=(f"{root / '.venv'} holds no record of a build",),
            hints=("run `mvenv build` first",),
        )
    if not freshness.is_fresh(root, record):
        note = _what_has_changed(root, record, tells_what_is_missing=tells_what_is_missing)
        if note:
            _note(note)
    return record


def shown(root: Path) -> Shown:
    """Return what is built, or, if nothing is, what the lock says; say on stderr which, if it is not up to date.

    :raises MvenvError: there is neither, or it cannot be read.
    """
    if not (root / APPLICATION_FOLDER / RECORD).exists() and (root / LOCK).is_file():
        from orchestrator.pipeline.locked_graph import locked_graph  # for who has not built yet

        found = locked_graph(root)
        if found is not None:
            document, outdated = found
            reasons = f"; it is out of date: {'; '.join(outdated)}" if outdated else ""
            _note(f"nothing is built yet: this is what {LOCK} says{reasons}")
            return document
    return built_record(root)


def _note(text: str) -> None:
    if not shown_choice.quiet:
        click.echo(f"note: {text}", err=True)


def _what_has_changed(root: Path, record: Record, *, tells_what_is_missing: bool) -> str:
    from orchestrator.config.acceptable import error_in

    missing = next(absences(root, record), None)
    error = error_in(root, record["overrides"])
    if tells_what_is_missing and (missing is not None or error is not None):
        return ""
    if error is not None:
        lines = (*(f"cause: {cause}" for cause in error.causes), *(f"hint: {hint}" for hint in error.hints))
        message = f"the project has changed since this was built, and cannot be built: {error.message}"
        return "\n  ".join((message, *lines))
    if missing is not None:
        return f"`{missing.place}` {missing.message}\n  cause: {missing.cause}\n  hint: {missing.hint}"
    if freshness.is_fresh(root, record, for_a_start=True):
        return (
            f"{OVERRIDES} has changed since this was built: it holds for every new start, and "
            "`mvenv build` updates what is shown here"
        )
    return "the project has changed since this was built; `mvenv build` updates it"
