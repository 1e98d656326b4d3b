from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from orchestrator.system import scratch

if TYPE_CHECKING:
    from pathlib import Path

_KILLED = """
import os, signal
from orchestrator.system.scratch import scratch, temporary_folder
with scratch(), temporary_folder() as folder:
    (folder / "file").write_text("")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_nothing_is_left(temporary: Path) -> None:
    with scratch.scratch():
        with scratch.temporary_folder() as first, scratch.temporary_folder() as second:
            assert first != second
            assert first.parent == second.parent
        assert list(temporary.iterdir()) == [first.parent]
    assert list(temporary.iterdir()) == []


def test_nothing_is_made_where_nothing_is_needed(temporary: Path) -> None:
    with scratch.scratch():
        assert list(temporary.iterdir()) == []


def test_what_a_killed_process_has_left_is_swept_by_the_next(temporary: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-P", "-c", _KILLED], env={"TMPDIR": str(temporary)}, check=False
    )
    assert killed.returncode == -9
    assert len(list(temporary.iterdir())) == 1
    others = temporary / "mvenv-mine"
    others.mkdir()
    with scratch.scratch(), scratch.temporary_folder() as folder:
        assert sorted(temporary.iterdir()) == sorted([folder.parent, others])


def test_what_a_running_process_uses_is_not(temporary: Path) -> None:
    with scratch.scratch(), scratch.temporary_folder() as folder:
        another = "from orchestrator.system import scratch; scratch.sweep()"
        subprocess.run([sys.executable, "-P", "-c", another], env={"TMPDIR": str(temporary)}, check=True)
        assert folder.is_dir()
