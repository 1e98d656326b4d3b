"""What is only locked can be looked at: `graph`, `why`, `tree` and `list` before anything is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import CONFLICT, publish_conflict

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

NOTE = "note: nothing is built yet: this is what mvenv.lock says"


@pytest.fixture
def locked(project: ProjectFolder, index: Index) -> ProjectFolder:
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.mvenv("lock")
    return project


def test_it_is_what_a_build_from_it_will_be(locked: ProjectFolder) -> None:
    commands = [("graph", "--format", "json"), ("graph",), ("tree",), ("list",), ("why", "low")]
    before = [locked.mvenv(*command) for command in commands]
    assert [outcome.err for outcome in before] == [f"{NOTE}\n"] * len(commands)
    assert not (locked.root / ".venv").exists()
    assert not (locked.root / "py_modules").exists()
    locked.mvenv("build", "--locked")
    after = [locked.mvenv(*command) for command in commands]
    assert [outcome.out for outcome in after] == [outcome.out for outcome in before]
    assert not any(outcome.err for outcome in after)


def test_a_lock_that_is_out_of_date(locked: ProjectFolder) -> None:
    locked.mvenv("add", "--no-build", "plain>=1")
    told = locked.mvenv("list")
    assert told.err.startswith(f"{NOTE}; it is out of date: ")
    assert "low" in told.out


def test_neither_built_nor_locked(project: ProjectFolder) -> None:
    project.pyproject([])
    refused = project.mvenv("list", check=False)
    assert refused.code == 1
    assert "the project has not been built yet" in refused.err


def test_what_needs_what_is_installed(locked: ProjectFolder) -> None:
    for command in ("outdated", "doctor"):
        assert "has not been built yet" in locked.mvenv(command, check=False).err
