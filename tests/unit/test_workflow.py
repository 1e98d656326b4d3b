"""The workflow runs what the README tells to run, on every Python that is supported."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.interpreters import SUPPORTED

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / ".github" / "workflows" / "checks.yml").read_text("utf-8")


def test_every_supported_python() -> None:
    (row,) = re.findall(r"^ +python: \[(.+)\]$", TEXT, re.MULTILINE)
    assert {version.rstrip("t") for version in re.findall(r'"(.+?)"', row)} == {
        version.rstrip("t") for version in SUPPORTED
    }


def test_what_is_run_is_there() -> None:
    commands = re.findall(r"- run: (.+)$", TEXT, re.MULTILINE)
    assert set(commands) == {"scripts/lint", "scripts/docs", "scripts/test"}
    assert all((REPOSITORY / command).is_file() for command in commands)


def test_actions_are_pinned() -> None:
    """A tag can be moved to other code; a commit cannot."""
    used = re.findall(r"uses: (.+)$", TEXT, re.MULTILINE)
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used)
