"""`custom_dependencies_versions.json`: two copies, `mvenv override`, and what takes effect when."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.workshop import copy, leftovers, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

NAME = "custom_dependencies_versions.json"
FLAT = '{"dep-a": {"1.0": {"low": "1.0"}}}\n'
APP = """
    import dep_a, dep_b, near
    print(dep_a.low_version(), dep_b.low_version(), near.low_version(), near.dep_a is dep_a)
"""
BEFORE, AFTER = "2.0 1.0 2.0 True\n", "1.0 1.0 2.0 True\n"


@pytest.fixture(scope="module")
def made(workshop: Workshop) -> ProjectFolder:
    """`dep-a` and its neighbour `near` use `low` 2.0, `dep-b` uses 1.0; `low` 1.5 is published, not installed."""
    index, project = workshop.new("overrides")
    source = "def low_version():\n    import low\n    return low.__version__\n"
    for version in ("1.0", "1.5", "2.0"):
        index.add("low", version)
    index.add("dep-a", "1.0", requires=["low"], files={"dep_a/__init__.py": f"import low\n{source}"})
    index.add("near", "1.0", requires=["low>=2", "dep-a"], files={"near.py": f"import dep_a\n{source}"})
    index.add("dep-b", "1.0", requires=["low<1.2"], files={"dep_b.py": source})
    project.pyproject(("dep-a", "near", "dep-b"))
    project.write("app.py", APP)
    project.mvenv("build")
    assert project.python("app.py").out == BEFORE
    return project


@pytest.fixture
def project(made: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of it."""
    return copy(made, tmp_path / "project")


def texts(project: ProjectFolder) -> tuple[str | None, str | None]:
    """Return what is in the project's file and in the copy."""
    paths = (project.root / NAME, project.library / NAME)
    own, beside = (path.read_text() if path.exists() else None for path in paths)
    return own, beside


def files(project: ProjectFolder) -> set[str]:
    return set(tree(project.root))


def in_force(project: ProjectFolder) -> Any:
    return json.loads(project.read_json("site-packages/runtime_shim/import_map.json")["overrides"])


def test_what_is_installed_needs_no_build(project: ProjectFolder) -> None:
    """Not with the environment's own Python, and not with `mvenv run`; `mvenv build` then does the same for good."""
    (project.root / NAME).write_text(FLAT)
    before = tree(project.root)
    assert project.python("app.py").out == AFTER
    for arguments in (["--no-build"], []):
        outcome = project.mvenv("run", *arguments, "app.py")
        assert (outcome.out, outcome.err) == (AFTER, "")
    assert tree(project.root) == before
    assert project.mvenv("build").err.startswith("Built ")
    assert texts(project) == (FLAT, FLAT)
    assert in_force(project) == json.loads(FLAT)
    assert project.python("app.py").out == AFTER
    assert project.mvenv("build").err.startswith("Up to date")


def test_the_copy_may_be_edited(project: ProjectFolder) -> None:
    """The next build brings the edit to the project's file as it is written."""
    text = '{ "dep-a": {"1.0":\n   {"low": "1.0"}} }'
    (project.library / NAME).write_text(text)
    assert project.python("app.py").out == AFTER
    assert project.mvenv("run", "--no-build", "app.py").out == AFTER
    project.mvenv("build")
    assert texts(project) == (text, text)
    assert project.python("app.py").out == AFTER
    (project.library / NAME).unlink()
    assert project.mvenv("build").err.startswith("Up to date")
    (project.root / NAME).unlink()
    project.mvenv("build")
    assert texts(project) == (None, "{}\n")
    assert in_force(project) == {}


def test_both_copies_are_edited(project: ProjectFolder) -> None:
    (project.root / NAME).write_text(FLAT)
    (project.library / NAME).write_text('{"near": {"1.0": {"low": "1.0"}}}')
    assert project.python("app.py").out == "1.0 1.0 1.0 True\n"
    project.mvenv("build")
    own, beside = texts(project)
    assert own == beside
    assert json.loads(own or "") == {"dep-a": {"1.0": {"low": "1.0"}}, "near": {"1.0": {"low": "1.0"}}}
    assert project.python("app.py").out == "1.0 1.0 1.0 True\n"


def test_both_copies_are_edited_and_contradict_each_other(project: ProjectFolder) -> None:
    (project.root / NAME).write_text(FLAT)
    (project.library / NAME).write_text('{"dep-a": {"1.0": {"low": "1.5"}}}')
    before = tree(project.root)
    outcome = project.mvenv("build", check=False)
    assert (outcome.code, outcome.err) == (
        1,
        (
            f'error: `{NAME}` and its copy have both changed `dep-a."1.0".low` since the last build\n'
            f'  cause: {NAME}:1: "1.0"\n'
            f'  cause: .venv/lib/python{project.interpreter}/{NAME}:1: "1.5"\n'
            "\n"
            "hint: make both say the same, or delete the copy\n"
        ),
    )
    assert tree(project.root) == before


def test_what_is_not_installed_needs_a_build(project: ProjectFolder) -> None:
    (project.root / NAME).write_text(FLAT.replace('"low": "1.0"', '"low": "1.5"'))
    outcome = project.python("app.py")
    told = f"mvenv: {NAME} asks for what is not installed (dep-a 1.0 → low 1.5); run `mvenv build`\n"
    assert (outcome.out, outcome.err) == (BEFORE, told)
    outcome = project.mvenv("run", "--no-build", "app.py", check=False)
    assert outcome.err.startswith("error: the environments are missing or out of date\n")
    outcome = project.mvenv("run", "app.py")
    assert outcome.out == "1.5 1.0 2.0 True\n"
    assert outcome.err.startswith("Built ")
    (project.root / NAME).unlink()
    outcome = project.python("app.py")
    told = f"mvenv: {NAME} no longer asks for what is in force (dep-a 1.0 → low 1.5); run `mvenv build`\n"
    assert (outcome.out, outcome.err) == ("1.5 1.0 2.0 True\n", told)


