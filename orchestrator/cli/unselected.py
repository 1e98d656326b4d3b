"""What pyproject.toml has of a distribution that was not built: in which dependency groups and extras."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def unselected(distribution: str, root: Path) -> Iterator[str]:
    """Yield which dependency groups and extras, of those that are not installed, have a distribution."""
    import tomllib  # for what a project does not have

    from runtime_shim.model.names import canonical

    try:
        document = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return
    project = document.get("project", {})
    for option, table in (
        ("--group", document.get("dependency-groups", {})),
        ("--extra", project.get("optional-dependencies", {})),
    ):
        for title, requirements in table.items() if isinstance(table, dict) else ():
            names = [re.match(r"[\w.-]+", one) for one in requirements if isinstance(one, str)]
            if canonical(distribution) in {canonical(found[0]) for found in names if found}:
                yield f"pyproject.toml has it in `{title}`: `mvenv build {option} {title}` takes that in"
