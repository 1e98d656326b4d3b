"""The workflow of `docs/how-to/ci.md`: its steps are run, job by job, each in a fresh checkout with the kept folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import publish_conflict
from tests.support.http_index import served

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

PAGE = (Path(__file__).parents[2] / "docs/how-to/ci.md").read_text("utf-8")
INSTALLED = "uv tool install mvenv"
"""What a runner does and a test has done."""


def jobs() -> dict[str, list[str]]:
    """Return job → the commands of its steps."""
    match = re.search(r"^<!-- workflow -->\n```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert match is not None
    _, *parts = re.split(r"^  (\w+):$", match[1].partition("\njobs:\n")[2], flags=re.MULTILINE)
    return {
        name: re.findall(r"^      - run: (.+)$", steps, re.MULTILINE)
        for name, steps in zip(parts[::2], parts[1::2], strict=True)
    }


def test_every_step_is_seen() -> None:
    workflow = PAGE.partition("<!-- workflow -->")[2].partition("\n```\n")[0]
    assert sum(map(len, jobs().values())) == workflow.count("- run:") == 7
    assert all(commands[0] == INSTALLED for commands in jobs().values())


class Runner:
    """A machine that has a checkout at one place, and keeps one folder."""

    def __init__(self, folder: Path, project: ProjectFolder) -> None:
        self._repository, self._kept = project.root, folder / "kept.tar"
        self.checkout, self._caches = folder / "runner/work", folder / "runner/caches"
        commands = folder / "commands"
        commands.mkdir()
        (commands / "mvenv").write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m orchestrator "$@"\n')
        (commands / "mvenv").chmod(0o755)
        self._environment = {
            **project.environment,
            "UV_CACHE_DIR": str(self._caches / "uv"),
            "MVENV_ENVIRONMENT_CACHE": "",
            "PATH": os.pathsep.join([str(commands), os.environ["PATH"]]),
        }

    def job(self, name: str, **variables: str) -> dict[str, subprocess.CompletedProcess[str]]:
        """Run the steps of a job on what is kept, and keep what is there then."""
        shutil.rmtree(self.checkout.parent, ignore_errors=True)
        shutil.copytree(self._repository, self.checkout, copy_function=shutil.copy)
        if self._kept.exists():
            subprocess.run(["tar", "-xf", self._kept, "-C", self.checkout.parent], check=True)
        done = {command: self._step(command, variables) for command in jobs()[name] if command != INSTALLED}
        subprocess.run(["tar", "-cf", self._kept, "-C", self.checkout.parent, "caches"], check=True)
        return done

    def _step(self, command: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=self.checkout,
            env={**self._environment, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done


@pytest.mark.skipif(sys.platform == "win32", reason="the workflow is for Linux")
def test_the_workflow(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    publish_conflict(index)
    index.add(
        "pytest",
        "9.0",
        files={"pytest.py": "def main(): print('passed')\n"},
        entry_points={"pytest": "pytest:main"},
    )
    write_local_project(project.root / "own", "own", "own", "import low\n", requires=["low<2"])
    project.write("shop.py", "import dep_a, dep_b, own\nprint(dep_a.low_version, own.low.__version__)\n")
    project.pyproject(
        ["dep-a", "dep-b", "own"],
        '[dependency-groups]\ndev = ["pytest"]\n[tool.uv.sources]\nown = { path = "own" }\n',
    )
    nothing = dict.fromkeys(("UV_FIND_LINKS", "UV_NO_INDEX", "UV_INDEX_URL"), "")
    with served(tmp_path, index) as url:
        network = {**nothing, "UV_DEFAULT_INDEX": url}
        project.mvenv("lock", env=network)
        runner = Runner(tmp_path, project)
        done = runner.job("test", **network)
    assert done["mvenv run pytest"].stdout == "passed\n"
    graph = json.loads((runner.checkout / "build.json").read_text("utf-8"))
    assert [environment["requirements"] for environment in graph["environments"]]
    # Nobody answers there any more.
    done = runner.job("deploy", **network)
    assert done["mvenv run --no-build python -m shop"].stdout == "1.0 1.0\n"
    assert runner.job("test", **network, UV_OFFLINE="1")["mvenv run pytest"].stdout == "passed\n"