def test_an_edit_of_pyproject_is_a_reason_for_a_build(project: ProjectFolder) -> None:
    (project.root / NAME).write_text(FLAT)
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("\n# changed\n")
    outcome = project.mvenv("run", "--no-build", "app.py", check=False)
    assert outcome.code == 1


def test_a_failed_build_loses_nothing(project: ProjectFolder) -> None:
    (project.library / NAME).write_text('{"dep-a": {"1.0": {"low": "9"}}}')
    before = tree(project.root)
    assert project.mvenv("build", check=False).code == 1
    assert tree(project.root) == before
    assert leftovers(project.root) == []


def test_override(project: ProjectFolder) -> None:
    """The command writes the project's file, and builds."""
    outcome = project.mvenv("override", "dep-a==1.0", "low==1.5")
    said, built, *_ = outcome.err.splitlines()
    assert said == f"{NAME}: dep-a 1.0 → low 1.5"
    assert built.startswith("Built ")
    assert project.python("app.py").out == "1.5 1.0 2.0 True\n"
    outcome = project.mvenv("override", "Dep.A==1", "LOW==1.0.0", "--no-build")
    assert outcome.err.startswith(f"{NAME}: Dep.A 1 → LOW 1.0.0 (instead of LOW 1.5)\n")
    assert json.loads(texts(project)[0] or "") == {"dep-a": {"1.0": {"low": "1.0.0"}}}
    assert project.python("app.py").out == AFTER
    project.mvenv("override", "--remove", "dep-a==1.0", "low==1.0")
    assert texts(project) == ("{}\n", "{}\n")
    assert in_force(project) == {}


def test_override_of_a_chain(project: ProjectFolder) -> None:
    """`dep-a` below `near` alone: two contexts, which the build keeps apart."""
    project.mvenv("override", "near==1.0", "dep-a==1.0", "low==1.5")
    assert json.loads(texts(project)[0] or "") == {"near": {"1.0": {"dep-a": {"1.0": {"low": "1.5"}}}}}
    program = "import dep_a, near; print(dep_a.low_version(), near.low_version(), near.dep_a.low_version())"
    assert project.python("-c", program).out == "2.0 2.0 1.5\n"


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["dep-a==1.0"], 2, "an override names the importer and the dependency"),
        (["dep-a==1.0", "low"], 2, "`low` is not of the form NAME==VERSION"),
        (["dep-a==1.0", "low>=1"], 2, "`low>=1` is not of the form NAME==VERSION"),
        (["dep-a==1.0", "low==1.*"], 2, "`low==1.*` is not of the form NAME==VERSION"),
        (["dep-a[x]==1.0", "low==1"], 2, "`dep-a[x]==1.0` is not of the form NAME==VERSION"),
        ([], 2, "Missing argument 'IMPORTER==VERSION... DEPENDENCY==VERSION'"),
        (["low==1.0", "dep-a==1.0"], 1, "the overrides form a cycle: dep-a 1.0 → low 1.0 → dep-a 1.0"),
        (["low==1.0", "low==1.5"], 1, "a distribution cannot use itself: low 1.0 → low 1.5"),
        (["--remove", "near==1.0", "low==1.5"], 1, f"`{NAME}` does not say near 1.0 → low 1.5"),
        (["dep-a==1.0", "low==9"], 1, "an override names a version that does not exist"),
    ],
)
def test_override_refused(project: ProjectFolder, arguments: list[str], code: int, error: str) -> None:
    """Whatever is wrong, the file is as it was."""
    (project.root / NAME).write_text(FLAT)
    before = files(project)
    outcome = project.mvenv("override", *arguments, check=False)
    assert outcome.code == code
    assert f"error: {error}\n" in outcome.err, outcome
    assert files(project) == before
    assert texts(project) == (FLAT, "{}\n")


def test_an_override_of_a_distribution_that_nobody_has(project: ProjectFolder) -> None:
    said = project.mvenv("override", "dep-a==1.0", "loww==1", check=False).err
    assert "dep-a 1.0 → loww 1: there is no distribution `loww`\n" in said


def test_override_refused_where_there_was_no_file(project: ProjectFolder) -> None:
    before = tree(project.root)
    assert project.mvenv("override", "dep-a==1.0", "low==9", check=False).code == 1
    assert tree(project.root) == before


def test_a_project_without_conflict(project: ProjectFolder) -> None:
    """No shim, so an edit waits for the build; both copies are kept in step all the same."""
    project.pyproject(("dep-a",))
    project.mvenv("build")
    (project.library / NAME).write_text(FLAT)
    assert project.python("-c", "import dep_a; print(dep_a.low_version())").out == "2.0\n"
    assert project.mvenv("run", "--no-build", "python", "-c", "1", check=False).code == 1
    project.mvenv("build")
    assert texts(project) == (FLAT, FLAT)
    assert project.python("-c", "import dep_a; print(dep_a.low_version())").out == "1.0\n"


def test_environments_that_are_gone(project: ProjectFolder) -> None:
    """The project's file outlives its environments."""
    (project.root / NAME).write_text(FLAT)
    project.mvenv("build")
    for name in (".venv", "py_modules"):
        shutil.rmtree(project.root / name)
    project.mvenv("build")
    assert texts(project) == (FLAT, FLAT)
    assert project.python("app.py").out == AFTER
