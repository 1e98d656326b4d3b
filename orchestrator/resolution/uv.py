"""Running the uv binary that the PyPI package ``uv`` brings along."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What a uv command said."""

    code: int
    stdout: str
    stderr: str


@cache
def binary() -> str:
    """Return the path of uv.

    :raises InstallError: if the package is installed without its binary.
    """
    import uv  # its import looks at the environment; only commands that need uv pay

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError as error:
        raise InstallError(
            "the uv binary is missing",
            causes=(str(error),),
            hints=("reinstall mvenv: `pip install --force-reinstall uv`",),
        ) from None


def is_set(variable: str) -> bool:
    """Tell whether a boolean environment variable of uv's says yes, in any way that uv takes for one."""
    return os.environ.get(variable, "").lower() in {"1", "true", "t", "yes", "y", "on"}


def run(arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str] | None = None) -> Answer:
    """Run ``uv ARGUMENTS`` in *cwd*, so that the project's own uv settings apply, and return what it said.

    uv reads its settings from the user's environment variables, ``uv.toml`` and ``[tool.uv]``; nothing is
    overridden but what would change the form of the answer.
    """
    variables = {**os.environ, **(environment or {}), "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
    # A virtual environment that happens to be active is not the one that is asked about.
    variables.pop("VIRTUAL_ENV", None)
    variables.pop("FORCE_COLOR", None)
    variables.pop("COLUMNS", None)  # uv would break its lines
    # Interpreters are always given in full.
    variables.pop("UV_PYTHON", None)
    variables.pop("UV_SYSTEM_PYTHON", None)
    completed = subprocess.run(
        [binary(), *arguments],
        cwd=cwd,
        env=variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Answer(completed.returncode, completed.stdout, completed.stderr)
