from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, CONFLICT, built_conflict, copy, leftovers, tree
from tests.support.interpreters import find_interpreter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> tuple[Index, ProjectFolder]:
    """A project that was built before its input became bad, and its index."""
    index, project = built_conflict(workshop)
    # `torn` cannot be installed by itself: its own two dependencies exclude each other.
    index.add("torn", "1.0", requires=["dep-a", "dep-b"])
    index.add("wants-ghost", "1.0", requires=["ghost>=1"])
    index.add("tomorrow", "1.0", requires_python=">=3.99")
    return index, project


@pytest.fixture
def built(conflict: tuple[Index, ProjectFolder], tmp_path: Path) -> ProjectFolder:
    """A copy of that project."""
    return copy(conflict[1], tmp_path / "built")


def refuse(project: ProjectFolder, *, env: Mapping[str, str] | None = None) -> str:
    """Run a build that must fail, and change nothing, and leave what was built running; return what it said."""
    before = tree(project.root)
    was_built = os.path.lexists(project.root / ".venv/mvenv.json")
    outcome = project.mvenv("build", check=False, env=env)
    assert_refused(outcome)
    assert tree(project.root) == before
    if was_built:
        assert project.python("app.py").out == APP_PRINTS
    return outcome.err.replace(str(project.root), "[ROOT]")


def assert_refused(outcome: Outcome) -> None:
    """The form of an error: see `orchestrator.errors`."""
    assert outcome.code == 1, outcome
    assert outcome.out == ""
    assert "Traceback" not in outcome.err
    lines = outcome.err.splitlines()
    assert lines[0].startswith("error: "), outcome
    assert not lines[0].endswith("."), outcome
    assert len([line for line in lines if line.startswith("error: ")]) == 1, outcome
    assert all(re.match(r"error: |  cause: |hint: |$", line) for line in lines), outcome


@dataclass(frozen=True, slots=True)
class Case:
    """A pyproject.toml that cannot be built, and what is said about it."""

    dependencies: tuple[str, ...]
    said: str
    extra: str = ""


