"""Finished environments are kept beside uv's cache, and a build that was made before is taken from there.

[again] After `mvenv clean`, without uv's cache. [same] What is taken is what would have been made, to the last byte.
[part] An environment alone. [edited] What somebody has edited is not taken. [archive] Other times are no edit.
[incomplete] What a killed build or a power failure leaves. [local] Folders of the user's. [told] A build that has
something to tell is made again. [off] [at once] [pruned] [offline]
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import APP, APP_PRINTS, CONFLICT, copy, publish_conflict
from tests.support.terminal import on_a_terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

TAKEN = "Taken from the cache: .venv, py_modules/"


@pytest.fixture
def project(project: ProjectFolder, index: Index, tmp_path: Path) -> ProjectFolder:
    """The conflict, not built yet, and caches of its own."""
    publish_conflict(index)
    project = with_caches(project, tmp_path / "caches")
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    return project


@pytest.fixture(scope="module")
def once_built(workshop: Workshop) -> ProjectFolder:
    """The same, built and cleaned; the tests leave it as it is."""
    index, project = workshop.new("cleaned")
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    project = with_caches(project, project.root.parent / "caches")
    project.mvenv("build")
    project.mvenv("clean")
    return project


@pytest.fixture
def cleaned(once_built: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of it and of its cache; there is none of uv's."""
    shutil.copytree(cache(once_built), tmp_path / "caches/mvenv-environments", symlinks=True)
    return with_caches(copy(once_built, tmp_path / "cleaned"), tmp_path / "caches")


def with_caches(project: ProjectFolder, folder: Path) -> ProjectFolder:
    """Return a project with uv's cache, and that of finished environments beside it, in *folder*."""
    environment = {**project.environment, "UV_CACHE_DIR": str(folder / "uv"), "MVENV_ENVIRONMENT_CACHE": ""}
    return dataclasses.replace(project, environment=environment)


def another(project: ProjectFolder, name: str = "other-app") -> ProjectFolder:
    """Return a project of another name and version that requires the same, and has the same lock."""
    root = project.root.with_name(name)
    root.mkdir()
    other = dataclasses.replace(project, root=root)
    other.pyproject(CONFLICT, name=name, version="2.0")
    other.write("app.py", APP)
    shutil.copy(project.root / "mvenv.lock", root)
    return other


def cache(project: ProjectFolder) -> Path:
    return project.root.parent / "caches/mvenv-environments"


def entries(project: ProjectFolder) -> dict[str, Path]:
    """Return the entries of the cache by the environment that they are."""
    found = {}
    for entry in (cache(project) / "environments-1").iterdir():
        document = json.loads((entry / "mvenv.json").read_text())
        found[document.get("name") or "application"] = entry
    return found


def files(root: Path) -> Iterator[tuple[str, object]]:
    """Yield what is built, but for times and what is compiled."""
    for place in (root / ".venv", root / "py_modules"):
        for folder, names, found in os.walk(place):
            names[:] = [name for name in names if name != "__pycache__"]
            for path in (os.path.join(folder, name) for name in (*names, *found)):
                mode = os.lstat(path).st_mode
                relative = os.path.relpath(path, root)
                if os.path.islink(path):
                    yield relative, os.readlink(path)
                elif os.path.isfile(path) and not path.endswith((".bundle", "mvenv.json", "mvenv.fresh")):
                    with open(path, "rb") as file:
                        yield relative, (mode, file.read())


def test_again(cleaned: ProjectFolder) -> None:
    """[again] [offline]"""
    before = cleaned.root.joinpath("mvenv.lock").read_bytes()
    said = cleaned.mvenv("build", "--locked", "--offline").err
    assert said.startswith(TAKEN) and "\nBuilt 6 distributions for 2 groups (the fewest possible) in " in said
    assert cleaned.python("app.py").out == APP_PRINTS
    assert "nothing is wrong" in cleaned.mvenv("doctor").out
    assert cleaned.mvenv("build").err.startswith("Up to date")
    assert cleaned.root.joinpath("mvenv.lock").read_bytes() == before


