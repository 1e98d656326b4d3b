"""The commands that change pyproject.toml: `mvenv add`, `remove`, `isolate` and `alias`."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.refusals import assert_refused
from tests.integration.workshop import publish_conflict
from tests.support.process import as_in_a_terminal

if TYPE_CHECKING:
    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

TEXT = """\
[project]
name = "my-app"
version = "1.0"
requires-python = ">=3.11"
dependencies = [
  # everybody's
  "plain", # one version
]

# settings of another tool
[tool.other]
x = 1
"""


@pytest.fixture
def written(project: ProjectFolder, index: Index) -> ProjectFolder:
    """A project that has not been built, and the wheels of `publish_conflict`."""
    publish_conflict(index)
    project.write("pyproject.toml", TEXT)
    return project


def text(project: ProjectFolder) -> str:
    return (project.root / "pyproject.toml").read_text("utf-8")


def data(project: ProjectFolder) -> Any:
    return tomllib.loads(text(project))


def groups(project: ProjectFolder) -> Any:
    return json.loads(project.mvenv("graph", "--format", "json").out)["groups"]


def refused(project: ProjectFolder, *arguments: str) -> Outcome:
    """Run a command that must fail and leave pyproject.toml as it is."""
    before = text(project)
    outcome = project.mvenv(*arguments, check=False)
    assert_refused(outcome)
    assert text(project) == before
    return outcome


def test_add_and_remove_build(written: ProjectFolder) -> None:
    outcome = written.mvenv("add", "dep-a", "dep-b>=1")
    assert outcome.out == ""
    assert outcome.err.startswith(
        "Added `dep-a>=1.0` to project.dependencies\nAdded `dep-b>=1` to project.dependencies\nBuilt "
    )
    assert text(written) == TEXT.replace("# one version\n", '# one version\n  "dep-a>=1.0",\n  "dep-b>=1",\n')
    assert written.mvenv("build").err.startswith("Up to date")
    assert len(groups(written)) == 2
    code = "import dep_a, dep_b; print(dep_a.low_version, dep_b.low_version)"
    assert written.python("-c", code).out == "1.0 2.0\n"

    outcome = written.mvenv("remove", "dep_a")
    assert outcome.err.startswith("Removed `dep-a>=1.0` from project.dependencies\nBuilt ")
    assert text(written) == TEXT.replace("# one version\n", '# one version\n  "dep-b>=1",\n')
    assert len(groups(written)) == 1


def test_a_build_that_fails_takes_it_back(written: ProjectFolder) -> None:
    written.mvenv("build")
    outcome = refused(written, "add", "dep-a", "ghost>=7")
    assert "`ghost>=7`" in outcome.err
    assert outcome.err.endswith("hint: pyproject.toml is as it was\n")
    assert written.mvenv("build").err.startswith("Up to date")


def test_a_build_that_is_interrupted_changes_nothing(written: ProjectFolder) -> None:
    """Control-C while uv builds a wheel that takes its time."""
    written.write(
        "wait/pyproject.toml", '[build-system]\nrequires = []\nbuild-backend = "slow"\nbackend-path = ["."]\n'
    )
    written.write(
        "wait/slow.py",
        """
        import os, pathlib, time
        parent = os.getppid()
        pathlib.Path("started").touch()
        while os.getppid() == parent:
            time.sleep(0.1)
        """,
    )
    command = (
        sys.executable,
        "-P",
        "-m",
        "orchestrator",
        "add",
        f"wait @ {(written.root / 'wait').as_uri()}",
    )
    process = subprocess.Popen(
        command,
        cwd=written.root,
        env=dict(written.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=as_in_a_terminal,
    )
    end = time.monotonic() + 60
    while not (written.root / "wait/started").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)
    assert (
        text(written) == TEXT
    )  # it is written with the build, and a process that is killed takes nothing back
    process.send_signal(2)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert text(written) == TEXT
    assert out == ""
    assert err == "Ended by SIGINT: what was there before is as it was\n"


def test_without_a_build(written: ProjectFolder) -> None:
    outcome = written.mvenv("add", "ghost", "--no-build")
    assert (outcome.out, outcome.err) == ("", "Added `ghost` to project.dependencies\n")
    assert not (written.root / ".venv").exists()


def test_who_else_needs_it(written: ProjectFolder) -> None:
    """From the lock, before something is added and after something is removed; other lists are told, too."""
    written.mvenv("add", "--no-build", "dep-a")
    written.mvenv("lock")
    added = written.mvenv("add", "--no-build", "low").err
    assert added == "`low` is there already: dep-a 1.0 needs it\nAdded `low` to project.dependencies\n"
    written.mvenv("add", "--no-build", "--group", "dev", "low")
    removed = written.mvenv("remove", "--no-build", "low").err
    assert removed.splitlines() == [
        "Removed `low` from project.dependencies",
        "`low` is required in dependency-groups.dev as well",
        "`low` stays in the lock: dep-a 1.0 needs it",
    ]


def test_groups_and_extras(written: ProjectFolder) -> None:
    written.mvenv("add", "dep-a", "--group", "dev", "--no-build")
    written.mvenv("add", "dep-b", "--extra", "ui", "--no-build")
    assert data(written)["dependency-groups"] == {"dev": ["dep-a"]}
    assert data(written)["project"]["optional-dependencies"] == {"ui": ["dep-b"]}
    outcome = refused(written, "remove", "dep-a", "--no-build")
    assert "hint: it is in dependency-groups.dev: `mvenv remove dep-a --group dev`\n" in outcome.err
    written.mvenv("remove", "dep-a", "--group", "dev", "--no-build")
    written.mvenv("remove", "dep-b", "--extra", "ui", "--no-build")
    assert data(written)["dependency-groups"] == {"dev": []}
    assert data(written)["project"]["optional-dependencies"] == {"ui": []}


def test_the_build_takes_in_what_was_added_to_and_what_was_built_before(written: ProjectFolder) -> None:
    written.mvenv("add", "dep-a", "--group", "dev")
    assert written.python("-c", "import dep_a; print(dep_a.low_version)").out == "1.0\n"
    written.mvenv("add", "dep-b", "--extra", "ui")
    code = "import dep_a, dep_b; print(dep_a.low_version, dep_b.low_version)"
    assert written.python("-c", code).out == "1.0 2.0\n"
    written.mvenv("remove", "plain")
    assert written.python("-c", code).out == "1.0 2.0\n"


def test_isolate_and_back(written: ProjectFolder) -> None:
    written.mvenv("isolate", "plain", "low", "--no-build")
    assert text(written) == TEXT + '\n[tool.mvenv]\nisolate = ["plain", "low"]\n'
    outcome = refused(written, "isolate", "--undo", "plan", "--no-build")
    assert "hint: did you mean `plain` instead of `plan`?\n" in outcome.err
    written.mvenv("isolate", "--undo", "low", "plain", "--no-build")
    assert text(written) == TEXT


def test_alias_and_back(written: ProjectFolder) -> None:
    written.mvenv("alias", "low_old", "low==1.0", "--no-build")
    written.mvenv("alias", "picture", "low==1.0", "--module", "low", "--no-build")
    assert text(written) == TEXT + (
        '\n[tool.mvenv.aliases]\nlow_old = "low==1.0"\npicture = {requirement = "low==1.0", module = "low"}\n'
    )
    outcome = refused(written, "alias", "json", "low==1.0")
    assert outcome.err == (
        "error: `json` is the name of a module that Python itself needs\n"
        "  cause: tool.mvenv.aliases.json\n"
        "\n"
        "hint: choose another name for the alias\n"
        "hint: pyproject.toml is as it was\n"
    )
    written.mvenv("alias", "--remove", "low_old", "--no-build")
    written.mvenv("alias", "--remove", "picture", "--no-build")
    assert text(written) == TEXT


def test_it_is_the_project_of_a_folder_above(written: ProjectFolder) -> None:
    below = written.root / "a/b"
    below.mkdir(parents=True)
    process = subprocess.run(
        (sys.executable, "-P", "-m", "orchestrator", "isolate", "plain", "--no-build"),
        cwd=below,
        env=dict(written.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    assert process.stdout == ""
    assert data(written)["tool"]["mvenv"] == {"isolate": ["plain"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add",), "Missing argument 'REQUIREMENT...'"),
        (("remove",), "Missing argument 'NAME...'"),
        (("isolate",), "Missing argument 'NAME...'"),
        (("alias", "x"), "Missing argument 'REQUIREMENT'"),
        (("alias", "x", "y==1", "--remove"), "`--remove` takes the import name alone"),
        (("add", "x", "--group", "a", "--extra", "b"), "`--group` and `--extra` exclude each other"),
    ],
)
def test_usage(written: ProjectFolder, arguments: tuple[str, ...], said: str) -> None:
    outcome = written.mvenv(*arguments, check=False)
    assert outcome.code == 2
    assert outcome.err.startswith(f"error: {said}\n")
    assert text(written) == TEXT


def test_a_folder_a_repository_and_an_archive(written: ProjectFolder) -> None:
    """What has no name is asked for it; where it is goes to uv's sources, and with the requirement."""
    write_local_project(written.root / "lib", "My_Lib", "my_lib", "")
    outcome = written.mvenv("add", "--editable", "./lib", "plain")
    assert "Added `my-lib` to project.dependencies" in outcome.err
    assert "`my-lib` comes from path lib, editable" in outcome.err
    assert data(written)["tool"]["uv"]["sources"] == {"my-lib": {"path": "lib", "editable": True}}
    assert "my-lib" in data(written)["project"]["dependencies"]
    outcome = written.mvenv("add", "--raw", "./lib")
    assert "Removed `my-lib` from tool.uv.sources" in outcome.err
    assert f"my-lib @ {(written.root / 'lib').as_uri()}" in data(written)["project"]["dependencies"]
    written.mvenv("add", "lib/")
    outcome = written.mvenv("remove", "my-lib")
    assert "Removed `my-lib` from tool.uv.sources" in outcome.err
    assert "sources" not in data(written)["tool"].get("uv", {})
    missing = refused(written, "add", "./nothing")
    assert "there is no distribution at `./nothing`\n" in missing.err
    assert "hint: name a folder with a pyproject.toml" in missing.err
    inside = refused(written, "add", "lib/pyproject.toml")
    assert f"hint: name its folder: {written.root / 'lib'}\n" in inside.err


