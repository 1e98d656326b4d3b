"""A built project is damaged: `mvenv build` notices and repairs it, `mvenv doctor` finds it, and neither takes a copy
of a project, what programs write, or what a person has added, for damage.

[kinds] Every way in which files of a build get lost or change. [cache] uv's cache holds the same damage, being the same
file. [hidden] A change that size and time do not tell is found by `doctor`, and repaired by its hint. [copied] Times
alone. [added] Files more. [running] A repaired environment is another folder, so that programs go on. [names]
`--reinstall NAME`. [cost] Nothing to do takes as long as it did.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, built_conflict, copy, leftovers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """The built project; the tests do not change it."""
    return built_conflict(workshop, "damage")[1]


@pytest.fixture
def project(conflict: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of it."""
    return copy(conflict, tmp_path / "project")


def environment(project: ProjectFolder, name: str) -> Path:
    return next((project.root / "py_modules").glob(f"{name}-*"))


def site_packages(project: ProjectFolder, name: str) -> Path:
    return next(environment(project, name).glob("lib/python3*/site-packages"))


def emptied_map(project: ProjectFolder) -> None:
    (project.library / "site-packages/runtime_shim/import_map.json").write_text("")


def cut_map(project: ProjectFolder) -> None:
    path = project.library / "site-packages/runtime_shim/import_map.json"
    path.write_bytes(path.read_bytes()[:-20])


def no_map(project: ProjectFolder) -> None:
    (project.library / "site-packages/runtime_shim/import_map.json").unlink()


def no_shim(project: ProjectFolder) -> None:
    shutil.rmtree(project.library / "site-packages/runtime_shim")


def no_shared_package(project: ProjectFolder) -> None:
    shutil.rmtree(project.library / "site-packages/plain")


def no_isolated_package(project: ProjectFolder) -> None:
    shutil.rmtree(site_packages(project, "dep-a") / "low")


def no_metadata(project: ProjectFolder) -> None:
    shutil.rmtree(site_packages(project, "dep-a") / "low-1.0.dist-info")


def emptied_record(project: ProjectFolder) -> None:
    (site_packages(project, "dep-a") / "low-1.0.dist-info/RECORD").write_text("")


def cut_file(project: ProjectFolder) -> None:
    path = site_packages(project, "dep-b") / "dep_b.py"
    path.unlink()
    path.write_text("import low\n")


def cut_shared_file(project: ProjectFolder) -> None:
    path = project.library / "site-packages/plain/__init__.py"
    path.unlink()
    path.write_text("")


def no_library(project: ProjectFolder) -> None:
    shutil.rmtree(project.root / ".venv/lib")


def no_library_of_environment(project: ProjectFolder) -> None:
    shutil.rmtree(environment(project, "dep-a") / "lib")


def no_environment(project: ProjectFolder) -> None:
    shutil.rmtree(environment(project, "dep-a"))


def no_environments(project: ProjectFolder) -> None:
    shutil.rmtree(project.root / "py_modules")


def emptied_mark(project: ProjectFolder) -> None:
    (environment(project, "dep-a") / "mvenv.json").write_text("")


def no_command(project: ProjectFolder) -> None:
    (project.root / ".venv/bin/dep-a").unlink()


def no_python(project: ProjectFolder) -> None:
    (project.root / ".venv/bin/python").unlink()


def no_configuration(project: ProjectFolder) -> None:
    (project.root / ".venv/pyvenv.cfg").unlink()


DAMAGES = (
    *(emptied_map, cut_map, no_map, no_shim, no_shared_package, no_isolated_package, no_metadata),
    *(emptied_record, cut_file, cut_shared_file, no_library, no_library_of_environment, no_environment),
    *(no_environments, emptied_mark, no_command, no_python, no_configuration),
)


TOGETHER = (
    (emptied_map, no_shared_package, no_metadata, cut_file, no_command),
    (no_library, no_library_of_environment, emptied_mark),
)


@pytest.mark.parametrize("damages", TOGETHER)
def test_many_at_once(project: ProjectFolder, damages: tuple[Callable[[ProjectFolder], None], ...]) -> None:
    """[kinds]"""
    noticed_and_repaired(project, *damages)


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_one_by_one(project: ProjectFolder, damage: Callable[[ProjectFolder], None]) -> None:
    """[kinds]"""
    noticed_and_repaired(project, damage)


