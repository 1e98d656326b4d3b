"""The demo folders, copied so that building one leaves the repository as it is."""

from __future__ import annotations

import shutil
from pathlib import Path

DEMOS = Path(__file__).parents[2] / "demo"

# What building a demo in the repository itself leaves there.
_MADE = shutil.ignore_patterns(".venv", "py_modules", "wheels", "__pycache__", "uv.lock")


def copy_demo(name: str, folder: Path) -> None:
    """Put the files of one demo into an existing folder."""
    shutil.copytree(DEMOS / name, folder, ignore=_MADE, dirs_exist_ok=True)
