"""What every peer is asked to do: two libraries, each with its own version of a third, in one process."""

from __future__ import annotations

import sys
from dataclasses import dataclass

_WHICH = """
def which(click):
    return "8" if hasattr(click.core, "ParameterSource") else "7"
"""
_LATER = """
import threading

def later():
    runner = new.Flask("shop").test_cli_runner()
    answers.append(issubclass(type(runner), new.cli.click.testing.CliRunner))

thread = threading.Thread(target=later)
thread.start()
thread.join()
"""


@dataclass(frozen=True, slots=True)
class Task:
    """Two requirements that cannot be installed together, and what to do with both."""

    name: str
    """As the page has it."""
    old: str
    old_module: str
    new: str
    new_module: str
    check: str
    """Code that leaves `answers`; `old` and `new` are the modules."""
    expected: list[object]
    python: str = sys.executable
    """What environments are made of."""


TASKS = (
    Task(
        "pure Python: typer 0.3.2 and cloup 3.0.5, a click each",
        "typer==0.3.2",
        "typer.main",
        "cloup==3.0.5",
        "cloup._context",
        f"{_WHICH}\nanswers = [which(old.click), which(new.click)]",
        ["7", "8"],
    ),
    Task(
        "a compiled package below one of them: typer 0.3.2 and flask 3.0.3",
        "typer==0.3.2",
        "typer.main",
        "flask==3.0.3",
        "flask",
        f"{_WHICH}\nanswers = [which(old.click), which(new.cli.click)]",
        ["7", "8"],
    ),
    Task(
        "an import that flask does later, in another thread",
        "typer==0.3.2",
        "typer.main",
        "flask==3.0.3",
        "flask",
        f"answers = []\n{_LATER}",
        [True],
    ),
    Task(
        "two versions of a compiled package: numpy 1.26.4 and 2.2.6",
        "numpy==1.26.4",
        "numpy",
        "numpy==2.2.6",
        "numpy",
        "answers = [m.__version__[0] + str(m.random.default_rng(0).integers(9, size=2).sum() >= 0) "
        "for m in (old, new)]",
        ["1True", "2True"],
    ),
)
