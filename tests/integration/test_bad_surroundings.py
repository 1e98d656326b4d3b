"""What surrounds the project is not as it should be: foreign folders, missing Pythons, damaged wheels."""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.integration.refusals import assert_refused, refuse
from tests.integration.workshop import APP_PRINTS, CONFLICT, built_conflict, copy, leftovers
from tests.support.http_index import served
from tests.support.interpreters import find_interpreter
from tests.support.terminal import on_a_terminal
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder


@pytest.mark.parametrize("name", [".venv", "py_modules"])
@pytest.mark.parametrize("kind", ["folder", "file", "link", "dangling link"])
def test_what_mvenv_did_not_make(name: str, kind: str, project: ProjectFolder, index: Index) -> None:
    index.add("low", "1.0")
    project.pyproject(["low"])
    foreign = project.root / name
    if kind == "folder":
        project.write(f"{name}/mine.txt", "mine")
    elif kind == "file":
        project.write(name, "mine")
    else:
        foreign.symlink_to("nowhere" if kind == "dangling link" else ".")
    said = refuse(project)
    assert said.startswith(f"error: `{name}` is ")
    assert "mvenv did not make; mvenv does not touch it" in said.splitlines()[0]
    assert f"hint: move it away or delete it, then run `mvenv build` again: `mv {name} {name}.old`" in said


@pytest.fixture
def foreign(project: ProjectFolder, index: Index) -> ProjectFolder:
    """The commonest case: somebody tries mvenv in a project that has a `.venv`."""
    index.add("low", "1.0")
    project.pyproject(["low"])
    project.write(".venv/pyvenv.cfg", "home = /usr/bin")
    project.write(".venv/mine.txt", "mine")
    return project


def test_an_ordinary_environment_is_not_touched(foreign: ProjectFolder) -> None:
    said = refuse(foreign)
    assert said.startswith("error: `.venv` is an environment that mvenv did not make")
    assert "\nhint: `mvenv build --replace` puts the project's own in its place\n" in said


def test_it_is_replaced_where_that_is_asked_for(foreign: ProjectFolder) -> None:
    """Once the build has succeeded."""
    mine = foreign.root / ".venv/mine.txt"
    foreign.pyproject(["nowhere-to-be-found"])
    assert foreign.mvenv("build", "--replace", check=False).code == 1 and mine.exists()
    foreign.pyproject(["low"])
    foreign.mvenv("build", "--replace", "--dry-run")
    assert mine.exists()
    assert "Replaced `.venv`, which mvenv did not make\n" in foreign.mvenv("build", "--replace").err
    assert not mine.exists()
    foreign.python("-c", "import low")
    assert not list(foreign.root.glob(".venv?*"))
    assert "Replaced" not in foreign.mvenv("build", "--replace", "--reinstall").err


@pytest.mark.parametrize("answer", ["y", ""])
def test_a_person_is_asked(answer: str, foreign: ProjectFolder) -> None:
    code, _, shown = on_a_terminal(foreign, "build", typed=f"{answer}\n")
    assert "Replace it by the project's own? [y/N] " in shown
    assert (code == 0) is (answer == "y")
    assert (foreign.root / ".venv/mine.txt").exists() is (answer != "y")


@pytest.mark.parametrize("name", [".venv", "py_modules"])
def test_an_empty_folder_is_nobodys(name: str, project: ProjectFolder, index: Index) -> None:
    index.add("low", "1.0")
    project.pyproject(["low"])
    (project.root / name).mkdir()
    project.mvenv("build")
    project.python("-c", "import low")


def test_a_users_own_environments_beside_are_kept(built: ProjectFolder) -> None:
    """`.venv-3.12` is a name that people give environments of their own."""
    mine = (".venv-3.12", ".venv-old", ".venv-deadbeef", ".venv-backup-1")
    for name in mine:
        built.write(f"{name}/pyvenv.cfg", "home = /usr/bin")
    built.pyproject(("dep-a", "dep-b"))
    built.mvenv("build")
    assert all((built.root / name / "pyvenv.cfg").is_file() for name in mine)


def test_a_python_that_does_not_exist(built: ProjectFolder) -> None:
    built.pyproject(CONFLICT, '[tool.mvenv]\npython = "3.99"')
    said = refuse(built.without_request())
    assert said.startswith("error: no Python found for `3.99`\n")
    assert "  cause: No interpreter found for Python 3.99 in " in said
    assert "in `[tool.mvenv] python` or the environment variable `UV_PYTHON`" in said


def test_a_python_that_is_no_python(built: ProjectFolder) -> None:
    missing = built.root / "no-such-python"
    built.pyproject(CONFLICT, f'[tool.mvenv]\npython = "{missing}"')
    assert "error: no Python found for `[ROOT]/no-such-python`" in refuse(built.without_request())


def test_what_uv_cannot_work_with_is_no_missing_python(built: ProjectFolder) -> None:
    built.pyproject(CONFLICT, requires_python=">=3.11.0")
    said = refuse(built, env={"UV_CACHE_DIR": "/dev/null/cache"})
    cause = "Failed to initialize cache at `/dev/null/cache`"
    assert said.startswith(f"error: uv cannot work as it is set up\n  cause: {cause}")
    assert "hint: check uv's environment variables" in said


