"""Running a command for a test: what it printed, and an assertion that shows it when it failed."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# What the developer's shell may have set and would change what a test's child process does.
_UNWANTED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "FORCE_COLOR")
_UNWANTED_PREFIXES = ("MVENV_", "PYTEST_", "COV_CORE_")


def as_in_a_terminal() -> None:
    """Undo what a shell does to a job in the background, which then ignores SIGINT, and its children too.

    To be given to `subprocess.Popen` as `preexec_fn`.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended."""

    command: tuple[str, ...]
    code: int
    """Exit status; negative for a signal, as `subprocess` has it."""
    out: str
    err: str

    def __str__(self) -> str:
        parts = [f"$ {shlex.join(self.command)}", f"exit code {self.code}"]
        for title, text in (("stdout", self.out), ("stderr", self.err)):
            if text.strip():
                parts.append(f"--- {title}\n{text.rstrip()}")
        return "\n".join(parts)


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    env: Mapping[str, str],
    check: bool = True,
    timeout: float = 300,
    stdin: str = "",
) -> Outcome:
    """Run a command to its end.

    :param env: the whole environment of the command.
    :param timeout: seconds; `MVENV_TEST_PATIENCE` times as long, where that is set.
    :raises AssertionError: it failed and `check` is set; the message holds all it printed.
    """
    words = tuple(str(word) for word in command)
    process = subprocess.run(
        words,
        cwd=cwd,
        env=dict(env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout * float(os.environ.get("MVENV_TEST_PATIENCE", "1")),
        check=False,
    )
    outcome = Outcome(words, process.returncode, process.stdout, process.stderr)
    if check and outcome.code:
        raise AssertionError(str(outcome))
    return outcome


def clean_environment() -> dict[str, str]:
    """This process's environment without what would leak into a child's Python or into its output.

    `UV_…` variables stay: they may say where the package index and the cache are. Finished environments are not taken
    from a cache: what an earlier test, or the developer, has built is built again.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _UNWANTED and not name.startswith(_UNWANTED_PREFIXES)
    }
    return {**kept, "NO_COLOR": "1", "MVENV_ENVIRONMENT_CACHE": "off"}


def offline_environment(find_links: Path) -> dict[str, str]:
    """`clean_environment` in which uv knows one folder of wheels, and an index that has nothing.

    uv has no variable for `--no-index`, and `UV_OFFLINE` would make it say "the network was disabled" where a
    user sees "not found in the package registry". A `file:` index without files gives the user's answer.
    """
    kept = {
        name: value
        for name, value in clean_environment().items()
        if not name.startswith("UV_") or name == "UV_CACHE_DIR"
    }
    nothing = find_links / "no-registry"
    return {**kept, "UV_FIND_LINKS": str(find_links), "UV_DEFAULT_INDEX": nothing.as_uri()}
