"""Child processes that do not outlive this one, and whose words are heard while they speak.

uv starts build backends, and these compilers; it ends by SIGTERM without a word to them. So each child has a session of
its own, and whatever ends this process ends the whole of it. That is a session and not only a process group: a
background group that asks the terminal for a password would be stopped (SIGTTIN) and never end.
"""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from orchestrator.system import interruption, this_system
from orchestrator.system.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

# Seconds for a build to put away its temporary files.
_GRACE = 0.5
# Seconds for helpers that end by themselves when the process that they serve has ended.
_LEISURE = 2


class EndingError(BaseException):
    """No child is started any more, since this process is being ended. For threads; the main one has its own."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str
    too_late: bool = False
    """It was ended because its time was up."""
    left_behind: bool = False
    """It had ended, and something that it had started had not, and was ended then."""


class _Children:
    """The children at work."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._watchdog = Watchdog()
        self._ending = False

    @contextmanager
    def started(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], output: int = subprocess.PIPE
    ) -> Iterator[subprocess.Popen[str]]:
        process = self._start(command, cwd, environment, output)
        try:
            with process:
                try:
                    yield process
                except BaseException:
                    _signal(process, "SIGTERM")
                    raise
        finally:
            with interruption.held(), self._lock:
                self._running.discard(process)
                self._watchdog.ended(process.pid)
        with interruption.held(), self._lock:
            if self._ending:  # what it said is not its last word
                raise EndingError

    def _start(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], output: int
    ) -> subprocess.Popen[str]:
        with interruption.held(), self._lock:  # or the main thread might start a child that nobody knows yet
            if self._ending:
                raise EndingError
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=this_system.NEW_SESSION,
                creationflags=this_system.CREATION_FLAGS,
            )
            self._running.add(process)
            self._watchdog.began(process.pid)
        return process

    def end(self) -> None:
        """End all children, and start no more; in the main thread, as a signal's handler."""
        with self._lock:
            self._ending = True
            running = list(self._running)
        for process in running:
            _signal(process, "SIGTERM")
        end = time.monotonic() + _GRACE
        while running and time.monotonic() < end:
            time.sleep(0.02)
            running = [process for process in running if _is_there(process)]
        for process in running:
            _signal(process, "SIGKILL")

    def begin_anew(self) -> None:
        self._ending = False
        self._watchdog.stop()


def _signal(process: subprocess.Popen[str], name: str) -> None:
    """Send a signal to a child and all that it has started."""
    this_system.end_session(process.pid, gently=name == "SIGTERM")


def _is_there(process: subprocess.Popen[str]) -> bool:
    """Whether anything of a child's session is left; one that has ended is waited for, or it would stay a zombie."""
    process.poll()
    return this_system.session_is_there(process.pid)


_children = _Children()


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    heard: Callable[[str], None] | None = None,
    seconds: float | None = None,
) -> Ended:
    """Run a command to its end.

    :param environment: all of its environment variables.
    :param heard: told every line that it writes to its standard error, at once, without its end.
    :param seconds: it is killed if it takes longer, with all that it has started.
    :raises EndingError: this process is being ended, see :func:`ended_with_this_process`.
    """
    with _children.started(command, cwd, environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        output: list[str] = []
        # Both pipes are read at once, or the child would wait for room in the other one.
        reading = threading.Thread(target=_read, args=(process.stdout, output), daemon=True)
        reading.start()
        late = threading.Event()
        alarm = threading.Timer(seconds or 0, _end_late, (process, late))
        alarm.daemon = True
        if seconds is not None:
            alarm.start()
        lines = []
        try:
            for line in process.stderr:
                lines.append(line)
                if heard is not None:
                    heard(line.rstrip("\n"))
            reading.join()
            process.wait()
        finally:
            alarm.cancel()
    return Ended(process.returncode, "".join(output), "".join(lines), late.is_set())


def run_unheard(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    seconds: float,
    waiting: Callable[[], None] | None = None,
) -> Ended:
    """Run a command to its end, without hearing what it writes: whatever it leaves behind has no pipe to hold.

    What of its session is there a while later is ended.

    :param seconds: it is killed if it takes longer, with all that it has started.
    :param waiting: called every second while it is at work.
    :raises EndingError: this process is being ended, see :func:`ended_with_this_process`.
    """
    with _children.started(command, cwd, environment, subprocess.DEVNULL) as process:
        end = time.monotonic() + seconds
        while is_at_work := _is_at_work(process, min(1, end - time.monotonic())):
            if time.monotonic() >= end:
                _signal(process, "SIGKILL")
                break
            if waiting is not None:
                waiting()
        too_late = is_at_work
        left_behind = not too_late and not _is_gone(process, _LEISURE)
        if left_behind:
            _signal(process, "SIGTERM")
            if not _is_gone(process, _GRACE):
                _signal(process, "SIGKILL")
    return Ended(process.returncode, "", "", too_late, left_behind)


def _is_at_work(process: subprocess.Popen[str], seconds: float) -> bool:
    """Whether a child has not ended; that is waited for."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def _is_gone(process: subprocess.Popen[str], seconds: float) -> bool:
    """Whether nothing of a child's session is left; that is waited for."""
    end = time.monotonic() + seconds
    while _is_there(process):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _read(pipe: IO[str], output: list[str]) -> None:
    output.extend(pipe)


def _end_late(process: subprocess.Popen[str], late: threading.Event) -> None:
    if process.poll() is None:
        late.set()
        _signal(process, "SIGKILL")


@contextmanager
def ended_with_this_process() -> Iterator[None]:
    """End the children when a signal ends this process while the block runs; then the block unwinds.

    :raises SystemExit: a signal has ended the block (:func:`orchestrator.system.interruption.taken`).
    """
    with interruption.taken(_children.end):
        try:
            yield
        finally:
            _children.begin_anew()
