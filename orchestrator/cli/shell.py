"""``mvenv shell``: a person's own shell, with the project's environment active in it."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError
from orchestrator.system import this_system
from orchestrator.system.names import APPLICATION_FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command()
@click.option("--no-build", is_flag=True, help="Fail instead of building when the environments are stale.")
def shell(*, no_build: bool) -> None:
    """Start your shell with the application environment active; build first if anything has changed.

    It is the shell that SHELL names, with its own start-up files; `exit` ends it.
    """
    from orchestrator.cli.run import run

    root = project_root()
    program = os.environ.get("SHELL") or os.environ.get("COMSPEC") or "/bin/sh"
    if os.environ.get("VIRTUAL_ENV") == str(root / APPLICATION_FOLDER):
        raise MvenvError(
            "the project's environment is active in this shell already",
            causes=(f"VIRTUAL_ENV is {root / APPLICATION_FOLDER}",),
            hints=("`deactivate`, or `exit`, leaves it",),
        )
    command, variables = interactive(program, root / APPLICATION_FOLDER)
    os.environ.update(variables)
    run([*(["--no-build"] if no_build else []), "--", *command])


def interactive(program: str, environment: Path) -> tuple[Sequence[str], dict[str, str]]:
    """Return how a shell is started so that it activates an environment after its own start-up files.

    Those may put other folders in front of ``PATH`` (conda's, pyenv's), so activating before would not do.

    :return: the command, and variables that it needs.
    """
    name = Path(program).stem
    script = environment / this_system.SCRIPTS / "activate"
    if name == "bash":
        text = f"[ -r ~/.bashrc ] && . ~/.bashrc\n. {shlex.quote(str(script))}\n"
        file = _temporary("bashrc", text + 'command rm -rf -- "$(dirname -- "${BASH_SOURCE[0]}")"\n')
        return (program, "--rcfile", str(file), "-i"), {}
    if name == "zsh":
        before = os.environ.get("ZDOTDIR", "")
        back = f"ZDOTDIR={shlex.quote(before)}\n" if before else "unset ZDOTDIR\n"
        own = '[ -r "${ZDOTDIR:-$HOME}/.zshrc" ] && . "${ZDOTDIR:-$HOME}/.zshrc"\n'
        text = f"{back}{own}. {shlex.quote(str(script))}\n"
        file = _temporary(
            ".zshrc", f'_mvenv_shell_folder="$ZDOTDIR"\n{text}command rm -rf -- "$_mvenv_shell_folder"\n'
        )
        return (program, "-i"), {"ZDOTDIR": str(file.parent)}
    if name == "fish":
        quoted = str(script).replace("\\", "\\\\").replace("'", "\\'")
        return (program, "-i", "-C", f"source '{quoted}.fish'"), {}
    return (program,), {}  # `run` has put the environment in front of PATH


def _temporary(name: str, text: str) -> Path:
    """Write a start-up file to a folder of its own, which it removes when it is read."""
    file = Path(tempfile.mkdtemp(prefix="mvenv-shell-")) / name
    file.write_text(text, "utf-8", errors="surrogateescape")
    return file
