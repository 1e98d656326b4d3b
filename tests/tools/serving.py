"""Servers under test: started through `mvenv run`, asked over HTTP, ended with all their children."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.process import as_in_a_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.support.project import ProjectFolder

PATIENCE = 60.0
"""Seconds that a server may take to answer as expected: the machine may have other work."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process that runs on while the test goes on."""

    process: subprocess.Popen[bytes]
    printed: Path

    def log(self) -> str:
        """Return what was printed so far."""
        return self.printed.read_text("utf-8", "replace")

    def wait_for(self, condition: Callable[[], Any]) -> Any:
        """Return the first true value of a condition; connections refused count as false.

        :raises AssertionError: it never came, or the process has ended; with all that was printed.
        """
        end = time.monotonic() + PATIENCE
        last: object = None
        while time.monotonic() < end:
            ended = self.process.poll() is not None
            try:
                if found := condition():
                    return found
            except (OSError, http.client.HTTPException) as error:
                last = error
            if ended:
                raise AssertionError(f"it has ended with {self.process.returncode}:\n{self.log()}")
            time.sleep(0.05)
        raise AssertionError(f"it never came, {last!r}:\n{self.log()}")


@dataclass(frozen=True, slots=True)
class Server(Started):
    """A server on this machine."""

    port: int

    def get(self, path: str = "/") -> str:
        """Return the body of an answer.

        :raises AssertionError: its status is not 200; with all that the server has printed.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
        finally:
            connection.close()
        assert answer.status == 200, f"{answer.status}: {body}\n{self.log()}"
        return body

    def json(self, path: str = "/") -> Any:
        """Return the value that the body of an answer is."""
        return json.loads(self.get(path))


@contextmanager
def serving(
    project: ProjectFolder, port: int, *command: str, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run a server with `mvenv run`; it is there when it accepts connections."""
    with started(project, *command, env=env) as run:
        server = Server(run.process, run.printed, port)
        server.wait_for(lambda: _accepts(port))
        yield server


@contextmanager
def started(
    project: ProjectFolder, *command: str, env: Mapping[str, str] | None = None, log: str = "printed.log"
) -> Iterator[Started]:
    """Run a command with `mvenv run`, in a session of its own; ended at the end with what it has started.

    :param log: the file that it prints to.
    """
    printed = project.root / log
    with printed.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "orchestrator", "run", *command],
            cwd=project.root,
            env={**project.environment, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=as_in_a_terminal,
        )
    try:
        yield Started(process, printed)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(15)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # also what it has left behind
        process.wait()


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def _accepts(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
