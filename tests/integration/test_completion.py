"""What a shell is told while somebody types, and other names of commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder


def typed(project: ProjectFolder, *words: str) -> list[str]:
    """Return what may follow, as bash is told."""
    asking = {
        "_MVENV_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(words),
        "COMP_CWORD": str(len(words) - 1),
    }
    return [line.partition(",")[2] for line in project.mvenv(env=asking).out.split()]


def test_commands_options_and_names(conflict: ProjectFolder) -> None:
    assert typed(conflict, "mvenv", "bu") == ["build"]
    assert "--upgrade-package" in typed(conflict, "mvenv", "build", "--up")
    assert typed(conflict, "mvenv", "why", "lo") == ["low"]
    assert typed(conflict, "mvenv", "remove", "dep-") == ["dep-a", "dep-b"]
    assert typed(conflict, "mvenv", "build", "--upgrade-package", "pl") == ["plain"]


def test_groups_and_extras(project: ProjectFolder) -> None:
    """As they are written, built or not."""
    project.pyproject((), "optional-dependencies.fast = []\n[dependency-groups]\nDev = []\ndocs = []\n")
    assert typed(project, "mvenv", "build", "--no-group", "d") == ["docs"]
    assert typed(project, "mvenv", "add", "x", "--extra", "") == ["fast"]
    (project.root / "pyproject.toml").write_text("dependency-groups = 1\n")
    assert typed(project, "mvenv", "run", "--group", "") == []


def test_nobody_is_told_without_a_build(project: ProjectFolder) -> None:
    """Nor is there an error in the middle of the line."""
    assert typed(project, "mvenv", "why", "lo") == []
    (project.root / "pyproject.toml").write_text("[project\n")
    assert typed(project, "mvenv", "why", "lo") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_scripts(shell: str, project: ProjectFolder) -> None:
    script = project.mvenv("completion", shell).out
    assert "mvenv" in script and "_MVENV_COMPLETE" in script
    program = shutil.which(shell)
    if shell != "powershell" and program is not None:
        read = subprocess.run([program, "-n"], input=script, capture_output=True, text=True, check=False)
        assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes(conflict: ProjectFolder) -> None:
    """The function that the script defines, called as bash calls it."""
    script = conflict.mvenv("completion", "bash").out
    asks = 'COMP_WORDS=(mvenv wh); COMP_CWORD=1; _mvenv_completion mvenv; echo "${COMPREPLY[@]}"'
    path = f"{Path(sys.executable).parent}{os.pathsep}{conflict.environment['PATH']}"
    ended = subprocess.run(
        ["bash", "-c", f"{script}\n{asks}"],
        env={**conflict.environment, "PATH": path},
        cwd=conflict.root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == "why\n"


@pytest.mark.parametrize("synonym", ["sync", "install"])
def test_synonyms_of_build(synonym: str, conflict: ProjectFolder) -> None:
    assert conflict.mvenv(synonym).err == conflict.mvenv("build").err
    assert conflict.mvenv(synonym, "--dry-run").err == conflict.mvenv("build", "--dry-run").err
    assert typed(conflict, "mvenv", synonym[:3]) == []  # build is what the help shows


def test_python(conflict: ProjectFolder) -> None:
    assert conflict.mvenv("python", "-c", "import sys; print(sys.argv)", "a").out == "['-c', 'a']\n"
    assert conflict.mvenv("python", "--help").out.startswith("Usage: mvenv python")


def test_the_cache_is_uvs(project: ProjectFolder) -> None:
    assert project.mvenv("cache", "dir").out == f"{project.environment['UV_CACHE_DIR']}\n"
    assert project.mvenv("cache", "clean", "nothing-of-that-name").code == 0
    outcome = project.mvenv("cache", check=False)
    assert outcome.code == 2
    assert outcome.err.startswith("Usage: mvenv cache ")
