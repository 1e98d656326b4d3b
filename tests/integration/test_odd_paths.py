"""Project folders of every name that the system allows."""

from __future__ import annotations

import dataclasses
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP, APP_PRINTS, CONFLICT, leftovers, publish_conflict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

TEXT = 'josé 日本 Жук it\'s "$HOME" `id` ${x} %func \\ #;&*?[]{}~!\t\n-'
COLON, UNDECODABLE = "co:lon", os.fsdecode(b"bad\xff\xfe")
LENGTH = 3600
EVERY = [
    *(
        "josé",
        "日本",
        "Жук",
        "a b",
        "it's",
        'q"',
        "$HOME",
        "`id`",
        "${x}",
        "%func",
        "back\\slash",
        "#",
        ";&",
        "*?",
    ),
    *(
        "[a]",
        "{a}",
        "~",
        "!",
        "tab\t",
        "line\nfeed",
        "-dash",
        COLON,
        UNDECODABLE,
        "\x01\x1b[31m",
        "\u202e",
        "é" * 127,
    ),
]
slow = pytest.mark.slow


@pytest.fixture(scope="module")
def published(workshop: Workshop) -> tuple[Index, ProjectFolder]:
    index, project = workshop.new("odd")
    publish_conflict(index)
    return index, project


def at(folder: Path, project: ProjectFolder) -> ProjectFolder:
    folder.mkdir(parents=True)
    moved = dataclasses.replace(project, root=folder)
    moved.pyproject(CONFLICT)
    moved.write("app.py", APP)
    return moved


@pytest.mark.parametrize(
    "name",
    [TEXT, COLON + UNDECODABLE, *(pytest.param(name, marks=slow) for name in EVERY)],
    ids=lambda name: ascii(name)[1:-1],
)
def test_everything_works(name: str, published: tuple[Index, ProjectFolder], tmp_path: Path) -> None:
    project = at(tmp_path / name, published[1])
    works(project)
    activates(project)
    moved = dataclasses.replace(project, root=tmp_path / f"{name[:20]} moved")
    project.root.rename(moved.root)
    assert moved.mvenv("run", "--no-build", "python", "app.py").out == APP_PRINTS
    activates(moved)


@slow
def test_a_path_as_long_as_can_be(published: tuple[Index, ProjectFolder], tmp_path: Path) -> None:
    """4,096 bytes are Linux's limit, and the environments want some of them."""
    root = tmp_path
    while (more := LENGTH - len(str(root)) - 1) > 0:
        root /= "x" * min(more, 200)
    works(at(root, published[1]))


def works(project: ProjectFolder) -> None:
    built = project.mvenv("build")
    assert built.err.startswith("Built "), built
    assert "skipping" not in built.err
    assert project.mvenv("build").err.startswith("Up to date")
    assert project.mvenv("run", "python", "app.py").out == APP_PRINTS
    assert project.mvenv("run", "dep-a", "x").out == "dep-a 1.0 x\n"
    assert "py_modules/dep-b-" in project.mvenv("graph").out
    assert project.mvenv("doctor").out.endswith("nothing is wrong\n")
    project.pyproject(("dep-a", "dep-b", "top"))
    assert (
        project.mvenv("run", "python", "-c", "import dep_a, dep_b; print(dep_b.low_version)").out == "2.0\n"
    )
    assert leftovers(project.root) == []


def activates(project: ProjectFolder) -> None:
    script = '. "$1" && printf "%s" "$VIRTUAL_ENV" && python -c "import sys; print(ascii(sys.prefix))"'
    command = ["bash", "-c", script, "bash", os.fspath(project.root / ".venv/bin/activate")]
    done = subprocess.run(command, capture_output=True, env=dict(project.environment), check=False)
    if ":" in os.fspath(project.root):  # no search path can hold it
        assert done.returncode == 1
        assert done.stderr.startswith(b"activate: PATH cannot hold a folder with a colon in its name")
        return
    assert done.returncode == 0, done.stderr
    folder = project.root / ".venv"
    assert done.stdout == os.fsencode(folder) + ascii(os.fspath(folder)).encode() + b"\n"
