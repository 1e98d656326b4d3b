"""Two requirements that need different versions of a third: what is installed, what is written, what runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.system.names import FRESH
from tests.integration.workshop import (
    APP,
    APP_PRINTS,
    CONFLICT,
    copy,
    leftovers,
    publish_conflict,
    tree,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def distributions(environment: Path) -> set[str]:
    return {path.name.partition("-")[0] for path in environment.glob("lib/*/site-packages/*.dist-info")}


def environment(project: ProjectFolder, name: str) -> Path:
    (folder,) = project.root.glob(f"py_modules/{name}-*")
    return folder


def test_each_distribution_is_installed_once(conflict: ProjectFolder) -> None:
    assert distributions(conflict.root / ".venv") == {"plain"}
    assert distributions(environment(conflict, "dep-a")) == {"dep_a", "low", "top"}
    assert distributions(environment(conflict, "dep-b")) == {"dep_b", "low"}
    assert leftovers(conflict.root) == []


def test_the_application_sees_both(conflict: ProjectFolder) -> None:
    assert conflict.python("app.py").out == APP_PRINTS
    assert conflict.mvenv("run", "python", "app.py").out == APP_PRINTS


def test_what_is_ambiguous_is_not_guessed(conflict: ProjectFolder) -> None:
    """The project does not require `low`, of which there are two."""
    said = conflict.python("-c", "import low", check=False).err
    assert "ModuleNotFoundError" in said
    assert "1.0" in said or "dep-a" in said, "the message should say who has it"


@pytest.mark.every_python
def test_on_every_python(project: ProjectFolder, index: Index, interpreter: Interpreter) -> None:
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    project.mvenv("build")
    assert project.python("-c", "import sys; print(*sys.version_info[:2], sep='.')").out == f"{interpreter}\n"
    assert project.python("app.py").out == APP_PRINTS
    assert project.mvenv("run", "dep-a", "x").out == "dep-a 1.0 x\n"
    assert_each_environment_works_by_itself(project)


def test_versioned_packages(conflict: ProjectFolder) -> None:
    """`top` needs `dep-a`, which needs `low`: the propagation rule of "dependencies done right"."""
    assert conflict.read_json("versioned_packages.json") == ["dep-a", "dep-b", "low", "top"]


def test_default_dependencies_versions(conflict: ProjectFolder) -> None:
    assert conflict.read_json("default_dependencies_versions.json") == {
        "dep-a": {"1.0": {"low": "1.0"}},
        "dep-b": {"1.0": {"low": "2.0"}},
        "top": {"1.0": {"dep-a": "1.0"}},
        "my-app": {"1.0": {"dep-a": "1.0", "dep-b": "1.0", "top": "1.0"}},
    }


def test_the_import_map(conflict: ProjectFolder) -> None:
    found = conflict.read_json("site-packages/runtime_shim/import_map.json")
    assert found["application"]["imports"] == {"dep_a": "dep-a", "dep_b": "dep-b", "top": "dep-a"}
    assert found["environments"]["dep-a"]["imports"] == {"dep_a": "dep-a", "low": "dep-a", "top": "dep-a"}
    assert found["environments"]["dep-b"]["imports"] == {"dep_b": "dep-b", "low": "dep-b"}
    assert str(conflict.root) not in json.dumps(found)


def test_nothing_written_names_the_projects_folder(conflict: ProjectFolder) -> None:
    """So the folder can be moved. But for what a build with nothing to do notes of this very place."""
    naming = {
        path.relative_to(conflict.root).as_posix()
        for path in conflict.root.rglob("*")
        if (path.is_symlink() or path.is_file())
        and "__pycache__" not in path.parts
        and path.name != FRESH
        and str(conflict.root).encode()
        in (os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes())
    }
    assert naming == set()


def test_the_project_can_be_moved(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "first place")
    moved = tmp_path / "another place" / "deeper"
    moved.parent.mkdir()
    shutil.move(project.root, moved)
    project = copy(project.__class__(moved, project.interpreter, project.environment), tmp_path / "third")
    before = tree(project.root)
    assert project.python("app.py").out == APP_PRINTS
    assert project.mvenv("run", "--no-build", "python", "app.py").out == APP_PRINTS
    assert project.mvenv("run", "dep-a", "x").out == "dep-a 1.0 x\n"
    assert project.mvenv("build").err.startswith("Up to date")
    assert tree(project.root) == before
    assert_each_environment_works_by_itself(project)


def test_each_environment_works_by_itself(conflict: ProjectFolder) -> None:
    """Without the shim: an editor, a type checker or a debugger may use one environment alone."""
    assert_each_environment_works_by_itself(conflict)


def assert_each_environment_works_by_itself(project: ProjectFolder) -> None:
    for name, module, version in (
        ("dep-a", "dep_a", "1.0"),
        ("dep-a", "top", "1.0"),
        ("dep-b", "dep_b", "2.0"),
    ):
        folder = environment(project, name)
        code = f"import {module}, low, plain; print({module}.low_version, low.__version__, plain.__file__)"
        done = subprocess.run(
            [folder / "bin/python", "-c", code],
            env=dict(project.environment),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        first, second, file = done.stdout.split(maxsplit=2)
        assert (first, second) == (version, version)
        assert file.startswith(f"{project.root}/.venv/"), "what all share is shared here, too"


def test_a_second_build_does_nothing(conflict: ProjectFolder) -> None:
    before = tree(conflict.root)
    said = conflict.mvenv("build").err
    assert said == "Up to date: 6 distributions for 2 groups (the fewest possible)\n"
    assert tree(conflict.root) == before


def test_what_a_build_says(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(CONFLICT, version="1.1")
    first, *rest = project.mvenv("build").err.splitlines()
    assert first.startswith("Built 6 distributions for 2 groups (the fewest possible) in ")
    assert rest == [
        "  .venv: 1 distribution shared by all",
        f"  py_modules/{environment(project, 'dep-a').name}: 3 distributions for dep-a, top",
        f"  py_modules/{environment(project, 'dep-b').name}: 2 distributions for dep-b",
        "In several versions: low 1.0 and 2.0",
    ]


def test_what_did_not_change_is_not_installed_again(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    kept = environment(project, "dep-b")
    before = tree(kept)
    project.pyproject(("dep-a", "dep-b"))  # without `top`
    project.mvenv("build")
    assert environment(project, "dep-b") == kept
    assert tree(kept) == before
    assert leftovers(project.root) == []


def test_the_users_overrides_are_mirrored_and_survive(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    overrides = {"dep-b": {"1.0": {"low": "2.0"}}}
    written = project.write("custom_dependencies_versions.json", json.dumps(overrides))
    text = written.read_text()
    assert project.mvenv("run", "--no-build", "python", "app.py").out == APP_PRINTS, "so it is already"
    assert project.mvenv("build").err.startswith("Built "), "that is a change"
    assert project.read_json("custom_dependencies_versions.json") == overrides
    project.pyproject(("dep-a", "dep-b"))
    project.mvenv("build")
    assert project.read_json("custom_dependencies_versions.json") == overrides
    assert written.read_text() == text
    written.unlink()
    project.mvenv("build")
    assert project.read_json("custom_dependencies_versions.json") == {}


def test_names_are_spelt_as_their_metadata_does(project: ProjectFolder, index: Index) -> None:
    index.add("Low.Level", "1.0", files={"low_level.py": ""})
    index.add("Low.Level", "2.0", files={"low_level.py": ""})
    index.add("Dep_A", "1.0", requires=["low-level<2"], files={"dep_a.py": "import low_level"})
    index.add("Dep_B", "1.0", requires=["LOW_LEVEL>=2"], files={"dep_b.py": "import low_level"})
    project.pyproject(["dep.A", "DEP-b"], name="My.App")
    project.mvenv("build")
    assert project.read_json("versioned_packages.json") == ["Dep_A", "Dep_B", "Low.Level"]
    assert project.read_json("default_dependencies_versions.json") == {
        "Dep_A": {"1.0": {"Low.Level": "1.0"}},
        "Dep_B": {"1.0": {"Low.Level": "2.0"}},
        "My.App": {"1.0": {"Dep_A": "1.0", "Dep_B": "1.0"}},
    }
    project.python("-c", "import dep_a, dep_b")


def test_the_same_input_makes_the_same_files(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    for name in (".venv", "py_modules"):
        shutil.rmtree(project.root / name)
    project.mvenv("build")
    for name in (
        "versioned_packages.json",
        "default_dependencies_versions.json",
        "site-packages/runtime_shim/import_map.json",
    ):
        assert (project.library / name).read_bytes() == (conflict.library / name).read_bytes()
    assert record_without_times(project) == record_without_times(conflict)


def record_without_times(project: ProjectFolder) -> dict[str, Any]:
    """Return the record of a build but for what it says of the times of files, and its own checksum."""
    record: dict[str, Any] = json.loads((project.root / ".venv/mvenv.json").read_text())
    del record["checksum"], record["seal"]["stamp"], record["seal"]["surface"]
    return record


def test_the_conflict_is_between_the_project_and_a_dependency(project: ProjectFolder, index: Index) -> None:
    """The application's own `low` is the one it asks for."""
    publish_conflict(index)
    project.pyproject(["low>=2", "dep-a"])
    project.mvenv("build")
    code = "import low, dep_a; print(low.__version__, dep_a.low_version)"
    assert project.python("-c", code).out == "2.0 1.0\n"