def test_another_project(cleaned: ProjectFolder) -> None:
    """[same] Its name, too."""
    other = another(cleaned)
    assert TAKEN in other.mvenv("build").err
    assert other.python("app.py").out == APP_PRINTS
    assert "nothing is wrong" in other.mvenv("doctor").out
    settings = other.root / ".venv/pyvenv.cfg"
    assert 'prompt = "other-app"' in settings.read_text() and settings.stat().st_nlink == 1, "it is locked"
    taken, graph = dict(files(other.root)), other.mvenv("graph", "--format", "json").out
    other.mvenv("clean")
    other.mvenv("build", env={"MVENV_ENVIRONMENT_CACHE": "off"})
    assert taken == dict(files(other.root))
    assert graph == other.mvenv("graph", "--format", "json").out


def test_an_environment_alone(cleaned: ProjectFolder) -> None:
    """[part] The application is another."""
    other = another(cleaned)
    other.pyproject((*CONFLICT, "low>=2"), name="other-app")
    assert "Taken from the cache" not in other.mvenv("build").err
    kept = entries(cleaned)["dep-b"]
    source = next(other.root.glob("py_modules/dep-b-*/lib/python3*/site-packages/dep_b.py"))
    assert source.samefile(next(kept.glob("lib/python3*/site-packages/dep_b.py")))
    assert "nothing is wrong" in other.mvenv("doctor").out


def test_edited(project: ProjectFolder) -> None:
    """[edited] Where files are hard links the cache has the edits, uv's as well."""
    project.mvenv("build")
    patterns = (
        "py_modules/dep-b-*/lib/python3*/site-packages/dep_b.py",
        ".venv/lib/python3*/site-packages/plain/__init__.py",
    )
    for pattern in patterns:
        source = next(project.root.glob(pattern))
        assert source.stat().st_nlink > 2
        with source.open("a") as file:
            file.write("edited = True\n")
    project.mvenv("clean")
    assert "Taken from the cache" not in project.mvenv("build").err
    for pattern in patterns:
        assert "edited" not in next(project.root.glob(pattern)).read_text()
    project.mvenv("clean")
    assert TAKEN in project.mvenv("build").err, "what was made anew is kept"


def test_archive(cleaned: ProjectFolder) -> None:
    """[archive] Times are those of unpacking. Copies are made where links are not wanted."""
    place = cache(cleaned)
    shutil.copytree(place, place.with_name("unpacked"), symlinks=True, copy_function=shutil.copy)
    shutil.rmtree(place)
    place.with_name("unpacked").rename(place)
    assert TAKEN in cleaned.mvenv("build", "--locked", "--offline", env={"UV_LINK_MODE": "copy"}).err
    assert cleaned.mvenv("build").err.startswith("Up to date")
    assert cleaned.python("app.py").out == APP_PRINTS
    source = next(cleaned.root.glob("py_modules/dep-b-*/lib/python3*/site-packages/dep_b.py"))
    assert source.stat().st_nlink == 1


def no_environment(place: Path) -> None:
    shutil.rmtree(next((place / "environments-1").iterdir()))


def empty_files(place: Path) -> None:
    for file in (place / "environments-1").glob("*/lib/python3*/site-packages/*.dist-info/METADATA"):
        file.write_text("")


@pytest.mark.parametrize("lose", [no_environment, empty_files])
def test_incomplete(cleaned: ProjectFolder, lose: Callable[[Path], None]) -> None:
    """[incomplete]"""
    lose(cache(cleaned))
    assert "Taken from the cache" not in cleaned.mvenv("build").err
    assert cleaned.python("app.py").out == APP_PRINTS
    cleaned.mvenv("clean")
    assert TAKEN in cleaned.mvenv("build").err, "it is whole again"


def test_folders_of_the_users(project: ProjectFolder) -> None:
    """[local] Where a folder is stands in what was installed from it, so nobody else has that from the cache."""
    for name in ("copied", "editable"):
        write_local_project(project.root / name, name, name, "import low\n", requires=["low<2"])
    project.pyproject(
        ["copied", "editable", "dep-b"],
        "[tool.uv.sources]\n"
        'copied = { path = "copied" }\neditable = { path = "editable", editable = true }\n',
    )
    project.mvenv("build")
    project.mvenv("clean")
    elsewhere = copy(project, project.root.with_name("elsewhere"))
    assert TAKEN in project.mvenv("build", "--locked", "--offline").err
    assert project.python("-c", "import copied, editable; print(copied.low.__version__)").out == "1.0\n"
    assert "Taken from the cache" not in elsewhere.mvenv("build").err
    printed = elsewhere.python("-c", "import editable; print(editable.__file__)").out
    assert printed.startswith(str(elsewhere.root))


