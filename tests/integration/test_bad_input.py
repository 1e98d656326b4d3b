from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.integration.refusals import refuse
from tests.integration.workshop import CONFLICT, built_conflict, copy
from tests.support.packaging_words import reason_of_packaging

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> tuple[Index, ProjectFolder]:
    """A project that was built before its input became bad, and its index."""
    index, project = built_conflict(workshop)
    index.add("wants-ghost", "1.0", requires=["ghost>=1"])
    index.add("tomorrow", "1.0", requires_python=">=3.99")
    return index, project


@pytest.fixture
def built(conflict: tuple[Index, ProjectFolder], tmp_path: Path) -> ProjectFolder:
    """A copy of that project."""
    return copy(conflict[1], tmp_path / "built")


@dataclass(frozen=True, slots=True)
class Case:
    """A pyproject.toml that cannot be built, and what is said about it."""

    dependencies: tuple[str, ...]
    said: str
    extra: str = ""


CASES = {
    "a requirement that does not parse": Case(
        (*CONFLICT, "not a requirement!"),
        f"""\
error: `not a requirement!` is not a valid requirement
  cause: pyproject.toml:10: project.dependencies[4]: {reason_of_packaging("not a requirement!")}
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
  cause: wants-ghost 1.0 → ghost>=1: ghost was not found in the package registry

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

hint: give the second version an import name of its own (`mvenv alias NAME REQUIREMENT`), or let the library that needs it require it
""",  # noqa: E501 - as it is said
    ),
    "bounds that leave nothing": Case(
        CONFLICT,
        """\
error: `dep-a` cannot be installed, even alone
  cause: pyproject.toml:6: project.dependencies[0] = 'dep-a'
  cause: my-app → dep-a → low<2
  cause: pyproject.toml:13: tool.mvenv.constraints.dep-a: my-app → low>=2

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


@pytest.mark.parametrize(
    ("file", "text", "message", "place"),
    [
        ("pyproject.toml", "[project\n", "`pyproject.toml` is not valid TOML", "pyproject.toml:1:9: "),
        (
            "custom_dependencies_versions.json",
            "{",
            "`custom_dependencies_versions.json` is not valid JSON",
            "custom_dependencies_versions.json:1:2: ",
        ),
    ],
)
def test_what_is_built_is_shown_with_what_is_wrong_since(
    file: str, text: str, message: str, place: str, built: ProjectFolder
) -> None:
    """Not that a build updates it: none would."""
    built.write(file, text)
    graph = built.mvenv("graph")
    note = f"note: the project has changed since this was built, and cannot be built: {message}\n  cause: {place}"
    assert graph.err.startswith(note) and graph.out
    doctor = built.mvenv("doctor", check=False)
    assert doctor.code == 1
    assert f"problem: {file}: {message}: {place}" in doctor.out
    assert "updates" not in graph.err + doctor.err + doctor.out


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


def test_no_network(built: ProjectFolder) -> None:
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
