"""`mvenv clean` removes what builds have made, and nothing else."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from tests.integration.workshop import copy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


def test_everything_goes_and_comes_again(conflict: ProjectFolder, tmp_path: Path) -> None:
    """The lock stays, so the next build chooses the same; what a killed build has left goes, too."""
    project = copy(conflict, tmp_path / "project")
    before = project.mvenv("list").out
    (project.root / ".venv-0123abcd-99999999").mkdir()
    written = {path.name for path in conflict.root.iterdir()} - {".venv", "py_modules"}
    assert project.mvenv("clean").err == "Removed .venv and py_modules\n"
    assert {path.name for path in project.root.iterdir()} == written
    assert project.mvenv("clean").err == "There was nothing to remove\n"
    assert project.mvenv("run", "--no-build", "python", check=False).code == 1
    project.mvenv("build")
    assert project.mvenv("list").out == before


def test_what_is_not_mvenvs_stays(project: ProjectFolder) -> None:
    project.pyproject([])
    (project.root / ".venv").mkdir()
    (project.root / ".venv/mine").touch()
    outcome = project.mvenv("clean", check=False)
    assert outcome.code == 1
    assert outcome.err.startswith("error: `.venv` is an environment that mvenv did not make")
    assert (project.root / ".venv/mine").exists()


def test_a_running_program_keeps_its_environments(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    code = "import dep_a; print('ready', flush=True); input(); import dep_b; print(dep_b.__name__)"
    with subprocess.Popen(
        [project.root / ".venv/bin/python", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=project.root,
    ) as program:
        assert program.stdout is not None and program.stdout.readline() == "ready\n"
        said = project.mvenv("clean").err
        assert said.startswith("Removed .venv and py_modules\n  .venv-old-")
        assert "programs run from it" in said
        assert program.communicate("\n")[0] == "dep_b\n"
    project.mvenv("clean")
    assert not list(project.root.glob(".venv*")) and not (project.root / "py_modules").exists()
