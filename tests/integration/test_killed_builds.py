from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import CONFLICT, built_conflict, copy, leftovers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

BEFORE = "1.0 2.0\n"
AFTER = "1.0 3.0\n"

SECONDS = 1.6
"""About as long as the build takes; later kills find it done, and must do no harm either."""
STEP = 0.2

# Dies by SIGKILL where a function is called or has returned.
_DOOMED_BUILD = """
import importlib, os, signal, sys

module, _, name = sys.argv[1].partition(":")
when = sys.argv[2]
holder = importlib.import_module(module)
while "." in name:
    part, _, name = name.partition(".")
    holder = getattr(holder, part)
real = getattr(holder, name)

def doomed(*arguments, **keywords):
    if when == "after":
        real(*arguments, **keywords)
    if when == "halfway":  # through removing an environment, if there is one
        try:
            os.unlink(arguments[0] / "pyvenv.cfg")
        except FileNotFoundError:
            return
    os.kill(os.getpid(), signal.SIGKILL)

setattr(holder, name, doomed)
if len(sys.argv) > 3:
    from orchestrator.environments import replacing
    replacing.exchange = lambda *_: False
sys.argv = ["mvenv", "build"]
from orchestrator.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """A project that was built, and whose requirements have changed since: the next build will do everything."""
    index, project = built_conflict(workshop)
    index.add("low", "3.0")
    index.add(
        "dep-b",
        "2.0",
        requires=["low>=3", "plain"],
        files={"dep_b.py": "from low import __version__ as low_version\n"},
    )
    project.write("app.py", "import dep_a, dep_b\nprint(dep_a.low_version, dep_b.low_version)\n")
    assert project.python("app.py").out == BEFORE
    warm = copy(project, workshop.folder / "warm")
    for folder in (warm, project):  # the first also fills uv's cache, so that every build takes as long
        folder.pyproject((*CONFLICT, "dep-b>=2"))
    warm.mvenv("build")
    return project


def assert_undisturbed(project: ProjectFolder) -> None:
    """The last complete set runs, the next build succeeds, and nothing is left of the one that was killed."""
    committed = _is_committed(project)
    assert project.python("app.py").out == (AFTER if committed else BEFORE)
    in_place = (project.root / ".venv").stat().st_ino if committed else None
    project.mvenv("build")
    assert in_place in (None, (project.root / ".venv").stat().st_ino)
    assert project.mvenv("build").err.startswith("Up to date: ")
    assert project.python("app.py").out == AFTER
    for python in project.root.glob("py_modules/dep-*/bin/python"):
        subprocess.run([python, "-c", "import low, plain"], check=True, timeout=60)
    assert leftovers(project.root) == []


def _is_committed(project: ProjectFolder) -> bool:
    return project.mvenv("run", "--no-build", "python", "-c", "", check=False).code == 0


_moments = random.Random(20)  # the same on every run
MOMENTS = [round(STEP * number + _moments.uniform(0, STEP), 3) for number in range(int(SECONDS / STEP))]


@pytest.mark.parametrize("seconds", MOMENTS)
def test_killed_at_any_moment(seconds: float, conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "build"],
        cwd=project.root,
        env=dict(project.environment),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        # Every other time uv, which the build has started, survives it and goes on.
        kill = os.kill if MOMENTS.index(seconds) % 2 else os.killpg
        kill(process.pid, signal.SIGKILL)
        process.wait()
    assert_undisturbed(project)


@pytest.mark.parametrize(
    ("function", "when"),
    [
        ("orchestrator.environments.venv:create", "after"),
        ("orchestrator.environments.marking:mark", "before"),
        ("orchestrator.environments.marking:mark", "after"),
        ("orchestrator.install.shim:copy", "after"),
        ("orchestrator.install.shim:start", "after"),
        ("orchestrator.state.record:write_record", "before"),
        ("orchestrator.state.record:write_record", "after"),
        ("orchestrator.pipeline.commit:put_in_place", "before"),
        ("orchestrator.pipeline.commit:put_in_place", "after"),
        ("orchestrator.environments.sweeping:remove", "halfway"),
        ("orchestrator.environments.sweeping:remove", "after"),
    ],
)
def test_killed_at_a_step(function: str, when: str, conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    _run_doomed_build(project, function, when)
    assert_undisturbed(project)


def _run_doomed_build(project: ProjectFolder, *how: str) -> None:
    command = [sys.executable, "-P", "-c", _DOOMED_BUILD, *how]
    doomed = subprocess.run(command, cwd=project.root, env=dict(project.environment), timeout=60)
    assert doomed.returncode == -signal.SIGKILL, "the build never came there"


def test_killed_where_the_kernel_cannot_exchange_names(conflict: ProjectFolder, tmp_path: Path) -> None:
    """Then there is a moment without a `.venv`; the next build makes it all the same."""
    project = copy(conflict, tmp_path / "project")
    _run_doomed_build(project, "pathlib:Path.rename", "after", "no exchange")
    assert not (project.root / ".venv").exists()
    assert list(project.root.glob(".venv-old-*"))
    project.mvenv("build")
    assert project.python("app.py").out == AFTER
    assert leftovers(project.root) == []
