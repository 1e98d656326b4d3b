"""A slice of `scripts/faults`: commands are ended around the commit of their build."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "faults"


def tried(*arguments: str) -> None:
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split("|")[1:6] for line in done.stdout.splitlines() if line.startswith("| `")]
    assert rows
    assert all(int(wrong) == 0 < int(number) for *_, number, wrong in rows), done.stdout


def test_killed_and_interrupted_around_the_commit() -> None:
    tried("--commit", "--limit", "3", "--signals", "SIGKILL,SIGINT", "add")


@pytest.mark.slow
def test_every_command_and_signal() -> None:
    tried("--every", "500", "--limit", "4")
