"""Finding the project without loading what reads it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


def project_root(start: Path) -> Path:
    """Return the folder of the nearest pyproject.toml, as :func:`orchestrator.config.project.find_pyproject`.

    :raises ConfigError: if there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file():
            return folder.resolve()
    from orchestrator.config.project import find_pyproject  # has the words for this error, and costs 0.2 s

    return find_pyproject(start).parent
