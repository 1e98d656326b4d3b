"""What is saved while a build runs is not taken for what was built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uv import find_uv_bin

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

# Stands for `uv`, and edits the project when it is asked for the Python: the file has been read by then.
EDITING = """#!/bin/sh
case "$*" in *"python find"*) [ -e {done} ] || {{ touch {done}; sed -i s/plain/other/ {file}; }} ;; esac
exec {uv} "$@"
"""


def test_pyproject(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    for name in ("plain", "other"):
        index.add(name, "1.0", files={f"{name}.py": ""})
    project.pyproject(["plain"])
    program = tmp_path / "editing/uv"
    program.parent.mkdir()
    program.write_text(
        EDITING.format(done=tmp_path / "done", file=project.root / "pyproject.toml", uv=find_uv_bin())
    )
    program.chmod(0o755)
    project.mvenv("build", env={"PYTHONPATH": str(_finding(tmp_path, program))})
    assert "other" in (project.root / "pyproject.toml").read_text("utf-8")
    assert "plain" in project.mvenv("list").out
    project.mvenv("build")
    assert "other" in project.mvenv("list").out


def _finding(folder: Path, program: Path) -> Path:
    """Return a folder whose sitecustomize has mvenv find another uv."""
    place = folder / "site"
    place.mkdir()
    (place / "sitecustomize.py").write_text(f"import uv\nuv.find_uv_bin = lambda: {str(program)!r}\n")
    return place
