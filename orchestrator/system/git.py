"""What git knows of a folder: which files are the project's, and which it is told to ignore."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OTHERS = ("--others", "--exclude-standard")


def listed(folder: Path) -> tuple[str, ...] | None:
    """Return the files in *folder* that are tracked, or new and not ignored, relative to it; a submodule is one entry.

    None if git does not answer: it is not installed, or the folder is in no repository that it trusts.
    """
    return _asked(folder, "--cached", *_OTHERS)


def ignored(folder: Path) -> tuple[str, ...]:
    """Return what it ignores there, the uppermost folders alone; these end with a slash."""
    return _asked(folder, "--ignored", "--directory", *_OTHERS) or ()


def _asked(folder: Path, *options: str) -> tuple[str, ...] | None:
    command = ["git", "ls-files", "-z", *options]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=_variables(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    if done.returncode != 0:
        return None
    return tuple(sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name}))


def _variables(own: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what a git hook is told of the repository that it runs for."""
    return {name: value for name, value in own.items() if not name.startswith("GIT_")}