CASES = {
    "a requirement that does not parse": Case(
        (*CONFLICT, "not a requirement!"),
        """\
error: `not a requirement!` is not a valid requirement
  cause: pyproject.toml:10: project.dependencies[4]: Expected semicolon (after name with no version specifier) or end
""",
    ),
    "an unknown key": Case(
        CONFLICT,
        """\
error: `constrains` is not a setting of `[tool.mvenv]`
  cause: pyproject.toml:13: tool.mvenv.constrains

hint: did you mean `constraints` instead of `constrains`?
""",
        "[tool.mvenv]\nconstrains = {}",
    ),
    "a distribution that does not exist": Case(
        (*CONFLICT, "ghost"),
        """\
error: `ghost` cannot be installed, even alone
  cause: pyproject.toml:10: project.dependencies[4] = 'ghost'
  cause: ghost was not found in the package registry

hint: check the spelling of `ghost`, and the index it should come from
""",
    ),
    "a dependency that does not exist": Case(
        (*CONFLICT, "wants-ghost"),
        """\
error: `wants-ghost` cannot be installed, even alone
  cause: pyproject.toml:10: project.dependencies[4] = 'wants-ghost'
  cause: ghost was not found in the package registry, and wants-ghost needs ghost>=1

hint: check the index that `ghost` should come from, for `wants-ghost`
""",
    ),
    "a version that does not exist": Case(
        (*CONFLICT, "low==9"),
        """\
error: `low==9` cannot be installed, even alone
  cause: pyproject.toml:10: project.dependencies[4] = 'low==9'
  cause: there is no version of low==9

hint: ask for a version that exists, or check the index it should come from
""",
    ),
    "a range without a version": Case(
        (*CONFLICT, "low>2"),
        """\
error: `low>2` cannot be installed, even alone
  cause: pyproject.toml:10: project.dependencies[4] = 'low>2'
  cause: only low<=2.0 is available

hint: ask for a version that exists, or check the index it should come from
""",
    ),
    "a requirement that contradicts itself": Case(
        (*CONFLICT, "torn"),
        """\
error: `torn` cannot be installed, even alone
  cause: pyproject.toml:10: project.dependencies[4] = 'torn'
  cause: dep-a needs low<2, dep-b needs low>=2

hint: try another version of `torn`
""",
    ),
    "a requirement for another Python": Case(
        (*CONFLICT, "tomorrow"),
        """\
error: `tomorrow` cannot be installed, even alone
  cause: pyproject.toml:10: project.dependencies[4] = 'tomorrow'
  cause: tomorrow==1.0 requires Python >=3.99, and only tomorrow==1.0 is available

hint: try another version of `tomorrow`
""",
    ),
    "two that are unsatisfiable alone": Case(
        ("ghost", *CONFLICT, "low==9"),
        """\
error: `ghost` and `low==9` cannot be installed, even alone
  cause: pyproject.toml:6: project.dependencies[0] = 'ghost'
  cause: ghost was not found in the package registry
  cause: pyproject.toml:11: project.dependencies[5] = 'low==9'
  cause: there is no version of low==9

hint: check the spelling of `ghost`, and the index it should come from
hint: ask for a version that exists, or check the index it should come from
""",
    ),
    "one distribution in versions that exclude each other": Case(
        ("low<2", *CONFLICT, "low>=2"),
        """\
error: `low` is required in versions that exclude each other
  cause: pyproject.toml:6: project.dependencies[0]: low<2
  cause: pyproject.toml:11: project.dependencies[5]: low>=2

hint: give the second version an import name of its own (an alias), or let the library that needs it require it
""",
    ),
    "bounds that leave nothing": Case(
        CONFLICT,
        """\
error: `dep-a` cannot be installed, even alone
  cause: pyproject.toml:6: project.dependencies[0] = 'dep-a'
  cause: dep-a needs low<2 and low>=2

hint: look at `[tool.mvenv.constraints]` for `dep-a` as well
""",
        '[tool.mvenv.constraints]\n"dep-a" = ["low>=2"]',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_requirement_that_cannot_be_met(name: str, built: ProjectFolder) -> None:
    case = CASES[name]
    built.pyproject(case.dependencies, case.extra)
    assert refuse(built) == case.said


def test_no_pyproject(built: ProjectFolder) -> None:
    (built.root / "pyproject.toml").unlink()
    said = refuse(built)
    assert said.startswith(
        "error: there is no `pyproject.toml` in `[ROOT]` or any folder above it\n\nhint: start a"
    )


@pytest.mark.parametrize("command", [("build",), ("graph",), ("run", "true")], ids=str)
def test_no_working_directory(command: tuple[str, ...], built: ProjectFolder) -> None:
    gone = built.root / "gone"
    gone.mkdir()
    words = f"rmdir {gone} && exec {sys.executable} -P -m orchestrator {' '.join(command)}"
    environment = dict(built.environment)
    done = subprocess.run(["sh", "-c", words], cwd=gone, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("error: the working directory does not exist any more\n\nhint: ")


def test_no_space_left(built: ProjectFolder) -> None:
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-P", "-m", "orchestrator", "graph"]
        environment = dict(built.environment)
        done = subprocess.run(
            command, cwd=built.root, env=environment, stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert done.stderr.startswith("error: the operating system refused: No space left on device\n\nhint: ")


def test_invalid_toml(built: ProjectFolder) -> None:
    built.write("pyproject.toml", '[project]\nname = "x"\nversion = = "1"\n')
    assert refuse(built).startswith(
        "error: `pyproject.toml` is not valid TOML\n  cause: pyproject.toml:3:11: Invalid value\n"
    )


def test_overrides_that_are_not_json(built: ProjectFolder) -> None:
    built.write("custom_dependencies_versions.json", '{"low":\n  {"1.0": {},}}')
    said = (
        "error: `custom_dependencies_versions.json` is not valid JSON\n"
        "  cause: custom_dependencies_versions.json:2:1[34]: .*\n\n"
        "hint: JSON has no comma after the last entry\n"
    )
    assert re.fullmatch(said, refuse(built))


def test_overrides_of_a_wrong_shape(built: ProjectFolder) -> None:
    built.write("custom_dependencies_versions.json", '{"low": {"1.0": 3}}')
    said = refuse(built)
    assert said.startswith('error: `low."1.0"` must be an object or a string, not a number\n')
    assert "  cause: custom_dependencies_versions.json\n\nhint: the form is " in said


def test_no_network(built: ProjectFolder, conflict: tuple[Index, ProjectFolder]) -> None:
    # Nobody listens on the port; `UV_HTTP_RETRIES` is three by default, with longer and longer pauses.
    unreachable = {
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "UV_FIND_LINKS": "",
        "UV_HTTP_TIMEOUT": "2",
        "UV_HTTP_RETRIES": "0",
    }
    built.pyproject(("dep-a", "dep-b", "top"))
    said = refuse(built, env=unreachable)
    assert said.startswith("error: cannot reach the package index\n  cause: Failed to fetch: ")
    assert "http://127.0.0.1:9/simple/" in said
    assert "hint: set `UV_OFFLINE=1` to build from uv's cache alone" in said


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


def test_an_ordinary_environment_is_not_touched(
    built: ProjectFolder, conflict: tuple[Index, ProjectFolder]
) -> None:
    """The commonest case: somebody tries mvenv in a project that has a `.venv`."""
    (built.root / ".venv/mvenv.json").unlink()
    assert "error: `.venv` is an environment that mvenv did not make" in refuse(built)


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
    said = refuse(built)
    assert said.startswith("error: no Python found for `3.99`\n")
    assert "  cause: No interpreter found for Python 3.99 in " in said
    assert "in `[tool.mvenv] python` or the environment variable `UV_PYTHON`" in said


def test_a_python_that_is_no_python(built: ProjectFolder) -> None:
    missing = built.root / "no-such-python"
    built.pyproject(CONFLICT, f'[tool.mvenv]\npython = "{missing}"')
    assert "error: no Python found for `[ROOT]/no-such-python`" in refuse(built)


@pytest.mark.skipif(find_interpreter("3.10") is None, reason="there is no Python 3.10 here")
def test_a_python_that_is_too_old(built: ProjectFolder) -> None:
    old = find_interpreter("3.10")
    assert old is not None
    built.pyproject(CONFLICT, f'[tool.mvenv]\npython = "{old.executable}"', requires_python=">=3.8")
    assert refuse(built) == (
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


def test_a_failed_install_leaves_nothing(corrupt: ProjectFolder, tmp_path: Path) -> None:
    project = copy(corrupt, tmp_path / "corrupt")
    project.pyproject(("broken", "dep-b"))
    refuse(project)
