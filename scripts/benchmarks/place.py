"""Where a part measures: a Python, a folder, how often; and the commands that are run there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.process import clean_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.interpreters import Interpreter


@dataclass(frozen=True, slots=True)
class Place:
    """What a part needs to know."""

    python: Interpreter
    folder: Path
    """For this Python, this time; there already."""
    runs: int
    """Pairs; a part takes fewer of what takes long."""

    def few(self, divisor: int) -> int:
        """Return how many pairs there are of something that takes long."""
        return max(2, self.runs // divisor) if self.runs > 1 else 1


class CommandError(Exception):
    """A command has failed; its last words."""


def environment(place: Place) -> dict[str, str]:
    """Return what commands get: nothing random, one thread for algebra, nothing from the cache of environments."""
    chosen = {
        "UV_PYTHON": str(place.python.executable),
        "UV_PYTHON_DOWNLOADS": "never",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    inherited = clean_environment()
    # Every start would compile what is not compiled.
    inherited.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**inherited, **chosen}


def run(
    place: Place, *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> str:
    """Run a command, and return what it prints.

    :param env: on top of :func:`environment`.
    :raises CommandError: it failed.
    """
    return _ended(place, [str(word) for word in command], cwd or place.folder, env or {}).stdout


def said(place: Place, *command: str | Path, cwd: Path) -> str:
    """Run a command, and return what it says on standard error.

    :raises CommandError: it failed.
    """
    return _ended(place, [str(word) for word in command], cwd, {}).stderr


def mvenv() -> tuple[str, ...]:
    """Return the installed command, as people start it."""
    from pathlib import Path

    return (str(Path(sys.executable).with_name("mvenv")),)


def uv() -> str:
    """Return uv's binary."""
    from uv import find_uv_bin

    return os.fspath(find_uv_bin())


def _ended(
    place: Place, command: list[str], cwd: Path, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    variables = {**environment(place), **env}
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
        raise CommandError(f"{' '.join(command)[:200]}: {words[-2000:]}")
    return done
