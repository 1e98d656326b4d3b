"""What a build was asked for: kept in its record, compared with what the next one is asked for."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.config.model import Selection
from orchestrator.errors import MvenvError
from orchestrator.freshness import read_record
from orchestrator.lock import file
from orchestrator.request import LockUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.preparation import Prepared
    from orchestrator.request import Request


# How uv words it.
_NOT_CACHED = ("not found in the cache", "network was disabled")


def recorded(prepared: Prepared) -> dict[str, Any]:
    """Return what the record of a build says of what it was asked for; every value is false for a plain build."""
    selection = prepared.request.selection
    return {
        "groups": list(selection.groups),
        "extras": list(selection.extras),
        "frozen": prepared.is_frozen and bool(prepared.outdated),
    }


def recorded_selection(record: Mapping[str, Any] | None) -> Selection | None:
    """Return the dependency groups and extras of the last build, None if that is not known."""
    request = (record or {}).get("request")
    if not isinstance(request, dict):
        return None
    return Selection(tuple(request.get("groups", ())), tuple(request.get("extras", ())))


def asks_for_what_is_built(request: Request, record: Mapping[str, Any]) -> bool:
    """Whether environments that are up to date, as *record* says, are what *request* wants, too."""
    if request.upgrade or request.upgrade_packages:
        return False
    built = recorded_selection(record)
    if request.lock is LockUse.FROZEN:
        return built is not None and request.selection in (Selection(), built)
    return request.selection == built and not record["request"].get("frozen")


@contextmanager
def network_use(request: Request) -> Iterator[None]:
    """Keep uv off the network while the block runs if *request* says so (``UV_OFFLINE``, uv's own variable)."""
    if not request.offline:
        yield
        return
    before = os.environ.get("UV_OFFLINE")
    os.environ["UV_OFFLINE"] = "1"
    try:
        yield
    except MvenvError as error:
        if any(sign in cause for sign in _NOT_CACHED for cause in error.causes):
            error.hints = ("uv's cache does not hold all that is needed: run this once without `--offline`",)
        raise
    finally:
        if before is None:
            del os.environ["UV_OFFLINE"]
        else:
            os.environ["UV_OFFLINE"] = before


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
