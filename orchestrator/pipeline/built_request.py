"""What a build was asked for: kept in its record, compared with what the next one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.model import Selection
from orchestrator.config.request import LockUse
from orchestrator.config.selection import surviving

if TYPE_CHECKING:
    from orchestrator.config.model import Project
    from orchestrator.config.request import Request
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.state.documents import Record, RecordedRequest


def recorded(inputs: BuildInputs) -> RecordedRequest:
    """Return what the record of a build says of what it was asked for."""
    selection = inputs.request.selection
    return {
        "groups": list(selection.groups),
        "extras": list(selection.extras),
        "no_groups": list(selection.no_groups),
        "only_groups": list(selection.only_groups),
        "no_default_groups": selection.no_default_groups,
        "all_groups": selection.all_groups,
        "all_extras": selection.all_extras,
        "frozen": inputs.is_frozen and bool(inputs.outdated),
    }


def recorded_selection(built: RecordedRequest) -> Selection:
    """Return what a build was told of dependency groups and extras."""
    return Selection(
        tuple(built["groups"]),
        tuple(built["extras"]),
        tuple(built["no_groups"]),
        tuple(built["only_groups"]),
        built["no_default_groups"],
        built["all_groups"],
        built["all_extras"],
    )


def asks_for_what_is_built(request: Request, built: RecordedRequest) -> bool:
    """Whether environments that are up to date, and were *built* for this, are what *request* wants, too."""
    if request.upgrade or request.upgrade_packages or request.reinstall is not None:
        return False
    if request.selection != recorded_selection(built):
        return False
    return request.lock is LockUse.FROZEN or not built["frozen"]


def kept_selection(record: Record | None, project: Project) -> Selection:
    """Return the selection for a build that is not told any: that of the last build, as far as there is such a thing.

    :param record: what that has left, None if there was none.
    """
    return Selection() if record is None else surviving(recorded_selection(record["request"]), project)
