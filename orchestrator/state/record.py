"""The record that a build leaves in ``.venv``. Standard library only: ``mvenv run`` reads it before every start."""

from __future__ import annotations

import json

from orchestrator.system.names import RECORD

TYPE_CHECKING = False  # importing typing takes as long as reading the file
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from orchestrator.config.model import Selection


def read_record(root: Path) -> dict[str, Any] | None:
    """Return the record of the last build of the project at *root*, None if there is none."""
    try:
        record = json.loads((root / ".venv" / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def recorded_selection(record: Mapping[str, Any] | None) -> Selection | None:
    """Return the dependency groups and extras of the last build, None if that is not known."""
    from orchestrator.config.model import Selection  # for those that compare

    request = (record or {}).get("request")
    if not isinstance(request, dict):
        return None
    return Selection(tuple(request.get("groups", ())), tuple(request.get("extras", ())))
