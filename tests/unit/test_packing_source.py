"""Which files of a folder are the application's."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from orchestrator.packing import source
from orchestrator.packing.model import Contents, File, Link

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with all that is not to be packed, in no repository."""
    root = tmp_path / "project"
    for name in (
        "pyproject.toml",
        "app.py",
        "package/data.txt",
        "package/__pycache__/app.cpython-311.pyc",
        ".venv/bin/python",
        ".venv-1a2b3c4d-99/bin/python",
        "py_modules/low-1a2b3c4d/pyvenv.cfg",
        "dist/project-1.0.tar.gz",
        "other/pyvenv.cfg",
        "other/lib/module.py",
        ".hg/store",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (root / "run").write_text("#!/bin/sh\n")
    (root / "run").chmod(0o700)
    cache = root / ".lint_cache"
    cache.mkdir()
    (cache / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")
    (root / "inner").symlink_to("package/data.txt")
    (root / "package/up").symlink_to("../app.py")
    (root / "outer").symlink_to("../elsewhere")
    (root / "absolute").symlink_to("/etc/hostname")
    os.mkfifo(root / "pipe")
    return root


def contents(root: Path, *also: str) -> Contents:
    return source.contents(root, lambda path: path.name == "project-1.0.tar.gz", also)


def names(found: Contents) -> list[str]:
    return [entry.name for entry in found.entries]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def test_without_git(project: Path) -> None:
    found = contents(project)
    assert names(found) == ["app.py", "inner", "package/data.txt", "package/up", "pyproject.toml", "run"]
    assert {each.path: each.reason for each in found.left_out} == {
        ".hg/": source.HISTORY,
        ".lint_cache/": source.LEAVINGS,
        "absolute": source.ABSENT,
        "dist/project-1.0.tar.gz": source.ARCHIVE,
        "other/": source.ENVIRONMENT,
        "outer": source.ABSENT,
        "package/__pycache__/": source.LEAVINGS,
        "pipe": source.SPECIAL,
    }
    by_name = {entry.name: entry for entry in found.entries}
    assert by_name["run"] == File("run", project / "run", True)
    assert by_name["app.py"] == File("app.py", project / "app.py")
    assert by_name["package/up"] == Link("package/up", "../app.py")


def test_with_git(project: Path) -> None:
    """Files that are tracked, and new ones that are not ignored; one that was deleted is not missed."""
    git(project, "init", "-q")
    (project / ".gitignore").write_text(
        "*.log\n.venv*\npy_modules\ndist\nother\n__pycache__\n.*_cache\n.hg\n"
    )
    (project / "gone.py").write_text("")
    git(project, "add", "pyproject.toml", "gone.py")
    (project / "gone.py").unlink()
    (project / "a.log").write_text("")
    found = contents(project)
    expected = [".gitignore", "app.py", "inner", "package/data.txt", "package/up", "pyproject.toml", "run"]
    assert names(found) == expected
    told = {each.path: each.reason for each in found.left_out}
    assert told[".git/"] == source.HISTORY
    assert told["a.log"] == told["dist/"] == source.IGNORED
    assert ".venv/" not in told


def test_a_folder_that_its_repository_ignores(project: Path) -> None:
    git(project.parent, "init", "-q")
    (project.parent / ".gitignore").write_text("project\n")
    assert "app.py" in names(contents(project))


def test_what_is_needed_comes_along_all_the_same(project: Path) -> None:
    git(project, "init", "-q")
    (project / ".gitignore").write_text("*\n!.gitignore\n!pyproject.toml\n")
    (project / "custom_dependencies_versions.json").write_text("{}")
    found = contents(project, "package")
    assert names(found) == [
        ".gitignore",
        "custom_dependencies_versions.json",
        "package/data.txt",
        "package/up",
        "pyproject.toml",
    ]


def test_the_project_itself_is_no_further_folder(project: Path) -> None:
    """An editable install of a project whose package lies beside its pyproject.toml adds the whole folder."""
    (project / ".mvenv-build.lock").touch()
    (project / "package/.mvenv-build.lock").touch()
    assert names(contents(project, ".")) == names(contents(project))
    assert not [name for name in names(contents(project, ".")) if name.endswith(".mvenv-build.lock")]
