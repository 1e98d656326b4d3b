"""A project is moved or copied as a folder: all in it works there, and nothing is looked for where it was."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import APP_PRINTS, CONFLICT, built_conflict, copy, publish_conflict, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

# What it takes to try the quoting of every shell.
AWKWARD = 'it\'s a "copy" of $ `or` ä; [x] & (y)'

# Shell → how it is started, and what activates. `activate` is the name that the shell's script has.
SHELLS = {
    "bash": (["bash", "--norc", "-euc"], "source .venv/bin/activate"),
    "bash --posix": (["bash", "--posix", "-euc"], ". ./.venv/bin/activate"),
    "dash": (["dash", "-euc"], ". ./.venv/bin/activate"),
    "dash in a subshell": (["dash", "-euc"], "cd .; (. .venv/bin/activate; dep-a x); exit"),
    "zsh": (["zsh", "-feuc"], "chpwd() { echo noise; }; source .venv/bin/activate"),
    "ksh": (["ksh", "-c"], ". .venv/bin/activate"),
    "fish": (["fish", "--no-config", "-c"], "source .venv/bin/activate.fish"),
    "tcsh": (["tcsh", "-fc"], "source .venv/bin/activate.csh"),
    "xonsh": (["xonsh", "--no-rc", "-c"], "source .venv/bin/activate.xsh"),
}


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """The built project; the tests do not change it."""
    return built_conflict(workshop, "moved")[1]


@pytest.fixture
def moved(conflict: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of the project in a folder of an awkward name; what it is a copy of is gone."""
    first = copy(conflict, tmp_path / "first")
    second = copy(first, tmp_path / AWKWARD)
    shutil.rmtree(first.root)
    return second


def ran(command: list[str], project: ProjectFolder, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**project.environment, **variables}
    return subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_activation(shell: str, conflict: ProjectFolder, tmp_path: Path) -> None:
    """The copy's, while what it is a copy of is there."""
    command, activate = SHELLS[shell]
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    project = copy(conflict, tmp_path / AWKWARD)
    done = ran([*command, f"{activate}\ndep-a x\npython -c 'import sys; print(sys.prefix)'"], project)
    assert done.stdout.startswith("dep-a 1.0 x\n"), done.stderr
    if "subshell" not in shell:
        assert done.stdout.splitlines()[1:] == [f"{project.root}/.venv"], done.stderr


def test_activation_by_a_link(moved: ProjectFolder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(moved.root / ".venv/bin/activate")
    done = ran(["bash", "--norc", "-c", 'source ../link; echo "$VIRTUAL_ENV"; dep-a; deactivate; set'], moved)
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"{moved.root}/.venv", "dep-a 1.0"], done.stderr
    assert not [line for line in lines[2:] if line.startswith("_mvenv")]


def test_a_shell_that_does_not_say_where_its_script_lies(moved: ProjectFolder) -> None:
    """It is told so. Not activated is what the folder that the script was written in has become."""
    done = ran(["dash", "-c", "eval \"$(sed 's,/proc,/no,' .venv/bin/activate)\"; echo $?"], moved)
    assert "cannot" not in done.stdout
    assert "this shell does not say where the script lies" in done.stderr


def test_all_of_it_works(moved: ProjectFolder) -> None:
    before = tree(moved.root)
    assert moved.mvenv("build").err.startswith("Up to date")
    assert moved.mvenv("run", "--no-build", "app.py").out == APP_PRINTS
    assert moved.python("app.py").out == APP_PRINTS
    assert moved.mvenv("run", "dep-a", "x").out == "dep-a 1.0 x\n"
    assert moved.mvenv("doctor").out.endswith("nothing is wrong\n")
    assert tree(moved.root) == before


def test_commands_by_links_and_by_long_paths(conflict: ProjectFolder, tmp_path: Path) -> None:
    """The kernel reads 255 characters of a script's first line at the most."""
    deep = tmp_path.joinpath(*["a folder of a long name " * 4] * 4)
    deep.mkdir(parents=True)
    project = copy(conflict, deep / "project")
    link = tmp_path / "link"
    link.symlink_to(project.root / ".venv/bin/dep-a")
    for command in (link, project.root / ".venv/bin/dep-a"):
        assert ran([str(command), "x"], project).stdout == "dep-a 1.0 x\n"


@pytest.mark.slow
def test_a_build_of_the_copy_leaves_what_it_is_a_copy_of(conflict: ProjectFolder, tmp_path: Path) -> None:
    before = tree(conflict.root)
    project = copy(conflict, tmp_path / "copy")
    project.pyproject([*CONFLICT[:2]])
    project.mvenv("build")
    project.write("app.py", "import dep_a, dep_b; print(dep_a.low_version, dep_b.low_version)")
    assert project.mvenv("run", "app.py").out == "1.0 2.0\n"
    assert tree(conflict.root) == before


def test_editable_installs(workshop: Workshop, tmp_path: Path) -> None:
    """In either environment, and shared: they are the copy's own sources, before and after a build there."""
    index, project = workshop.new("editable")
    publish_conflict(index)
    source = "import low\nprint(low.__version__, __file__)\n"
    for name, needs in (("old", ["low<2"]), ("new", ["low>=2"]), ("neutral", [])):
        text = source if needs else "print(__file__)\n"
        write_local_project(project.root / "libraries" / name, name, name, text, requires=needs)
    sources = "".join(
        f'{name} = {{path = "libraries/{name}", editable = true}}\n' for name in ("old", "new", "neutral")
    )
    project.pyproject(["old", "new", "neutral"], f"[tool.uv.sources]\n{sources}")
    project.write("app.py", "import old, new, neutral")
    project.mvenv("build")
    moved = dataclasses.replace(project, root=tmp_path / "moved to")
    project.root.rename(moved.root)
    folder = moved.root / "libraries"
    expected = f"1.0 {folder}/old/src/old.py\n2.0 {folder}/new/src/new.py\n{folder}/neutral/src/neutral.py\n"
    assert moved.python("app.py").out == expected
    assert moved.mvenv("build").err.startswith("Up to date")
    moved.write("pyproject.toml", (moved.root / "pyproject.toml").read_text() + "# a comment\n")
    assert moved.mvenv("build").err.startswith("Up to date")
    naming = {
        path.name
        for part in (".venv", "py_modules")
        for path in (moved.root / part).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and str(project.root).encode() in path.read_bytes()
    }
    assert naming == {"direct_url.json"}  # PEP 610 has it absolute; nothing reads it


def test_programs_see_the_place_that_they_are_in(moved: ProjectFolder) -> None:
    code = "import sys, dep_a, plain; print(sys.prefix, dep_a.__file__, plain.__file__, *sys.path, sep='\\n')"
    found = moved.python("-c", code).out.splitlines()
    inside = [path for path in found if path and not path.startswith(os.path.dirname(os.__file__)[:-3])]
    assert [path for path in found if "/first/" in path] == []
    assert f"{moved.root}/.venv" in inside
