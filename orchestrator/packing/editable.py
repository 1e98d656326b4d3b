"""Editable installs: their source lies in the project, and comes along, or they cannot be packed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.install.record import installed

if TYPE_CHECKING:
    from orchestrator.install.record import InstalledDistribution


def folders(root: Path, environment: str, site_packages: Path) -> list[str]:
    """Return the folders in the project that an environment's editable installs import from, relative to it.

    :param environment: its folder, relative to the project.
    :raises MvenvError: one of them is elsewhere, or will be looked for where it is now.
    """
    found: list[str] = []
    for distribution in installed(site_packages):
        for folder in map(Path, distribution.folders):
            if not folder.is_relative_to(root):
                raise _refused(distribution, environment, f"its source is {folder}, outside the project")
            if not folder.is_relative_to(root / environment):
                found.append(folder.relative_to(root).as_posix())
        if _is_editable(distribution, site_packages):
            for file in distribution.files:
                if _names_a_place(site_packages / file, str(root)):
                    cause = f"{environment}: `{file}` of it has the absolute path of its source"
                    raise _refused(distribution, environment, cause)
    return found


def _is_editable(distribution: InstalledDistribution, site_packages: Path) -> bool:
    """Whether it says so itself (PEP 610)."""
    file = next((file for file in distribution.files if file.endswith(".dist-info/direct_url.json")), None)
    try:
        document = json.loads((site_packages / file).read_bytes()) if file else {}
    except (OSError, ValueError):
        return False
    return bool(isinstance(document, dict) and document.get("dir_info", {}).get("editable"))


def _names_a_place(file: Path, place: str) -> bool:
    if file.suffix not in (".pth", ".py") or ".dist-info" in file.parent.name:
        return False
    try:
        return place.encode() in file.read_bytes()
    except OSError:
        return False


def _refused(distribution: InstalledDistribution, environment: str, cause: str) -> MvenvError:
    return MvenvError(
        f"`{distribution.name}` in `{environment}` is an editable install that cannot be packed",
        causes=(cause,),
        hints=(
            "take `editable = true` out of its entry in `[tool.uv.sources]`: a copy is installed then",
            "or move its source into the project",
        ),
    )
