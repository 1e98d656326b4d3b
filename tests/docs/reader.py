"""Somebody who does what a page says, in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.console import Command, File, steps
from tests.support.interpreters import running_interpreter
from tests.support.process import clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parents[2] / "docs"
HOME = "/home/you"
"""What pages call the folder in which the reader's own folder lies."""
# What runs commands asks for the folder that they have left the shell in.
_AND_WHERE = '\nstatus=$?\npwd >"$WHERE_IT_IS"\nexit $status\n'


class Reader:
    """Types commands, all in the same shell as far as the working directory goes."""

    def __init__(self, folder: Path) -> None:
        """Begin in a folder `shop` below *folder*, with `mvenv` and `uv` on the path."""
        commands = folder / "commands"
        commands.mkdir()
        for name in ("mvenv", "uv"):
            (commands / name).symlink_to(Path(sys.executable).parent / name)
        self._where = folder / "where"
        self._home = folder
        self.place = folder / "shop"
        self.place.mkdir()
        self._environment = {
            **clean_environment(),
            "COLUMNS": "1000",  # a page shows lines as they are
            "PATH": os.pathsep.join([str(commands), *_path_without_environment()]),
            "WHERE_IT_IS": str(self._where),
            "UV_PYTHON": str(running_interpreter().executable),
            "UV_PYTHON_DOWNLOADS": "never",
        }

    def type(self, command: str) -> tuple[int, str]:
        """Run a command; return its exit code and what is seen on the terminal."""
        done = subprocess.run(
            ["bash", "-c", command + _AND_WHERE],
            cwd=self.place,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300 * float(os.environ.get("MVENV_TEST_PATIENCE", "1")),
            check=False,
        )
        self.place = Path(self._where.read_text("utf-8").rstrip("\n"))
        return done.returncode, done.stdout.replace(str(self._home), HOME)

    def follow(self, page: str) -> Iterator[tuple[Command, int, str]]:
        """Do all that a page says; yield each command, its exit code, and what it has printed."""
        for step in steps(page):
            if isinstance(step, File):
                (self.place / step.name).write_text(step.content, "utf-8")
            else:
                yield (step, *self.type(step.text))


def _path_without_environment() -> list[str]:
    """Return the folders of `PATH` but for that of the environment which runs the tests."""
    own = Path(sys.executable).parent
    return [each for each in os.environ["PATH"].split(os.pathsep) if Path(each) != own]


def can_be_followed() -> bool:
    """Tell whether this is a system that pages are written for: their paths are POSIX's, their shell is bash."""
    return os.name == "posix" and shutil.which("bash") is not None
