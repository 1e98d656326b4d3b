"""Options that any command takes, before and behind its name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder


def elsewhere(project: ProjectFolder, folder: Path, *arguments: str) -> Outcome:
    """Run mvenv from another folder."""
    from tests.support.process import run

    command = (sys.executable, "-P", "-m", "orchestrator", *arguments)
    return run(command, cwd=folder, env=project.environment)


def test_another_project(conflict: ProjectFolder, tmp_path: Path) -> None:
    """A program runs where the person is with `--project`, and in the other folder with `--directory`."""
    where = str(conflict.root)
    for arguments in (("--project", where, "list"), ("list", f"--project={where}"), ("-C", where, "list")):
        assert elsewhere(conflict, tmp_path, *arguments).out == conflict.mvenv("list").out
    program = ("run", "python", "-c", "import os, dep_a; print(os.getcwd())", "--project", "its own")
    assert elsewhere(conflict, tmp_path, "--project", where, *program).out == f"{tmp_path}\n"
    assert elsewhere(conflict, tmp_path, "--directory", where, *program).out == f"{conflict.root}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--project", "nowhere", "list"), "Invalid value for '--project': 'nowhere' is no folder"),
        (("list", "--directory"), "Option '--directory' requires an argument"),
        (
            ("--color", "pink", "list"),
            "Invalid value for '--color': 'pink' is not one of 'auto', 'always', 'never'",
        ),
    ],
)
def test_wrong_values(arguments: tuple[str, ...], message: str, project: ProjectFolder) -> None:
    outcome = project.mvenv(*arguments, check=False)
    assert (outcome.code, outcome.err.splitlines()[0]) == (2, f"error: {message}")


def test_how_much_is_said(conflict: ProjectFolder) -> None:
    assert conflict.mvenv("build").err.startswith("Up to date: ")
    for quiet in (("-q", "build"), ("build", "-q"), ("build", "-qq"), ("--quiet", "build", "--quiet")):
        assert conflict.mvenv(*quiet).err == ""
    assert conflict.mvenv("why", "nothing", "-qq", check=False).err.startswith("error: ")
    told = conflict.mvenv("-v", "outdated").err
    assert told.startswith("uv pip list --outdated ") and ": exit code 0, " in told


def test_quiet_readers_have_no_notes(built: ProjectFolder) -> None:
    with (built.root / "pyproject.toml").open("a") as file:
        file.write("# edited\n")
    for reader in (("graph",), ("list",), ("why", "low")):
        assert built.mvenv(*reader).err.startswith("note: the project has changed")
        assert built.mvenv("-q", *reader).err == ""


def test_colours(project: ProjectFolder) -> None:
    """As the option says, else the environment; an error is red."""
    red = "\x1b[1;31merror\x1b[0m:"

    def said(*arguments: str, **variables: str) -> str:
        return project.mvenv(*arguments, "list", env=variables, check=False).err

    assert said("--color", "always").startswith(red)
    assert said("--color", "always", NO_COLOR="1").startswith(red)
    assert said(FORCE_COLOR="1", NO_COLOR="").startswith(red)
    for plain in (said(), said("--color", "never", FORCE_COLOR="1"), said(FORCE_COLOR="1", NO_COLOR="1")):
        assert plain.startswith("error:")
