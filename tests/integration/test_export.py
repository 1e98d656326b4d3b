"""Each group of a lock as a standard lock file that other tools read."""

from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
import uv

from tests.integration.workshop import CONFLICT, copy, publish_conflict, tree

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """A project with a lock, and nothing installed."""
    index, project = workshop.new("conflict")
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.mvenv("lock")
    return project


@pytest.fixture
def locked(conflict: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of it."""
    return copy(conflict, tmp_path / "locked")


def standard() -> ModuleType:
    """The reader of the standard's authors; mvenv itself does without it."""
    module: ModuleType = pytest.importorskip("packaging.pylock", reason="needs packaging 26 to compare with")
    return module


def read_back(path: Path) -> dict[str, str | None]:
    """Name → version, by the reader of the standard's authors, which validates."""
    lock = standard().Pylock.from_dict(tomllib.loads(path.read_text("utf-8")))
    lock.validate()
    return {package.name: str(package.version) if package.version else None for package in lock.packages}


def installed_by_uv(lock: Path, project: ProjectFolder, venv: Path) -> list[str]:
    """What another tool makes of it, in an environment without mvenv."""

    def run(*arguments: str) -> str:
        return subprocess.run(
            [uv.find_uv_bin(), *arguments],
            cwd=venv.parent,
            env=dict(project.environment),
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    run("venv", "-q", str(venv))
    run("pip", "sync", "--preview-features", "pylock", "--python", str(venv / "bin/python"), str(lock))
    return run("pip", "freeze", "--python", str(venv / "bin/python")).splitlines()


def test_a_file_for_each_group(locked: ProjectFolder, tmp_path: Path) -> None:
    outcome = locked.mvenv("export")
    files = [locked.root / "pylock.dep-a.toml", locked.root / "pylock.dep-b.toml"]
    assert outcome.out == "".join(f"{file}\n" for file in files)
    assert outcome.err == ""
    assert all(standard().is_valid_pylock_path(file) for file in files)
    assert [read_back(file) for file in files] == [
        {"dep-a": "1.0", "low": "1.0", "plain": "1.0", "top": "1.0"},
        {"dep-b": "1.0", "low": "2.0", "plain": "1.0"},
    ]
    assert installed_by_uv(files[1], locked, tmp_path / "venv") == ["dep-b==1.0", "low==2.0", "plain==1.0"]
    first = [file.read_bytes() for file in files]
    locked.mvenv("export")
    assert [file.read_bytes() for file in files] == first


def test_one_group_elsewhere(locked: ProjectFolder) -> None:
    outcome = locked.mvenv("export", "-o", "locks/all", "--group-name", "dep-b")
    assert outcome.out == f"{locked.root / 'locks/all/pylock.dep-b.toml'}\n"
    assert [path.name for path in (locked.root / "locks/all").iterdir()] == ["pylock.dep-b.toml"]


def test_a_project_without_conflict(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(["dep-a"])
    project.mvenv("lock")
    assert project.mvenv("export").out == f"{project.root / 'pylock.toml'}\n"
    assert read_back(project.root / "pylock.toml") == {"dep-a": "1.0", "low": "1.0", "plain": "1.0"}


def test_a_local_project(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    publish_conflict(index)
    project.write(
        "lib/pyproject.toml", '[project]\nname = "lib"\nversion = "1.0"\ndependencies = ["plain"]\n'
    )
    project.pyproject(["lib"], "[tool.uv.sources]\nlib = {path = 'lib', editable = true}\n")
    project.mvenv("lock")
    project.mvenv("export")
    text = (project.root / "pylock.toml").read_text("utf-8")
    assert read_back(project.root / "pylock.toml").keys() == {"lib", "plain"}
    [directory] = [
        package["directory"] for package in tomllib.loads(text)["packages"] if "directory" in package
    ]
    assert directory == {"path": "lib", "editable": True}


def test_what_cannot_be_exported(locked: ProjectFolder) -> None:
    before = tree(locked.root)
    unknown = locked.mvenv("export", "--group-name", "dep-c", check=False)
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err.startswith(
        "error: there is no group `dep-c`\n  cause: `mvenv.lock` has dep-a, dep-b\n"
    )
    assert tree(locked.root) == before
    locked.pyproject(("dep-a",))
    outdated = locked.mvenv("export", check=False)
    assert (outdated.code, outdated.out) == (1, "")
    assert outdated.err.startswith("error: `mvenv.lock` is not what the project asks for\n")
    (locked.root / "mvenv.lock").unlink()
    missing = locked.mvenv("export", check=False)
    assert missing.err.startswith("error: there is no `mvenv.lock`\n")
    assert not list(locked.root.glob("pylock*"))
