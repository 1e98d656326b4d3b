"""Parts of a built project that are gone, or not for this machine: every command says which, and what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, built_conflict, copy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

READERS = (("list",), ("graph",), ("why", "low"), ("tree",))
COPY = "copy `py_modules` along with `.venv`, or run `mvenv build`"


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """The built project; the tests do not change it."""
    return built_conflict(workshop, "missing")[1]


@pytest.fixture
def project(conflict: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of it, which has lost something when the test begins."""
    return copy(conflict, tmp_path / "project")


def environment(project: ProjectFolder, name: str) -> Path:
    return next((project.root / "py_modules").glob(f"{name}-*"))


def without_modules(project: ProjectFolder) -> tuple[str, str, str]:
    shutil.rmtree(project.root / "py_modules")
    cause = f"{project.root}/py_modules does not exist, and `.venv` needs it"
    return "`py_modules` is missing", cause, COPY


def without_one(project: ProjectFolder) -> tuple[str, str, str]:
    folder = environment(project, "dep-a")
    shutil.rmtree(folder)
    hint = "copy the whole of `py_modules`, or run `mvenv build`"
    return f"`py_modules/{folder.name}` is missing", f"{folder}: No such file or directory", hint


def half_copied(project: ProjectFolder) -> tuple[str, str, str]:
    folder = environment(project, "dep-a")
    (folder / "mvenv.json").unlink()
    hint = "copy the whole of `py_modules`, or run `mvenv build`"
    return f"`py_modules/{folder.name}` is missing", f"{folder}/mvenv.json: No such file or directory", hint


def without_map(project: ProjectFolder) -> tuple[str, str, str]:
    path = project.library / "site-packages/runtime_shim/import_map.json"
    path.unlink()
    place = path.relative_to(project.root)
    return f"`{place}` is missing", f"{path}: No such file", "run `mvenv build`, which makes it again"


def without_start(project: ProjectFolder) -> tuple[str, str, str]:
    path = project.library / "site-packages/_mvenv.pth"
    path.unlink()
    place = path.relative_to(project.root)
    return f"`{place}` is missing", f"{path}: No such file", "run `mvenv build`, which makes it again"


def without_configuration(project: ProjectFolder) -> tuple[str, str, str]:
    path = project.root / ".venv/pyvenv.cfg"
    path.unlink()
    return "`.venv/pyvenv.cfg` is missing", f"{path}: No such file", "run `mvenv build`, which makes it again"


def without_python(project: ProjectFolder) -> tuple[str, str, str]:
    path = project.root / ".venv/bin/python"
    path.unlink()
    path.symlink_to("/no/such/python3")
    cause = f"{path} is a link to /no/such/python3: No such file or directory"
    return "`.venv` has no Python any more", cause, "run `mvenv build`, which takes a Python that is there"


def with_another_python(project: ProjectFolder) -> tuple[str, str, str]:
    path, other = project.root / ".venv/bin/python", project.root.parent / "python3.99"
    shutil.copy(os.path.realpath(path), other)
    path.unlink()
    path.symlink_to(other)
    was = project.interpreter.version
    return (
        f"`.venv` was made for Python {was}, and its Python is 3.99 now",
        f"{path} is a link to {other}",
        "run `mvenv build`, which makes the environments again for that Python",
    )


KINDS = (
    without_modules,
    without_one,
    half_copied,
    without_map,
    without_start,
    without_configuration,
    without_python,
    with_another_python,
)


@pytest.mark.parametrize("lose", KINDS)
def test_what_each_command_says(
    lose: Callable[[ProjectFolder], tuple[str, str, str]], project: ProjectFolder
) -> None:
    message, cause, hint = lose(project)
    outcome = project.mvenv("run", "--no-build", "app.py", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"error: {message}\n  cause: {cause}"), outcome.err
    assert outcome.err.endswith(f"\n\nhint: {hint}\n"), outcome.err
    said = project.mvenv("list")
    assert said.out != ""
    assert said.err.startswith(f"note: {message}\n  cause: {cause}")
    assert said.err.endswith(f"\n  hint: {hint}\n")
    doctor = project.mvenv("doctor", check=False)
    assert doctor.code == 1
    assert f"problem: {message.replace('`', '').replace(' ', ': ', 1)}: {cause}" in doctor.out
    assert doctor.out.endswith(f"hint: {hint}\n")
    assert doctor.err == ""


