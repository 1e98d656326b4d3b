"""Creating one virtual environment, and where things lie in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from orchestrator.errors import InstallError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.uv.interpreter import Interpreter


def create(folder: Path, interpreter: Interpreter, *, lives_at: Path, prompt: str) -> None:
    """Create an empty environment in *folder*.

    Scripts that uv installs find their interpreter relative to themselves (``relocatable``), so the project
    can be moved; virtualenv's own activation scripts get the path of *lives_at*.

    :param lives_at: where the folder will be when it is in use.
    :raises InstallError: if virtualenv cannot.
    """
    import virtualenv  # a quarter of a second; only builds that create something pay

    arguments = [str(folder), "--without-pip", "--python", interpreter.executable, "--prompt", prompt]
    try:
        # Newer releases would put a `.venv` file that points here beside the folder (PEP 832).
        virtualenv.cli_run(
            arguments, setup_logging=False, env={**os.environ, "VIRTUALENV_VENV_REDIRECT": "false"}
        )
    except (RuntimeError, OSError, SystemExit) as error:
        raise InstallError(f"virtualenv could not create `{folder.name}`", causes=(str(error),)) from error
    configuration = folder / "pyvenv.cfg"
    configuration.write_text(configuration.read_text("utf-8").rstrip() + "\nrelocatable = true\n", "utf-8")
    if folder != lives_at:
        for script in sorted((folder / "bin").glob("activate*")):
            text = script.read_text("utf-8")
            script.write_text(text.replace(str(folder), str(lives_at)), "utf-8")


def python(folder: Path) -> Path:
    """Return the interpreter of the environment in *folder*."""
    return folder / "bin" / "python"


def site_packages(folder: Path, interpreter: Interpreter) -> Path:
    """Return where the environment's distributions are installed."""
    return folder / interpreter.library / "site-packages"


def built_site_packages(folder: Path) -> Path | None:
    """Return the same of an environment whose interpreter is not at hand, None if there is none."""
    return next(iter(sorted(folder.glob("lib/python*/site-packages"))), None)
