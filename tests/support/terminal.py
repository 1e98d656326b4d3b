"""Running `mvenv` on a terminal, and reading what a terminal gets."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.project import ProjectFolder


def on_a_terminal(
    project: ProjectFolder,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    data_too: bool = False,
    typed: str = "",
) -> tuple[int, str, str]:
    """Run mvenv with a terminal for its standard error, for its output if `data_too`, for its input if that is `typed`.

    Return its exit code, its standard output if that is a pipe, and what the terminal got.
    """
    leader, follower = pty.openpty()
    environment = {**project.environment, "TERM": "xterm-256color", "COLUMNS": "100", **(env or {})}
    environment = {name: value for name, value in environment.items() if value != "(unset)"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", *arguments],
        cwd=project.root,
        env=environment,
        stdin=follower if typed else subprocess.DEVNULL,
        stdout=follower if data_too else subprocess.PIPE,
        stderr=follower,
    )
    os.close(follower)
    os.write(leader, typed.encode())
    shown = read_to_the_end(leader)
    os.close(leader)
    out, _ = process.communicate(timeout=60)
    return process.returncode, (out or b"").decode(), shown.decode().replace("\r\n", "\n")


def read_to_the_end(leader: int) -> bytes:
    """Return what programs write to a terminal until the last of them has gone."""
    shown = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:  # Linux says EIO when the last writer has gone
            return shown
        if not part:
            return shown
        shown += part
