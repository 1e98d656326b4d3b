"""What is saved while a build runs is not taken for what was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from uv import find_uv_bin

from tests.integration.local_projects import write_local_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

# Stands for `uv`, and edits a file before what it is asked for, or after it.
EDITING = """#!/bin/sh
edit() {{ case "$*" in *"{question}"*) [ -e {done} ] || {{ touch {done}; sed -i s/plain/other/ {file}; }} ;; esac; }}
[ {moment} = after ] || edit "$@"
{uv} "$@" || exit $?
[ {moment} = before ] || edit "$@"
"""


def test_pyproject(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    for name in ("plain", "other"):
        index.add(name, "1.0", files={f"{name}.py": ""})
    project.pyproject(["plain"])
    # The file has been read by then.
    project.mvenv("build", env=_edits(tmp_path, project.root / "pyproject.toml", "before", "python find"))
    assert "other" in (project.root / "pyproject.toml").read_text("utf-8")
    assert "plain" in project.mvenv("list").out
    project.mvenv("build")
    assert "other" in project.mvenv("list").out


@pytest.mark.parametrize("transitive", [False, True])
def test_a_local_project_that_is_named_by_its_url(
    transitive: bool, project: ProjectFolder, index: Index, tmp_path: Path
) -> None:
    module = write_local_project(tmp_path / "near", "near", "near", "word = 'plain'\n")
    required = f"near @ {(tmp_path / 'near').as_uri()}"
    if transitive:
        write_local_project(tmp_path / "between", "between", "between", "", requires=[required])
        required = f"between @ {(tmp_path / 'between').as_uri()}"
    project.pyproject([required])
    project.mvenv("build", env=_edits(tmp_path, module, "after", "pip install"))
    assert module.read_text("utf-8") == "word = 'other'\n"
    show = ("-c", "import near; print(near.word)")
    assert project.python(*show).out == "plain\n"
    assert project.mvenv("run", "python", *show).out == "other\n"


def _edits(folder: Path, file: Path, moment: str, question: str) -> dict[str, str]:
    """Return variables with which mvenv finds a uv that edits *file* the first time that it is asked *question*."""
    program = folder / "editing/uv"
    program.parent.mkdir()
    done = folder / "done"
    program.write_text(
        EDITING.format(done=done, file=file, moment=moment, question=question, uv=find_uv_bin())
    )
    program.chmod(0o755)
    return {"PYTHONPATH": str(_finding(folder, program))}


def _finding(folder: Path, program: Path) -> Path:
    """Return a folder whose sitecustomize has mvenv find another uv."""
    place = folder / "site"
    place.mkdir()
    (place / "sitecustomize.py").write_text(f"import uv\nuv.find_uv_bin = lambda: {str(program)!r}\n")
    return place
