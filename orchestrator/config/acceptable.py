"""Whether what a person has written can be built at all, for the commands that show what was built before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.overrides import merge_by_record
from orchestrator.config.project import load_project
from orchestrator.errors import MvenvError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.config.overrides import RecordedOverrides


def error_in(root: Path, known: RecordedOverrides | None) -> MvenvError | None:
    """Return what a build of the project at *root* would say of its files, None if it would take them.

    :param known: the overrides of the last build.
    """
    try:
        load_project(root / "pyproject.toml")
        merge_by_record(root, known)
    except MvenvError as error:
        return error
    return None
