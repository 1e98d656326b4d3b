"""What a build was asked for: kept in its record, compared with what the next one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.model import Selection
from orchestrator.config.request import LockUse
from orchestrator.lock import file

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.config.request import Request
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.state.documents import Record, RecordedRequest


def recorded(inputs: BuildInputs) -> RecordedRequest:
    """Return what the record of a build says of what it was asked for."""
    selection = inputs.request.selection
    return {
        "groups": list(selection.groups),
        "extras": list(selection.extras),
        "frozen": inputs.is_frozen and bool(inputs.outdated),
    }


def recorded_selection(built: RecordedRequest) -> Selection:
    """Return the dependency groups and extras of a build."""
    return Selection(tuple(built["groups"]), tuple(built["extras"]))


def asks_for_what_is_built(request: Request, built: RecordedRequest) -> bool:
    """Whether environments that are up to date, and were *built* for this, are what *request* wants, too."""
    if request.upgrade or request.upgrade_packages or request.reinstall is not None:
        return False
    selection = recorded_selection(built)
    if request.lock is LockUse.FROZEN:
        return request.selection in (Selection(), selection)
    return request.selection == selection and not built["frozen"]


def kept_selection(root: Path, record: Record | None) -> Selection:
    """Return the dependency groups and extras for a build that is not told any: those of the last build.

    In a fresh copy of the project, those of its lock.

    :param record: what the last build has left.
    :raises LockError: the lock is needed and cannot be read.
    """
    if record is not None:
        return recorded_selection(record["request"])
    lock = file.read(root)
    return Selection() if lock is None else lock.inputs.selection
