"""A source distribution that takes its time: it is told, and when the build is ended nothing of it goes on."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

import pytest

from tests.integration.workshop import copy, leftovers, tree, wait_for
from tests.support.process import as_in_a_terminal
from tests.support.sdists import build_sdist
from tests.support.terminal import read_to_the_end

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

# Has a compiler that takes its time, and says who they are: uv, the backend, the compiler.
AT = """
def at(hook):
    import subprocess, time

    working = os.environ.get("WORKING")
    if working and os.environ["AT"] == hook:
        compiler = subprocess.Popen(["sleep", "100"])
        with open(working + ".new", "w") as file:
            file.write(f"{os.getppid()} {os.getpid()} {compiler.pid}")
        os.rename(working + ".new", working)
        time.sleep(100)
"""


@pytest.fixture(scope="module")
def before(workshop: Workshop) -> ProjectFolder:
    """A project that was built, and now wants a source distribution besides."""
    index, project = workshop.new("slow")
    index.add("plain", "1.0")
    build_sdist(index.folder, "slow", "1.2", at=AT)
    project.pyproject(["plain"])
    project.mvenv("build")
    project.pyproject(["plain", "slow"])
    return project


@dataclass
class Build:
    """A build that is at work on the source distribution."""

    process: subprocess.Popen[str]
    workers: list[int]
    """The numbers of uv, the build backend and its compiler."""

    def end_by(self, number: int) -> str:
        """Send a signal to mvenv alone; return what it says until it has ended."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=20)
        return err


def begin(project: ProjectFolder, folder: Path, hook: str, stderr: int | IO[str] = subprocess.PIPE) -> Build:
    working = folder / "working"
    # A cache of its own: what another test has built there would not be built again.
    variables = {"WORKING": str(working), "AT": hook, "UV_CACHE_DIR": str(folder / "cache")}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "build"],
        cwd=project.root,
        env={**project.environment, **variables},
        stderr=stderr,
        text=True,
        preexec_fn=as_in_a_terminal,
    )
    wait_for(lambda: working.exists() or process.poll() is not None, "the build of the sdist")
    assert process.poll() is None
    return Build(process, [int(number) for number in working.read_text().split()])


def is_at_work(number: int) -> bool:
    """Whether a process is there and has not ended; one that nobody has waited for has."""
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()[:1] not in ("", "Z")


@pytest.mark.parametrize(
    ("number", "code", "hook"),
    [
        (signal.SIGTERM, 143, "metadata"),
        (signal.SIGTERM, 143, "wheel"),
        (signal.SIGINT, 130, "metadata"),
        (signal.SIGHUP, 129, "wheel"),
    ],
)
def test_a_signal_ends_all_of_it(
    number: int, code: int, hook: str, before: ProjectFolder, tmp_path: Path
) -> None:
    project = copy(before, tmp_path / "project")
    untouched = tree(project.root)
    build = begin(project, tmp_path, hook)
    assert all(map(is_at_work, build.workers))
    name = signal.Signals(number).name
    assert build.end_by(number).splitlines() == [
        "Building slow 1.2 (sdist)",
        f"Ended by {name}: what was there before is as it was",
    ]
    assert build.process.returncode == code
    assert not any(map(is_at_work, build.workers))
    assert tree(project.root) == untouched
    assert leftovers(project.root) == []


def test_what_is_ignored_stays_ignored(before: ProjectFolder, tmp_path: Path) -> None:
    """`nohup mvenv build` outlives the terminal."""
    project = copy(before, tmp_path / "project")
    signal_before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        build = begin(project, tmp_path, "metadata")
    finally:
        signal.signal(signal.SIGHUP, signal_before)
    build.process.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        build.process.wait(0.3)
    assert all(map(is_at_work, build.workers))
    build.end_by(signal.SIGTERM)
    assert build.process.returncode == 143


def test_the_build_is_told_while_it_runs(before: ProjectFolder, tmp_path: Path) -> None:
    build = begin(copy(before, tmp_path / "project"), tmp_path, "metadata")
    assert build.process.stderr is not None
    assert build.process.stderr.readline() == "Building slow 1.2 (sdist)\n"
    build.end_by(signal.SIGTERM)


def test_the_build_is_told_on_the_progress_line(before: ProjectFolder, tmp_path: Path) -> None:
    project = copy(before, tmp_path / "project")
    ours, its = pty.openpty()
    terminal = replace(project, environment={**project.environment, "TERM": "xterm", "COLUMNS": "120"})
    build = begin(terminal, tmp_path, "metadata", stderr=its)
    os.close(its)
    seen = b""
    while b"building slow 1.2 (sdist)" not in seen:
        seen += os.read(ours, 4096)
    build.process.send_signal(signal.SIGTERM)
    read_to_the_end(ours)
    assert build.process.wait(20) == 143
    os.close(ours)


def test_quiet_says_nothing_of_it(before: ProjectFolder, tmp_path: Path) -> None:
    project = copy(before, tmp_path / "project")
    assert project.mvenv("build", "--quiet").err == ""
