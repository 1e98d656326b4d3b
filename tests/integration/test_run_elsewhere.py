"""`mvenv run` and commands that are not the project's: those of another Python are not run without a word."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import built_conflict, copy
from tests.support.wheels import Index

if TYPE_CHECKING:
    from tests.integration.workshop import Workshop
    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder

REAL = os.path.realpath(sys.executable)
PRINTS = "import sys; print(sys.prefix, *sys.argv[1:])\n"
LAUNCHER = "#!/bin/sh\n'''exec' {} \"$0\" \"$@\"\n' '''\n" + PRINTS

# What of another Python may look like; `{python}` is another Python's path.
OTHERS = {
    "a script": "#!{python}\n" + PRINTS,
    "with options": "#!{python} -sP\n" + PRINTS,
    "a launcher, since its path is long": LAUNCHER.format("{python}"),
    "a launcher, since its path has spaces": LAUNCHER.format('"{spaced}"'),
    "one of an environment that can be moved": LAUNCHER.format(
        '"$(dirname -- "$(realpath -- "$0")")"/\'python3\''
    ),
    "a version that the project does not have": "#!/usr/bin/env python3.2\n" + PRINTS,
    "a shim of pyenv": '#!/usr/bin/env bash\nset -e\nexec "/x/pyenv/bin/pyenv" exec "tool" "$@"\n',
    "a shim of asdf": "#!/usr/bin/env bash\n# asdf-plugin: python 3.11.7\nexec asdf exec tool\n",
}
# What has nothing to do with Python, or takes the Python that is first on PATH, which is the project's.
NO_OTHERS = {
    "a shell script": "#!/bin/sh\necho shell\n",
    "one that names Python": "#!/bin/sh\n# python\necho shell 'exec' python\n",
    "a program": "\x7fELF",
    "env": "#!/usr/bin/env python3\n" + PRINTS,
    "env with options": "#!/usr/bin/env -S python -P\n" + PRINTS,
    "another language": "#!/usr/bin/perl\nprint 1\n",
}


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """The built project; the tests do not change it."""
    return built_conflict(workshop, "elsewhere")[1]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of another Python's commands, which is on PATH."""
    folder = tmp_path / "another" / "bin"
    folder.mkdir(parents=True)
    for name in ("python3", "with spaces/python3", "python3.2"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(REAL)
    return folder


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    text = text.replace("{python}", str(folder / "python3"))
    path.write_text(text.replace("{spaced}", str(folder / "with spaces/python3")))
    path.chmod(0o755)
    return path


def run(project: ProjectFolder, elsewhere: Path, *command: str) -> Outcome:
    path = f"{elsewhere}{os.pathsep}{project.environment['PATH']}"
    return project.mvenv("run", *command, env={"PATH": path}, check=False)


@pytest.mark.parametrize("kind", OTHERS)
def test_a_command_of_another_python(kind: str, conflict: ProjectFolder, elsewhere: Path) -> None:
    path = put(elsewhere, "tool", OTHERS[kind])
    err = run(conflict, elsewhere, "tool", "x").err
    assert err.startswith(f"warning: `tool` is not this project's: {path} ")
    assert "  hint: `mvenv add tool` adds it" in err


def test_it_is_run_all_the_same(conflict: ProjectFolder, elsewhere: Path) -> None:
    put(elsewhere, "tool", OTHERS["a script"])
    outcome = run(conflict, elsewhere, "tool", "x")
    assert (outcome.code, outcome.out) == (0, f"{sys.base_prefix} x\n")


@pytest.mark.parametrize("kind", NO_OTHERS)
def test_any_other_command_is_run_without_a_word(kind: str, conflict: ProjectFolder, elsewhere: Path) -> None:
    put(elsewhere, "tool", NO_OTHERS[kind])
    assert "warning" not in run(conflict, elsewhere, "tool").err


def test_a_command_by_its_path_is_meant(conflict: ProjectFolder, elsewhere: Path) -> None:
    path = put(elsewhere, "tool", OTHERS["a script"])
    assert run(conflict, elsewhere, str(path)).err == ""


def test_python_is_the_projects(conflict: ProjectFolder, elsewhere: Path) -> None:
    code = "import sys; print(sys.prefix)"
    for name in ("python", "python3", f"python{conflict.interpreter.version}"):
        (elsewhere / name).unlink(missing_ok=True)
        (elsewhere / name).symlink_to(REAL)
        outcome = run(conflict, elsewhere, name, "-c", code)
        assert (outcome.out, outcome.err) == (f"{conflict.root}/.venv\n", "")
    assert run(conflict, elsewhere, "python3.2", "-V").err.startswith(
        f"warning: `python3.2` is not this project's: {elsewhere}/python3.2 is another Python\n  hint: `python` is"
    )


@pytest.mark.parametrize("name", ["pip", "pip3", "pip3.11"])
def test_what_would_install_into_another_python_is_not_run(
    name: str, conflict: ProjectFolder, elsewhere: Path
) -> None:
    path = put(elsewhere, name, OTHERS["a script"])
    outcome = run(conflict, elsewhere, name, "install", "low")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"error: `{name}` is not this project's\n"
        f"  cause: {path} runs with {elsewhere}/python3, and would install there\n\n"
        "hint: `mvenv add NAME` adds a distribution to the project\n"
        f"hint: `{path}` without `mvenv run` is the other\n"
    )


def test_how_it_is_added(conflict: ProjectFolder, elsewhere: Path, tmp_path: Path) -> None:
    """By its distribution's name, which is not the command's; or it is there already, in a dependency group."""
    put(elsewhere, "tool", OTHERS["a script"])
    information = elsewhere.parent / "lib/python3.11/site-packages/tool_kit-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "entry_points.txt").write_text("[console_scripts]\nother = x:y\ntool = x:y\n")
    assert "  hint: `mvenv add tool-kit` adds it" in run(conflict, elsewhere, "tool").err
    project = copy(conflict, tmp_path / "with groups")
    text = (project.root / "pyproject.toml").read_text()
    Index(Path(project.environment["UV_FIND_LINKS"])).add("tool-kit", "1.0")
    groups = '[dependency-groups]\ntools = ["Tool_Kit>=1", {include-group = "x"}]\nx = []\n'
    project.write("pyproject.toml", text + groups)
    project.mvenv("build")
    hint = "hint: pyproject.toml has it in `tools`: `mvenv build --group tools` takes that in\n"
    assert run(project, elsewhere, "tool").err.endswith(f"  {hint}")
    assert run(project, elsewhere, "tool-kit").err.endswith(f"\n\n{hint}")  # found nowhere
