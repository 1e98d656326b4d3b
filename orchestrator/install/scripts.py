"""Console scripts of what lives in an isolated environment and the application sees, callable from ``.venv/bin``."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Finds its interpreter beside itself, so the project can be moved (the form uv gives relocatable scripts).
_SCRIPT = """#!/bin/sh
'''exec' "$(dirname -- "$(realpath -- "$0")")"/'python' "$0" "$@"
' '''
import sys
from {module} import {first}
if __name__ == "__main__":
    sys.argv[0] = sys.argv[0].removesuffix(".exe")
    sys.exit({attribute}())
"""


def console_scripts(site_packages: Path, distribution: str) -> Mapping[str, str]:
    """Return the console scripts that an installed distribution declares: name → ``module:attribute``."""
    return {
        entry.name: entry.value
        for found in metadata.distributions(name=distribution, path=[str(site_packages)])
        for entry in found.entry_points.select(group="console_scripts")
    }


def write(folder: Path, name: str, target: str) -> None:
    """Write the script *name* to *folder* (a ``bin``) unless there is one; *target* is ``module:attribute``."""
    module, _, attribute = target.partition("[")[0].strip().partition(":")
    path = folder / name
    if path.exists() or not attribute:
        return
    text = _SCRIPT.format(
        module=module.strip(), first=attribute.partition(".")[0], attribute=attribute.strip()
    )
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
