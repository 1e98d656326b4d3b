"""Which installed distributions the indexes have in a newer version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import MvenvError
from orchestrator.uv.failure import first_lines
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from pathlib import Path


def latest_versions(environment: Path, root: Path, exclude_newer: str | None) -> dict[str, str]:
    """Return the newest version of whatever is not the newest in an environment: canonical name → version.

    :param environment: its folder.
    :param root: the project's folder; its settings of uv apply.
    :param exclude_newer: later releases do not count (``[tool.mvenv].exclude-newer``).
    :raises MvenvError: uv could not tell.
    """
    options = ["--exclude-newer", exclude_newer] if exclude_newer else []
    asked = ["pip", "list", "--outdated", "--format", "json", "--python", str(environment), *options]
    answer = run(asked, cwd=root)
    if answer.code:
        raise MvenvError(
            "cannot ask for newer versions",
            causes=first_lines(answer.stderr),
            hints=("check the network, and the settings of indexes in `[tool.uv]`",),
        )
    return {canonicalize_name(each["name"]): each["latest_version"] for each in json.loads(answer.stdout)}
