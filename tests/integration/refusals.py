"""Builds that must fail: in the one form of an error, and without a trace."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.integration.workshop import APP_PRINTS, tree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder


def refuse(project: ProjectFolder, *, env: Mapping[str, str] | None = None) -> str:
    """Run a build that must fail, and change nothing, and leave what was built running; return what it said."""
    before = tree(project.root)
    was_built = os.path.lexists(project.root / ".venv/mvenv.json")
    outcome = project.mvenv("build", check=False, env=env)
    assert_refused(outcome)
    assert tree(project.root) == before
    if was_built:
        assert project.python("app.py").out == APP_PRINTS
    return outcome.err.replace(str(project.root), "[ROOT]")


def assert_refused(outcome: Outcome) -> None:
    """The form of an error: see `orchestrator.errors`."""
    assert outcome.code == 1, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    lines = outcome.err.splitlines()
    assert lines[0].startswith("error: "), outcome
    assert not lines[0].endswith("."), outcome
    assert len([line for line in lines if line.startswith("error: ")]) == 1, outcome
    assert all(re.match(r"error: |  cause: |hint: |$", line) for line in lines), outcome
