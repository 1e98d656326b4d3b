"""`mvenv shell` in a real terminal: the shells that are here, with start-up files that spoil the path."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import read_to_the_end

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder

# What each shell reads at its start, and which puts another folder in front.
RC = {
    "bash": (".bashrc", 'export PATH="/spoilt:$PATH"; export FROM_RC=yes\n'),
    "zsh": (".zshrc", 'export PATH="/spoilt:$PATH"; export FROM_RC=yes\n'),
    "fish": (".config/fish/config.fish", "set -gx PATH /spoilt $PATH; set -gx FROM_RC yes\n"),
    "dash": (".profile", ""),
}


def in_a_terminal(command: list[str], cwd: Path, environment: dict[str, str], typed: str) -> str:
    """Return what a program has written to its terminal until it ended."""
    ours, its = pty.openpty()
    with subprocess.Popen(  # a shell wants the terminal for its own (job control)
        command, cwd=cwd, env=environment, preexec_fn=lambda: os.login_tty(its), pass_fds=(its,)
    ) as process:
        os.close(its)
        os.write(ours, typed.encode())
        shown = read_to_the_end(ours)
        assert process.wait(timeout=60) == 7, shown.decode()
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize("shell", RC)
def test_the_environment_is_active(shell: str, conflict: ProjectFolder, tmp_path: Path) -> None:
    """Its command comes before those that the person's own start-up file has put in front."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell}")
    name, text = RC[shell]
    file = tmp_path / "home" / name
    file.parent.mkdir(parents=True)
    file.write_text(text)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {
        **{name: value for name, value in conflict.environment.items() if name != "VIRTUAL_ENV"},
        "SHELL": program,
        "HOME": str(tmp_path / "home"),
        "TERM": "dumb",
        "TMPDIR": str(temporary),
        "XDG_CONFIG_HOME": str(tmp_path / "home/.config"),
    }
    typed = 'python -c \'import sys; print("pre" + "fix", sys.prefix)\'; echo rc "=$FROM_RC"; exit 7\n'
    shown = in_a_terminal(
        [sys.executable, "-P", "-m", "orchestrator", "shell"], conflict.root, environment, typed
    )
    assert f"prefix {conflict.root / '.venv'}" in shown, shown
    assert text == "" or "rc =yes" in shown, shown
    assert list(temporary.glob("mvenv-*")) == []


def test_once_is_enough(conflict: ProjectFolder) -> None:
    active = {"VIRTUAL_ENV": str(conflict.root / ".venv")}
    outcome = conflict.mvenv("shell", env=active, check=False)
    assert outcome.code == 1
    assert outcome.err.startswith("error: the project's environment is active in this shell already\n")
