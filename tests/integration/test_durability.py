"""What a power failure may not take: the order in which files are brought to the disk, and put in their places.

Recorded by audit hooks and a wrapped `os.fsync` in the process of the build: the test cuts no power, but it
sees what is renamed before it is on the disk.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import CONFLICT, publish_conflict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

RECORDER = """
import os, sys
def note(*words, to=os.environ["NOTES"], pid=os.getpid()):
    if os.getpid() == pid:
        with open(to, "a") as file:
            print(*words, file=file)
def hear(event, arguments):
    if event == "os.rename":
        note("rename", os.fspath(arguments[0]), os.fspath(arguments[1]))
    elif event == "ctypes.dlsym" and arguments[1] in ("syncfs", "renameat2"):
        note(arguments[1])
def fsync(descriptor, original=os.fsync):
    note("fsync", os.readlink(f"/proc/self/fd/{descriptor}"))
    original(descriptor)
if "orchestrator" in sys.orig_argv:
    os.fsync = fsync
    sys.addaudithook(hear)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_on_the_disk_before_it_is_in_place(index: Index, project: ProjectFolder, tmp_path: Path) -> None:
    publish_conflict(index)
    project.pyproject(CONFLICT[:2])
    project.mvenv("build")
    (tmp_path / "recorder").mkdir()
    (tmp_path / "recorder/sitecustomize.py").write_text(RECORDER)
    notes = tmp_path / "notes"
    project.mvenv("add", "plain", env={"PYTHONPATH": str(tmp_path / "recorder"), "NOTES": str(notes)})
    done = notes.read_text().splitlines()
    commit = max(number for number, line in enumerate(done) if line == "renameat2")
    assert "syncfs" in done[:commit], done
    written = done[done.index("syncfs") + 1 : commit]
    for name in ("pyproject.toml", "mvenv.lock"):
        put = next(number for number, line in enumerate(written) if line.endswith(f" {project.root}/{name}"))
        temporary = written[put].split()[1]
        assert f"fsync {temporary}" in written[:put], (name, done)
    assert not [line for line in written if line.startswith("rename") and "/py_modules/" in line]
    assert f"fsync {project.root}" in done[commit:], done