def test_the_other_readers(project: ProjectFolder) -> None:
    message, _, hint = without_modules(project)
    for command in READERS:
        said = project.mvenv(*command)
        assert said.err.startswith(f"note: {message}\n  cause: ")
        assert said.err.endswith(f"\n  hint: {hint}\n")


@pytest.mark.parametrize(
    "lose",
    [
        without_map,
        pytest.param(without_modules, marks=pytest.mark.slow),
        pytest.param(with_another_python, marks=pytest.mark.slow),
    ],
)
def test_run_builds_again_and_says_why(
    lose: Callable[[ProjectFolder], tuple[str, str, str]], project: ProjectFolder
) -> None:
    message, cause, _ = lose(project)
    outcome = project.mvenv("run", "app.py")
    assert outcome.out == APP_PRINTS
    assert outcome.err.startswith(f"note: {message}, building again: {cause}")


def test_another_platform(project: ProjectFolder) -> None:
    """`mvenv` says it of the machine; a program of the C library and the machine that its Python is for."""
    map_file = project.library / "site-packages/runtime_shim/import_map.json"
    document = json.loads(map_file.read_text())
    assert document["made_for"] == getattr(sys.implementation, "_multiarch", "")
    map_file.write_text(json.dumps({**document, "made_for": "riscv64-linux-musl"}))
    outcome = project.python("app.py")
    assert outcome.out == APP_PRINTS
    assert outcome.err.startswith("warning: .venv was made for riscv64-linux-musl, and this is ")
    assert outcome.err.endswith("\n  hint: run `mvenv build` here\n")


def test_nothing_was_built(project: ProjectFolder) -> None:
    shutil.rmtree(project.root / ".venv")
    outcome = project.mvenv("run", "--no-build", "app.py", check=False)
    assert outcome.err == (
        f"error: the project has not been built\n  cause: {project.root}/.venv does not exist\n\n"
        "hint: run `mvenv build`, or leave out `--no-build`\n"
    )


def test_what_a_program_says(project: ProjectFolder) -> None:
    """Whoever imports: the application, a command of an environment, and an environment what it borrows."""
    cause = f"\n  cause: {project.root}/py_modules does not exist (it holds dep-a 1.0)\n\nhint: {COPY}\n"
    shutil.rmtree(project.root / "py_modules")
    expected = f"ModuleNotFoundError: No module named 'dep_a': environment dep-a is missing{cause}"
    assert project.python("app.py", check=False).err.endswith(expected)
    command = project.root / ".venv/bin/dep-a"
    done = subprocess.run([command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr.endswith(expected)
    probe = "import importlib.util as util; print(util.find_spec('dep_a'), util.find_spec('plain').name)"
    assert project.python("-c", probe).out == "None plain\n"


def test_what_a_program_says_of_one_that_is_damaged(project: ProjectFolder) -> None:
    folder = environment(project, "dep-a")
    module = next(folder.glob("lib/python*/site-packages/dep_a.py"))
    module.unlink()
    assert project.python("app.py", check=False).err.endswith(
        "No module named 'dep_a': environment dep-a has lost it\n"
        f"  cause: {module.parent} holds no dep_a any more (of dep-a 1.0)\n\n"
        "hint: run `mvenv build`\n"
    )


REFUSE = """
import os
def scandir(path, scandir=os.scandir):
    if path == {path!r}:
        raise PermissionError(13, os.strerror(13), path)
    return scandir(path)
os.scandir = scandir
"""


def test_what_a_program_says_without_permission(project: ProjectFolder) -> None:
    """As in a container whose image was made by root. The tests may be run by root, who may read everything."""
    site_packages = next(environment(project, "dep-a").glob("lib/python*/site-packages"))
    site_packages.rename(site_packages.with_name("away"))
    code = f"{REFUSE.format(path=str(site_packages))}\nimport dep_a"
    assert project.python("-c", code, check=False).err.endswith(
        "No module named 'dep_a': environment dep-a cannot be read\n"
        f"  cause: {site_packages}: Permission denied (it holds dep-a 1.0)\n\n"
        "hint: let the user that runs this program read it\n"
    )
