"""Creating one virtual environment, and where things lie in it."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from orchestrator.environments import activation
from orchestrator.errors import InstallError
from orchestrator.system import child_environment, this_system
from orchestrator.system.names import VENV_CONFIGURATION
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType
    from typing import Any

    from orchestrator.uv.interpreter import Interpreter


def create(folder: Path, interpreter: Interpreter, *, prompt: str) -> None:
    """Create an empty environment in *folder*, which can be moved and copied.

    Scripts that uv installs find their interpreter relative to themselves (``relocatable``), activation scripts their
    environment.

    :raises InstallError: if virtualenv cannot.
    """
    import virtualenv  # a quarter of a second; only builds that create something pay

    # virtualenv refuses paths that a search path cannot hold (a colon), or text (undecodable bytes), and leaves out
    # scripts of shells that would expand them. An environment that can be moved need not be made where it will be.
    with temporary_folder() as place:
        _create(virtualenv, place / folder.name, interpreter, prompt)
        shutil.move(place / folder.name, folder)


def _create(virtualenv: ModuleType, folder: Path, interpreter: Interpreter, prompt: str) -> None:
    arguments = [str(folder), "--without-pip", "--python", interpreter.executable, "--prompt", prompt]
    try:
        session = virtualenv.session_via_cli(arguments, setup_logging=False, env=_variables())
        for activator in session.activators:
            _write_placeholders(activator)
        session.run()
    except (RuntimeError, OSError, SystemExit) as error:
        raise InstallError(f"virtualenv could not create `{folder.name}`", causes=(str(error),)) from error
    configuration = folder / VENV_CONFIGURATION
    # virtualenv's own command names the folder; nobody reads it.
    lines = [
        line for line in configuration.read_text("utf-8").splitlines() if not line.startswith("command =")
    ]
    configuration.write_text("\n".join([*lines, "relocatable = true", ""]), "utf-8")
    activation.relocate(folder / this_system.SCRIPTS)


def _variables() -> dict[str, str]:
    """Return virtualenv's environment variables: no settings of the user's, from a file (``virtualenv.ini``) either."""
    return {
        "PY_DISCOVERY_TIMEOUT": "300",  # seconds; an emulated interpreter takes longer than the 15 it would be given
        **child_environment.chosen(),
        "VIRTUALENV_CONFIG_FILE": os.devnull,
        # Newer releases would put a `.venv` file that points here beside the folder (PEP 832).
        "VIRTUALENV_VENV_REDIRECT": "false",
    }


def _write_placeholders(activator: Any) -> None:
    """Have *activator* write a placeholder in place of the environment's path, quoted as it quotes that."""
    replacements = getattr(activator, "replacements", None)
    if replacements is None:  # not one that fills a template
        return

    def with_placeholder(creator: Any, folder: Path) -> dict[str, str]:
        return {**replacements(creator, folder), "__VIRTUAL_ENV__": activation.PLACEHOLDER}

    activator.replacements = with_placeholder


def python(folder: Path) -> Path:
    """Return the interpreter of the environment in *folder*."""
    return folder / this_system.PYTHON


def site_packages(folder: Path, interpreter: Interpreter) -> Path:
    """Return where the environment's distributions are installed."""
    return folder / interpreter.library / "site-packages"


def built_site_packages(folder: Path) -> Path | None:
    """Return the same of an environment whose interpreter is not at hand, None if there is none."""
    return next(iter(sorted(folder.glob(this_system.SITE_PACKAGES))), None)
