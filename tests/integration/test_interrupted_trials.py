"""A build that is ended while it imports what it has installed: all is in place, and the next one goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import leftovers, wait_for
from tests.support.process import as_in_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

# Takes its time where the file named by $SLOWLY is not there yet, and needs something that nobody has installed.
SLOW = """
import os, time
if "SLOWLY" in os.environ and not os.path.exists(os.environ["SLOWLY"]):
    open(os.environ["SLOWLY"], "w").close()
    time.sleep(100)
{ending}
"""
SECONDS = 5.0  # one on a quiet machine; the import goes on for a hundred


def interrupted(project: ProjectFolder, folder: Path, number: int) -> str:
    """Build, and send a signal while the imports are tried; return what is said."""
    trying = folder / "trying"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "build"],
        cwd=project.root,
        env={**project.environment, "SLOWLY": str(trying)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_a_terminal,
    )
    wait_for(lambda: trying.exists() or process.poll() is not None, "the trial")
    began = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - began < SECONDS
    assert process.returncode == 128 + number
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda each: each.name)
def test_what_was_installed_is_in_place(
    number: signal.Signals, project: ProjectFolder, index: Index, tmp_path: Path
) -> None:
    index.add("slow", "1.0", files={"slow.py": SLOW.format(ending="import undeclared_thing")})
    project.pyproject(["slow"])
    said = interrupted(project, tmp_path, number)
    assert said == (
        f"Ended by {number.name}: the new build is in place, and its imports have not been tried; "
        "the next `mvenv build` does so\n"
    )
    place = (project.root / ".venv").stat().st_ino
    started = project.mvenv("run", "python", "-c", "import importlib.metadata as m; print(m.version('slow'))")
    assert (started.out, started.err) == ("1.0\n", "")
    assert "note: the last build was ended before it had imported what it had installed" in (
        project.mvenv("doctor", check=False).out
    )
    told = project.mvenv("build")
    assert "warning: `slow` does not import (slow): ModuleNotFoundError" in told.err
    assert "Built 1 distribution" in told.err
    assert (project.root / ".venv").stat().st_ino == place
    again = project.mvenv("build").err
    assert again.startswith("Up to date: ")
    assert "warning: `slow` does not import" in again
    assert leftovers(project.root) == []


def test_other_groups_are_tried_after_it(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    """`either` may be beside both, and works beside one: what the trial would have shown, the next one shows."""
    index.add("low", "1.0")
    index.add("low", "2.0")
    for name, bound in (("one", "low<2"), ("other", "low>=2")):
        index.add(name, "1.0", requires=[bound], files={f"{name}.py": SLOW.format(ending="")})
    works = (
        "import importlib.metadata as m\nif m.version('low') == '{}':\n    raise RuntimeError('not this low')"
    )
    for version in ("1.0", "2.0"):
        index.add(
            "either",
            version,
            requires=["low"],
            files={"either.py": works.format("2.0")},
        )
    project.pyproject(["one", "other", "either"])
    plain = project.root / "plain"
    plain.mkdir()
    interrupted(project, tmp_path, signal.SIGINT)
    told = project.mvenv("build")
    assert "does not import" not in told.err
    shown = project.python("-c", "import either", check=False)
    assert shown.code == 0, shown


def test_add_keeps_what_is_in_place(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    index.add("plain", "1.0")
    index.add("slow", "1.0", files={"slow.py": SLOW.format(ending="")})
    project.pyproject(["plain"])
    project.mvenv("build")
    trying = tmp_path / "trying"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "add", "slow"],
        cwd=project.root,
        env={**project.environment, "SLOWLY": str(trying)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=as_in_a_terminal,
    )
    wait_for(lambda: trying.exists() or process.poll() is not None, "the trial")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert '"slow>=1.0"' in (project.root / "pyproject.toml").read_text()
    assert project.python("-c", "import slow").code == 0
    assert project.mvenv("build").err.startswith("Built 2 distributions")
    assert leftovers(project.root) == []