@pytest.mark.parametrize(("variable", "value"), [("UV_OFFLINE", "perhaps"), ("UV_INDEX_STRATEGY", "x")])
def test_a_variable_that_uv_does_not_take(variable: str, value: str, built: ProjectFolder) -> None:
    """It is no missing Python, and no requirement's fault."""
    built.pyproject([*CONFLICT, "another"])
    said = refuse(built, env={variable: value})
    message = f"the environment variable `{variable}` has a value that uv does not take"
    assert said.startswith(f"error: {message}\n  cause: `{value}`: ")
    assert said.endswith(f"hint: unset it, or set it to something else: `unset {variable}`\n")


@pytest.mark.skipif(find_interpreter("3.10") is None, reason="there is no Python 3.10 here")
def test_a_python_that_is_too_old(built: ProjectFolder) -> None:
    old = find_interpreter("3.10")
    assert old is not None
    built.pyproject(CONFLICT, f'[tool.mvenv]\npython = "{old.executable}"', requires_python=">=3.8")
    assert refuse(built.without_request()) == (
        f"error: mvenv needs Python 3.11 or newer, and the project's is {old.full_version}\n"
        f"  cause: {old.executable}\n\n"
        "hint: set `[tool.mvenv] python` or `UV_PYTHON`, for example to `3.12`\n"
    )


@pytest.mark.parametrize("dependencies", [("plain",), ("dep-a", "dep-b")], ids=["one", "two environments"])
@pytest.mark.parametrize("was_built", [True, False], ids=["built", "new"])
def test_a_folder_that_cannot_be_written(
    dependencies: tuple[str, ...], was_built: bool, built: ProjectFolder
) -> None:
    for name in () if was_built else (".venv", "py_modules"):
        shutil.rmtree(built.root / name)
    built.pyproject(dependencies)
    built.root.chmod(0o555)
    try:
        if os.access(built.root, os.W_OK):
            pytest.skip("this user may write everywhere")
        said = refuse(built)
    finally:
        built.root.chmod(0o755)
    assert said.startswith("error: the folder `built` cannot be written to\n  cause: [ROOT]\n\nhint: ")


def test_a_python_that_the_project_excludes(built: ProjectFolder) -> None:
    built.pyproject(CONFLICT, requires_python=">=3.99")
    assert refuse(built) == (
        f"error: the project requires Python >=3.99, and the chosen one is {built.interpreter.full_version}\n"
        "  cause: pyproject.toml: project.requires-python\n"
        f"  cause: {built.interpreter.executable}\n\n"
        "hint: choose another in `[tool.mvenv] python` or the environment variable `UV_PYTHON`\n"
    )


@pytest.fixture(scope="module")
def corrupt(workshop: Workshop) -> ProjectFolder:
    """A project built before one of its wheels turned out to be damaged."""
    index, project = built_conflict(workshop, "corrupt")
    wheel = index.add("broken", "1.0", requires=["low<2"], files={"broken.py": "x = 1\n" * 100})
    damage(wheel, "broken.py")
    return project


def damage(wheel: Path, member: str) -> None:
    """Make one member of a wheel unreadable; its metadata stays fine, so resolving does not notice."""
    with zipfile.ZipFile(wheel) as archive:
        start = (
            archive.getinfo(member).header_offset + 30 + len(member)
        )  # 30: a local file header, APPNOTE 4.3.7
    content = bytearray(wheel.read_bytes())
    content[start + 2 : start + 8] = b"\xff" * 6
    wheel.write_bytes(content)


@pytest.mark.parametrize("dependencies", [("broken",), ("broken", "dep-b")], ids=["one", "two environments"])
def test_a_wheel_that_cannot_be_installed(
    dependencies: tuple[str, ...], corrupt: ProjectFolder, tmp_path: Path
) -> None:
    project = copy(corrupt, tmp_path / "corrupt")
    project.pyproject(dependencies)
    outcome = project.mvenv("build", check=False)
    assert_refused(outcome)
    assert re.match(
        r"error: could not install environment `(application|broken)`\n"
        r"  cause: Failed to download `broken==1.0`\n(  cause: .*\n)+\nhint: ",
        outcome.err,
    ), outcome
    assert project.python("app.py").out == APP_PRINTS
    # What was there still runs, and a good pyproject.toml builds as if nothing had been.
    project.pyproject(("dep-a", "dep-b"))
    project.mvenv("build")
    assert leftovers(project.root) == []


def test_an_address_where_nothing_is(project: ProjectFolder, tmp_path: Path) -> None:
    """The server answers: it is not the network."""
    index = Index(tmp_path / "files")
    index.add("low", "1.0")
    with served(tmp_path, index) as url:
        project.pyproject([f"low @ {url}/low-1.0-py3-none-any.whl"])
        said = project.mvenv("lock", check=False).err
    assert said.startswith("error: `low @ http://127.0.0.1:")
    assert said.endswith("hint: nothing is at that address: correct it, or ask for another version\n")


def test_a_first_build_that_fails_leaves_no_folders(corrupt: ProjectFolder, tmp_path: Path) -> None:
    project = copy(corrupt, tmp_path / "corrupt")
    project.mvenv("clean")
    project.pyproject(("broken", "dep-b"))
    assert project.mvenv("build", check=False).code == 1
    assert {path.name for path in project.root.iterdir()}.isdisjoint({".venv", "py_modules"})


def test_a_failed_install_leaves_nothing(corrupt: ProjectFolder, tmp_path: Path) -> None:
    project = copy(corrupt, tmp_path / "corrupt")
    project.pyproject(("broken", "dep-b"))
    refuse(project)