def test_something_to_tell(project: ProjectFolder, index: Index) -> None:
    """[told]"""
    index.add("broken", "1.0", files={"broken.py": "import absent\n"})
    project.pyproject(["broken"])
    told = "`broken` does not import"
    assert told in project.mvenv("build").err
    project.mvenv("clean")
    said = project.mvenv("build").err
    assert told in said and "Taken from the cache" not in said


def test_at_once(cleaned: ProjectFolder) -> None:
    """[at once] Several builds make the same."""
    shutil.rmtree(cache(cleaned))
    projects = [cleaned, another(cleaned)]
    command = [sys.executable, "-P", "-m", "orchestrator", "build"]
    running = [
        subprocess.Popen(
            command, cwd=each.root, env=dict(each.environment), stderr=subprocess.PIPE, text=True
        )
        for each in projects
    ]
    said = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    for each in projects:
        assert each.python("app.py").out == APP_PRINTS
    assert sorted(entries(cleaned)) == ["application", "dep-a", "dep-b"]


def test_pruned(cleaned: ProjectFolder) -> None:
    """[pruned] What was not used for 30 days goes, and what is asked for by name; a build makes it again."""
    assert cleaned.mvenv("cache", "dir", "--environments").out == f"{cache(cleaned)}\n"
    long_ago = time.time() - 31 * 24 * 60 * 60
    os.utime(entries(cleaned)["dep-b"], (long_ago, long_ago))
    said = cleaned.mvenv("cache", "prune").err
    assert said.startswith("Removed 1 finished environment that no build has used for 30 days\n")
    assert sorted(entries(cleaned)) == ["application", "dep-a"]
    cleaned.mvenv("build")
    assert sorted(entries(cleaned)) == ["application", "dep-a", "dep-b"]
    said = cleaned.mvenv("cache", "clean", "dep_a").err
    assert said.startswith("Removed 1 finished environment with dep_a\n")
    assert sorted(entries(cleaned)) == ["application", "dep-b"]
    cleaned.mvenv("cache", "clean")
    assert not cache(cleaned).exists()
    assert cleaned.python("app.py").out == APP_PRINTS


def test_off(project: ProjectFolder) -> None:
    """[off]"""
    variables = {"MVENV_ENVIRONMENT_CACHE": "off"}
    project.mvenv("build", env=variables)
    assert not cache(project).exists()
    outcome = project.mvenv("cache", "dir", "--environments", env=variables, check=False)
    assert outcome.code == 1 and outcome.err.startswith("error: finished environments are not kept\n")


def test_a_folder_that_cannot_be_one(project: ProjectFolder) -> None:
    """[off] Whoever names a folder has it kept there, or is told."""
    project.write("file", "mine")
    said = project.mvenv("build", env={"MVENV_ENVIRONMENT_CACHE": "file"}).err
    where = "in `file`, which MVENV_ENVIRONMENT_CACHE names: it is no folder; "
    assert said.count(f"warning: finished environments are not kept {where}") == 1
    assert (project.root / "file").read_text() == "mine"
    project.mvenv("clean")
    assert "not kept" not in project.mvenv("build", env={"MVENV_ENVIRONMENT_CACHE": "off"}).err


def test_both_folders_are_shown_to_a_person(once_built: ProjectFolder) -> None:
    """A program gets one line."""
    uv = once_built.mvenv("cache", "dir")
    assert uv.err == "" and uv.out.count("\n") == 1
    own = once_built.mvenv("cache", "dir", "--environments")
    assert own.out == f"{cache(once_built)}\n"
    code, _, told = on_a_terminal(once_built, "cache", "dir", data_too=True)
    assert code == 0 and uv.out.strip() in told
    assert f"note: finished environments are in {cache(once_built)} (`--environments`)" in told
    assert "note:" not in on_a_terminal(once_built, "-q", "cache", "dir", data_too=True)[2]