def noticed_and_repaired(project: ProjectFolder, *damages: Callable[[ProjectFolder], None]) -> None:
    for damage in damages:
        damage(project)
    found = project.mvenv("doctor", check=False)
    assert found.code == 1, found
    assert "hint: " in found.out
    repaired = project.mvenv("build")
    assert "Up to date" not in repaired.err
    assert project.python("app.py").out == APP_PRINTS
    assert "nothing is wrong" in project.mvenv("doctor").out
    assert "Up to date" in project.mvenv("build").err
    assert not leftovers(project.root)


def test_cache_is_damaged_too(workshop: Workshop) -> None:
    """[cache]"""
    _, project = built_conflict(workshop, "damaged-cache")
    path = site_packages(project, "dep-b") / "dep_b.py"
    assert path.stat().st_nlink > 1
    with path.open("w") as file:
        file.write("")
    assert "dep_b.py" in project.mvenv("build").err
    assert project.python("app.py").out == APP_PRINTS


def test_hidden_damage(project: ProjectFolder) -> None:
    """[hidden]"""
    for path, name in (
        (project.library / "site-packages/plain/__init__.py", "plain"),
        (site_packages(project, "dep-b") / "dep_b.py", "dep_b"),
    ):
        status, text = path.stat(), path.read_bytes()
        path.unlink()
        path.write_bytes(text[:-2] + b"#\n")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert "Up to date" in project.mvenv("build").err
        found = project.mvenv("doctor", check=False).out
        assert f"it is not the file that was installed with {name}" in found
        assert f"hint: run `mvenv build --reinstall {name}`, which installs it again" in found
        project.mvenv("build", "--reinstall", name)
        assert "nothing is wrong" in project.mvenv("doctor").out
    assert project.python("app.py").out == APP_PRINTS


def test_other_times(conflict: ProjectFolder, tmp_path: Path) -> None:
    """[copied]"""
    shutil.copytree(conflict.root, tmp_path / "copy", symlinks=True, copy_function=shutil.copy)
    copied = dataclasses.replace(conflict, root=tmp_path / "copy")
    before = json.loads((copied.root / ".venv/mvenv.json").read_text())["seal"]
    assert "Up to date" in copied.mvenv("build").err
    after = json.loads((copied.root / ".venv/mvenv.json").read_text())["seal"]
    assert after == {**before, "stamp": after["stamp"], "surface": after["surface"]}
    assert after["stamp"] != before["stamp"]
    assert "nothing is wrong" in copied.mvenv("doctor").out


def test_more_files(project: ProjectFolder) -> None:
    """[added]"""
    (project.library / "site-packages/plain/downloaded").mkdir()
    (project.library / "site-packages/plain/downloaded/data").write_text("data")
    (site_packages(project, "dep-a") / "mine.pth").write_text("")
    assert "Up to date" in project.mvenv("build").err
    assert "nothing is wrong" in project.mvenv("doctor").out
    assert (project.library / "site-packages/plain/downloaded/data").read_text() == "data"


def test_repaired_beside_what_is_used(project: ProjectFolder) -> None:
    """[running]"""
    before = environment(project, "dep-b")
    cut_file(project)
    project.mvenv("build")
    after = environment(project, "dep-b")
    assert after.name == f"{before.name}-2"
    project.mvenv("build", "--reinstall", "dep-b")
    assert environment(project, "dep-b").name == f"{before.name}-3"
    project.pyproject(["dep-a", "dep-b", "plain"])
    project.mvenv("build")
    assert environment(project, "dep-b").name == f"{before.name}-3"
    assert not leftovers(project.root)


def test_names(project: ProjectFolder) -> None:
    """[names]"""
    other = environment(project, "dep-a")
    refused = project.mvenv("build", "--reinstall", "nothing-like-it", check=False)
    assert refused.code == 1
    assert "error: nothing that is called `nothing-like-it` is installed" in refused.err
    project.mvenv("build", "--reinstall", "low")
    assert environment(project, "dep-a").name == f"{other.name}-2"
    project.mvenv("build", "--reinstall", "plain")
    assert environment(project, "dep-a").name == f"{other.name}-2"
    project.mvenv("build", "--reinstall")
    assert environment(project, "dep-a").name == f"{other.name}-3"
    assert project.python("app.py").out == APP_PRINTS
