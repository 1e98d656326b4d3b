"""What people see: everything goes to stderr, nothing of it is data."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.system import shown
from orchestrator.system.credentials import without

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.progress import Progress, TaskID


class Reporter:
    """Tells a person how a build goes on; silent where nobody watches, except for results and warnings.

    :param quiet: say errors and warnings only.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet or bool(shown.choice.quiet)
        self._watched = shown.choice.progress and not self._quiet and shown.is_terminal(sys.stderr)
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._text = ""
        self._lock = threading.Lock()
        self._building: list[str] = []
        self._lasting = ""
        self._told: set[str] = set()

    def say(self, text: str, style: str = "") -> None:
        """Print a line of the result."""
        if not self._quiet:
            self._print(text, style)

    def warn(self, text: str) -> None:
        """Print a warning, even when quiet; not when very quiet."""
        if shown.choice.quiet < 2:
            self._print(f"warning: {text}", "yellow")

    @contextmanager
    def progress(self) -> Iterator[None]:
        """Show a progress line on a terminal while the block runs."""
        if not self._watched:
            yield
            return
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=_console(), transient=True) as self._progress:
            self._task = self._progress.add_task("", total=None)
            yield
        self._progress = self._task = None

    def stage(self, text: str, total: int | None = None) -> None:
        """Name what is being done now, and how many steps it has if that is known."""
        self._text, self._lasting = text, ""
        if self._progress is not None and self._task is not None:
            self._progress.reset(self._task, total=total, description=self._description())

    def advance(self) -> None:
        """Count one step of the stage as done."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)

    def detail(self, text: str) -> None:
        """Change the text of the stage."""
        self._text = text
        self._show()

    def lasting(self, what: str, told: str) -> None:
        """Say what the stage is waiting for, longer than people expect: part of the progress line, or a line, once.

        :param told: the line.
        """
        if self._progress is not None:
            self._lasting = what
            self._show()
            return
        with self._lock:
            is_new = told not in self._told
            self._told.add(told)
        if is_new:
            self.say(told)

    def build_began(self, what: str, *, is_release: bool) -> None:
        """Say that something is built from its source, which can take minutes: a line, or part of the progress line.

        :param is_release: nobody expects that of a release; a folder of the user's own is built every time.
        """
        with self._lock:
            self._building.append(what)
            is_new = what not in self._told
            self._told.add(what)
        if self._watched:
            self._show()
        elif is_new and is_release:
            self.say(f"Building {what}")

    def build_ended(self, what: str) -> None:
        """Take back what :meth:`build_began` has shown."""
        with self._lock:
            self._building.remove(what)
        self._show()

    def _show(self) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=self._description())

    def _description(self) -> str:
        with self._lock:
            built = list(dict.fromkeys(self._building))
        parts = (self._text, self._lasting, built and f"building {', '.join(built)}")
        return " \N{MIDDLE DOT} ".join(part for part in parts if part)

    def _print(self, text: str, style: str) -> None:
        text = without(text)
        if shown.is_coloured(sys.stderr) or self._progress is not None:
            target = self._progress.console if self._progress is not None else _console()
            target.print(text, style=style or None, soft_wrap=True)
        else:
            sys.stderr.write(text + "\n")


def _console() -> Console:
    from rich.console import Console  # imported only when a terminal is there

    # No markup, emoji or highlighting: the texts hold names and paths of the user's.
    coloured = shown.is_coloured(sys.stderr)
    return Console(
        stderr=True,
        markup=False,
        emoji=False,
        highlight=False,
        force_terminal=True if coloured else None,
        no_color=not coloured,
    )


def show_error(text: str) -> None:
    """Print an error in its final form, its first word in red on a terminal."""
    text = without(text)
    if shown.is_coloured(sys.stderr):
        console = _console()
        first, _, rest = text.partition(":")
        console.print(first, style="bold red", end="")
        console.print(":" + rest, soft_wrap=True)
    else:
        sys.stderr.write(text + "\n")
