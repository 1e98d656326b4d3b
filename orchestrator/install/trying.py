"""Importing in a new interpreter, whatever the modules do to it, and hearing what came of it.

A module may write to every descriptor, close them all, or leave a process that has them. So the child has no pipe: what
came of each import it writes to a file that it opens anew each time.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from orchestrator.system import child_environment, children
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from orchestrator.system.children import Ended

    AtWork = Callable[[str, float], None]
    """Told every second what is being imported, and for how many seconds, in whatever thread."""

_BEGINNING = """
import importlib, json, os, sys
names, answers = json.loads(sys.argv[1]), sys.argv[2]
def tell(answer, opened=os.open, write=os.write, close=os.close, encoded=json.dumps, how=os.O_WRONLY | os.O_APPEND):
    descriptor = opened(answers, how)
    write(descriptor, encoded(answer).encode() + b"\\n")
    close(descriptor)
exit = os._exit
"""
_END = "\nexit(0)\n"


def imported(
    python: Path,
    root: Path,
    names: Sequence[str],
    code: str,
    *,
    seconds: float,
    at_work: AtWork | None = None,
) -> tuple[list[Any], Ended]:
    """Run code in a new interpreter; return what it has told, and how the interpreter ended.

    :param python: the application environment's interpreter.
    :param code: is given *names*, and calls `tell` with values of JSON.
    :param at_work: of code that tells once of each name, in their order: told which one it is at.
    """
    # `-P`: the project's own files must not stand in for a distribution's modules.
    with temporary_folder() as folder:
        answers = folder / "answers"
        answers.touch()
        program = _BEGINNING + code + _END
        command = [str(python), "-P", "-W", "ignore", "-c", program, json.dumps(names), str(answers)]
        ended = children.run_unheard(
            command,
            cwd=root,
            environment=child_environment.chosen(),
            seconds=seconds,
            waiting=None if at_work is None else _Looking(names, answers, at_work),
        )
        lines = answers.read_text("utf-8", "replace").splitlines()
    return [answer for line in lines if (answer := _decoded(line)) is not None], ended


class _Looking:
    """Looks how far a child is."""

    def __init__(self, names: Sequence[str], answers: Path, at_work: AtWork) -> None:
        self._names, self._answers, self._tell = names, answers, at_work
        self._done, self._since = 0, time.monotonic()

    def __call__(self) -> None:
        done = self._answers.read_bytes().count(b"\n")
        if done != self._done:
            self._done, self._since = done, time.monotonic()
        if done < len(self._names):
            self._tell(self._names[done], time.monotonic() - self._since)


def _decoded(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # ended while it was writing
        return None
