"""tox, nox and pre-commit: what they start calls `mvenv run`, and is the project's in their own environments, too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

CHECK = """
    import sys
    import dep_a, dep_b, lib

    print("each side:", lib.VERSION, dep_a.version(), dep_b.version(), *sys.argv[1:])
"""
RIGHT = "each side: 1 1 2"


@pytest.fixture
def project(tool_project: ToolProject) -> ProjectFolder:
    project = tool_project("tox", "nox", "pre-commit")
    project.write("check.py", CHECK)
    return project


def ran(project: ProjectFolder, *command: str) -> str:
    """Run a command of the project with `mvenv` on PATH, and return what it says."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{project.environment['PATH']}"
    home = project.root / "home"  # pre-commit, virtualenv and tox keep things there
    home.mkdir(exist_ok=True)
    variables = {"PATH": path, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "pre-commit")}
    outcome = project.mvenv("run", *command, env=variables, check=False)
    assert outcome.code == 0, outcome.out + outcome.err
    return outcome.out + outcome.err


@pytest.mark.tool("tox", how="`allowlist_externals = mvenv`, `commands = mvenv run …`, `skip_install = true`")
def test_tox(project: ProjectFolder) -> None:
    project.write(
        "tox.ini",
        """
        [tox]
        env_list = one, two
        no_package = true

        [testenv]
        skip_install = true
        allowlist_externals = mvenv
        commands =
            mvenv run --no-build python check.py {env_name}
            mvenv run --no-build check.py {env_name}
        """,
    )
    said = ran(project, "tox", "run")
    for name in ("one", "two"):
        assert said.count(f"{RIGHT} {name}\n") == 2, said
    assert "warning: `" not in said


@pytest.mark.tool("nox", how='`session.run("mvenv", "run", …, external=True)`')
def test_nox(project: ProjectFolder) -> None:
    """In sessions with an environment of their own, and in ones without."""
    project.write(
        "noxfile.py",
        """
        import nox

        @nox.session
        def own(session):
            session.run("mvenv", "run", "--no-build", "python", "check.py", "own", external=True)

        @nox.session(venv_backend="none")
        def none(session):
            session.run("mvenv", "run", "--no-build", "check.py", "none", external=True)
        """,
    )
    said = ran(project, "nox", "--default-venv-backend", "virtualenv")
    assert f"{RIGHT} own\n" in said
    assert f"{RIGHT} none\n" in said


@pytest.mark.tool("pre-commit", how="a local hook of `language: system` with `entry: mvenv run …`")
def test_pre_commit(project: ProjectFolder) -> None:
    """On demand, and when something is committed; neither `.venv` nor `py_modules` is in the repository."""
    project.write(
        ".pre-commit-config.yaml",
        """
        repos:
          - repo: local
            hooks:
              - id: check
                name: check
                entry: mvenv run --no-build python check.py
                language: system
                files: '[.]py$'
                verbose: true
        """,
    )
    git = ["git", "-c", "user.name=somebody", "-c", "user.email=somebody@example.org"]

    def ran_git(*arguments: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{project.environment['PATH']}"
        environment = {
            **project.environment,
            "PATH": path,
            "PRE_COMMIT_HOME": str(project.root / "home/pre-commit"),
        }
        command = [*git, *arguments]
        done = subprocess.run(
            command,
            cwd=project.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    ran_git("init", "--quiet", ".")
    ran_git("add", "check.py", "pyproject.toml", ".pre-commit-config.yaml")
    assert f"{RIGHT} check.py\n" in ran(project, "pre-commit", "run", "--all-files")
    ran(project, "pre-commit", "install")
    assert f"{RIGHT} check.py\n" in ran_git("commit", "--message", "first")
    assert "py_modules" not in ran_git("status", "--porcelain", "--untracked-files=all")