def test_a_folder_that_cannot_be_built(written: ProjectFolder) -> None:
    """Its back end is asked what it is called, and what that says is told."""
    written.write(
        "bad/pyproject.toml",
        """
        [project]
        name = "bad"
        dynamic = ["version"]
        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]
        """,
    )
    written.write("bad/backend.py", "raise RuntimeError('there is no libfoo')\n")
    told = refused(written, "add", "./bad").err
    assert told.startswith("error: what is at `./bad` cannot be built, and that is to tell its name\n")
    assert "\n  cause: RuntimeError: there is no libfoo\n" in told


def test_as_it_is_given(written: ProjectFolder) -> None:
    assert "Added `dep-a` to" in written.mvenv("add", "--raw", "dep-a").err
    assert "`dep-a` is in project.dependencies already" in written.mvenv("add", "dep-a").err
    assert "dep-a" in data(written)["project"]["dependencies"]


def test_a_place_in_a_requirement_counts_and_not_an_earlier_source(written: ProjectFolder) -> None:
    for name in ("one", "other"):
        write_local_project(written.root / name, "my-lib", "my_lib", f"place = {name!r}\n")
    written.mvenv("add", "./one")
    told = written.mvenv("add", f"my-lib @ {(written.root / 'other').as_uri()}").err
    assert "Removed `my-lib` from tool.uv.sources" in told
    assert written.python("-c", "import my_lib; print(my_lib.place)").out == "other\n"
