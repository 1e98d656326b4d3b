"""What a build was asked for: kept in its record, compared with what the next one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.config.model import Selection
from orchestrator.config.request import LockUse
from orchestrator.lock import file
from orchestrator.state.record import read_record, recorded_selection

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.request import Request
    from orchestrator.pipeline.inputs import Prepared


def recorded(prepared: Prepared) -> dict[str, Any]:
    """Return what the record of a build says of what it was asked for; every value is false for a plain build."""
    selection = prepared.request.selection
    return {
        "groups": list(selection.groups),
        "extras": list(selection.extras),
        "frozen": prepared.is_frozen and bool(prepared.outdated),
    }


def asks_for_what_is_built(request: Request, record: Mapping[str, Any]) -> bool:
    """Whether environments that are up to date, as *record* says, are what *request* wants, too."""
    if request.upgrade or request.upgrade_packages:
        return False
    built = recorded_selection(record)
    if request.lock is LockUse.FROZEN:
        return built is not None and request.selection in (Selection(), built)
    return request.selection == built and not record["request"].get("frozen")


def kept_selection(root: Path) -> Selection:
    """Return the dependency groups and extras for a build that is not told any: those of the last build.

    In a fresh copy of the project, those of its lock.

    :raises LockError: the lock is needed and cannot be read.
    """
    selection = recorded_selection(read_record(root))
    if selection is None:
        lock = file.read(root)
        selection = Selection() if lock is None else lock.inputs.selection
    return selection
