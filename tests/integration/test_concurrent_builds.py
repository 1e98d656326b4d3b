from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.integration.workshop import APP, APP_PRINTS, CONFLICT, leftovers, publish_conflict, wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

# A build that has the lock, says so, and goes on when it is told.
_SLOW_BUILD = """
import sys
from pathlib import Path
from orchestrator.pipeline import inputs

def slow_build(*arguments, load=inputs.load_project):
    Path("started").touch()
    sys.stdin.readline()
    return load(*arguments)

inputs.load_project = slow_build
sys.argv = ["mvenv", "build"]
from orchestrator.__main__ import main
main()
"""


def start(project: ProjectFolder, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", *command],
        cwd=project.root,
        env=dict(project.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_so_far(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def test_the_second_waits_and_finds_everything_fresh(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    first = start(project, "-c", _SLOW_BUILD)
    wait_for((project.root / "started").exists, "the first build to start")
    others = [
        start(project, "-m", "orchestrator", "build"),
        start(project, "-m", "orchestrator", "run", "python", "app.py"),
    ]
    for other in others:
        assert said_so_far(other) == f"Waiting for process {first.pid}, which is building this project\n"
    out, err = first.communicate("go on\n")
    assert (first.returncode, out) == (0, "")
    assert err.startswith("Built ")
    up_to_date = r"Up to date: \d+ distributions for 2 groups \(the fewest possible\)\n"
    for other, printed in zip(others, ("", APP_PRINTS), strict=True):
        out, err = other.communicate()
        assert (other.returncode, out) == (0, printed), err
        assert re.fullmatch(up_to_date, err)
    assert leftovers(project.root) == []


def test_builds_that_start_together(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    builds = [start(project, "-m", "orchestrator", "build") for _ in range(3)]
    said = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], said
    assert sum("Built " in text for text in said) == 1
    assert sum("Up to date: " in text for text in said) == 2
    assert project.python("app.py").out == APP_PRINTS
    assert leftovers(project.root) == []


def test_builds_of_two_projects_do_not_wait(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    publish_conflict(index)
    project.pyproject(["plain"])
    first = start(project, "-c", _SLOW_BUILD)
    wait_for((project.root / "started").exists, "the first build to start")
    other = project.root / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text((project.root / "pyproject.toml").read_text())
    command = [sys.executable, "-P", "-m", "orchestrator", "build"]
    environment = dict(project.environment)
    done = subprocess.run(command, cwd=other, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "Waiting" not in done.stderr
    first.communicate("go on\n")
    assert first.returncode == 0


def test_the_build_waited_for_fails(project: ProjectFolder, index: Index) -> None:
    """What is waiting then builds by itself."""
    publish_conflict(index)
    project.pyproject(["ghost"])
    first = start(project, "-c", _SLOW_BUILD)
    wait_for((project.root / "started").exists, "the first build to start")
    second = start(project, "-m", "orchestrator", "build")
    assert said_so_far(second).startswith(f"Waiting for process {first.pid}")
    project.pyproject(CONFLICT)
    first.kill()
    first.communicate()
    _, err = second.communicate()
    assert second.returncode == 0, err
    assert err.startswith("Built ")
