"""Running the uv binary that the PyPI package ``uv`` brings along."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.errors import InstallError, MvenvError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.config.request import Request

# How uv words it.
_NOT_CACHED = ("not found in the cache", "network was disabled")


@dataclass(frozen=True, slots=True)
class UvAnswer:
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


def run(arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str] | None = None) -> UvAnswer:
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
    return UvAnswer(completed.returncode, completed.stdout, completed.stderr)


@contextmanager
def network_use(request: Request) -> Iterator[None]:
    """Keep uv off the network while the block runs if *request* says so (``UV_OFFLINE``, uv's own variable)."""
    if not request.offline:
        yield
        return
    before = os.environ.get("UV_OFFLINE")
    os.environ["UV_OFFLINE"] = "1"
    try:
        yield
    except MvenvError as error:
        if any(sign in cause for sign in _NOT_CACHED for cause in error.causes):
            error.hints = ("uv's cache does not hold all that is needed: run this once without `--offline`",)
        raise
    finally:
        if before is None:
            del os.environ["UV_OFFLINE"]
        else:
            os.environ["UV_OFFLINE"] = before
