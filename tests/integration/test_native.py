"""Packages of several versions with libraries of one name: each uses its own, in one process."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.system.files import record_hash
from tests.integration import native_wheels
from tests.integration.workshop import copy, tree
from tests.support.interpreters import running_interpreter
from tests.support.native import cannot_compile, soname

if TYPE_CHECKING:
    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

_REASON = cannot_compile(running_interpreter()) or ("not Linux" if sys.platform != "linux" else "")
pytestmark = pytest.mark.skipif(bool(_REASON), reason=_REASON or "")

APP = """
import importlib, json, sys
print(json.dumps([importlib.import_module(name).found() for name in sys.argv[1:]]))
"""


@pytest.fixture(scope="module")
def published(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, ProjectFolder]:
    index, project = workshop.new("native")
    native_wheels.publish(index, running_interpreter(), tmp_path_factory.mktemp("compiled"))
    project.write("app.py", APP)
    project.pyproject(("dep-1", "dep-2"))
    return index, project


@pytest.fixture(scope="module")
def built(published: tuple[Index, ProjectFolder]) -> tuple[ProjectFolder, str]:
    """The project of two versions, and what its build said."""
    return published[1], published[1].mvenv("build").err


def found(project: ProjectFolder, *names: str) -> object:
    return json.loads(project.python("app.py", *names).out)


def places(project: ProjectFolder) -> dict[str, Path]:
    """Return the environments by their first requirement, `site-packages` of each."""
    graph = json.loads(project.mvenv("graph", "--format", "json").out)
    return {
        each["requirements"][0]: next((project.root / each["path"]).glob("lib/*/site-packages"))
        for each in graph["environments"]
    }


@pytest.mark.parametrize("order", list(itertools.permutations(("dep_1", "dep_2"))))
def test_each_uses_its_own(built: tuple[ProjectFolder, str], order: tuple[str, ...]) -> None:
    assert found(built[0], *order) == [native_wheels.expected(f"{name[-1]}.0") for name in order]


def test_what_would_happen_without(published: tuple[Index, ProjectFolder], tmp_path: Path) -> None:
    """The wheels as they are: the second module is bound to the first one's library, and does not load."""
    for version in ("1.0", "2.0"):
        for wheel in published[0].folder.glob(f"*-{version}-cp*.whl"):
            zipfile.ZipFile(wheel).extractall(tmp_path / version)
    program = """
import importlib.machinery, importlib.util, sys
def load(name, path):
    spec = importlib.util.spec_from_loader(name, importlib.machinery.ExtensionFileLoader(name, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
first, second = (load("plus", f"{folder}/plus.so") for folder in sys.argv[1:])
print(first.bump(), second.bump())
load("_foo", sys.argv[1] + "/foo/_foo.so")
try:
    load("_foo", sys.argv[2] + "/foo/_foo.so")
except ImportError as error:
    print("undefined symbol" in str(error))
"""
    folders = [str(tmp_path / version) for version in ("1.0", "2.0")]
    answer = subprocess.run(
        [sys.executable, "-c", program, *folders], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "1 2\nTrue\n"


def test_the_summary_says_it(built: tuple[ProjectFolder, str]) -> None:
    lines = [line for line in built[1].splitlines() if "of their own" in line]
    assert len(lines) == 1, built[1]
    assert "gave 2 libraries names of their own: libbase.so, libfoo.so.1" in lines[0]
    assert "C++ symbol" in lines[0]


def test_only_what_has_to_be_is_changed(built: tuple[ProjectFolder, str]) -> None:
    """The first environment is as it was installed, and so is what both have alike."""
    one, two = (places(built[0])[name] for name in ("dep-1", "dep-2"))
    assert (one / "foo.libs/libfoo.so.1").stat().st_nlink > 1, "not a hard link into uv's cache any more"
    assert (two / "foo.libs/libsame.so.5").stat().st_nlink > 1
    assert soname(two / "foo.libs/libsame.so.5") == "libsame.so.5"
    changed = soname(two / "foo.libs/libfoo.so.1")
    assert changed.startswith("libfoo-")
    assert changed.endswith(".so.1")
    assert (two / "foo.libs" / changed).readlink() == Path("libfoo.so.1")


def test_the_cache_is_not_written_to(built: tuple[ProjectFolder, str], uv_cache: Path) -> None:
    found_there = [path for path in uv_cache.rglob("libfoo.so.1") if path.is_file()]
    assert found_there
    assert {soname(path) for path in found_there} == {"libfoo.so.1"}


def test_records_are_right(built: tuple[ProjectFolder, str]) -> None:
    """Every file is in RECORD with its hash and size, the links too; modes are kept."""
    for site_packages in places(built[0]).values():
        rows = [
            line.rsplit(",", 2)
            for record in site_packages.glob("*.dist-info/RECORD")
            for line in record.read_text().splitlines()
        ]
        listed = {path: (digest, size) for path, digest, size in rows}
        natives = [path for path in site_packages.rglob("*.so*") if path.is_file()]
        assert len(natives) >= 7
        for path in natives:
            expected = (record_hash(path), str(path.stat().st_size))
            assert listed[path.relative_to(site_packages).as_posix()] == expected
            assert path.stat().st_mode & 0o777 in (0o644, 0o755, 0o664, 0o775)


def test_each_environment_works_by_itself(built: tuple[ProjectFolder, str]) -> None:
    for name, site_packages in places(built[0]).items():
        module = name.replace("-", "_")
        python = site_packages.parents[2] / "bin/python"
        code = f"import {module}; print({module}.found()[0])"
        answer = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
        assert answer.stdout == f"{name[-1]}.0\n"


def test_a_third_version_leaves_the_others_alone(built: tuple[ProjectFolder, str], tmp_path: Path) -> None:
    """Environments in use are not touched: programs may be running from them."""
    project = copy(built[0], tmp_path / "project")
    before = {name: tree(path.parents[2]) for name, path in places(project).items()}
    project.pyproject(("dep-1", "dep-2", "dep-3"))
    project.mvenv("build")
    after = {name: tree(path.parents[2]) for name, path in places(project).items()}
    assert {name: after[name] for name in before} == before
    for order in (("dep_1", "dep_2", "dep_3"), ("dep_3", "dep_2", "dep_1")):
        assert found(project, *order) == [native_wheels.expected(f"{name[-1]}.0") for name in order]
    assert project.mvenv("doctor").out.endswith("nothing is wrong\n")


def test_built_again_from_what_is_there(built: tuple[ProjectFolder, str], tmp_path: Path) -> None:
    project = copy(built[0], tmp_path / "project")
    before = {name: tree(path.parents[2]) for name, path in places(project).items()}
    (project.root / ".venv/mvenv.json").unlink()
    subprocess.run(["rm", "-r", str(project.root / ".venv")], check=True)
    project.mvenv("build")
    assert {name: tree(path.parents[2]) for name, path in places(project).items()} == before
    assert found(project, "dep_2", "dep_1") == [native_wheels.expected(v) for v in ("2.0", "1.0")]


def test_doctor(
    built: tuple[ProjectFolder, str], published: tuple[Index, ProjectFolder], tmp_path: Path
) -> None:
    """It finds nothing wrong with what was built, and a library that somebody put back."""
    assert built[0].mvenv("doctor").out.splitlines()[-1] == "nothing is wrong"
    project = copy(built[0], tmp_path / "project")
    library = places(project)["dep-2"] / "foo.libs/libfoo.so.1"
    wheel = next(published[0].folder.glob("foo-2.0-*.whl"))
    library.write_bytes(zipfile.ZipFile(wheel).read("foo.libs/libfoo.so.1"))
    outcome = project.mvenv("doctor", "--json", check=False)
    assert outcome.code == 1
    problems = {(each["kind"], each["what"]) for each in json.loads(outcome.out)["problems"]}
    assert ("clash", "libfoo.so.1") in problems
    assert ("changed", "foo.libs/libfoo.so.1") in problems
    assert "problem: py_modules/dep-2" in project.mvenv("doctor", check=False).out


def test_doctor_sees_hard_links_between_environments(
    built: tuple[ProjectFolder, str], tmp_path: Path
) -> None:
    project = copy(built[0], tmp_path / "project")
    one, two = (places(project)[name] / "plus.so" for name in ("dep-1", "dep-2"))
    two.unlink()
    two.hardlink_to(one)
    outcome = project.mvenv("doctor", check=False)
    assert outcome.code == 1
    assert "plus.so: the same file (a hard link) is in another environment" in outcome.out


def test_doctor_of_an_undivided_project(published: tuple[Index, ProjectFolder], workshop: Workshop) -> None:
    index, project = workshop.new("undivided")
    index.add("lone", "1.0")
    project.pyproject(("lone",))
    project.mvenv("build")
    assert project.mvenv("doctor").out == ".venv: 0 shared objects\nnothing is wrong\n"


def test_doctor_and_build_say_that_compiled_code_is_not_told_apart(
    project: ProjectFolder, index: Index
) -> None:
    """With an interpreter that the shim does not know; nothing is wrong all the same."""
    for version in ("1", "2"):
        index.add("lib", version)
        index.add(f"dep-{version}", "1", requires=[f"lib=={version}"])
    project.pyproject(["dep-1", "dep-2"])
    assert "compiled code" not in project.mvenv("build").err
    assert project.mvenv("doctor").out.splitlines()[-1] == "nothing is wrong"
    shim = next(project.root.glob(".venv/lib/python3*/site-packages/runtime_shim"))
    (shim / "modules.bundle").unlink()
    source = shim / "caller/c_stack.py"
    source.write_text(source.read_text("utf-8").replace("_OFFSETS = {", "_OFFSETS = {} and {"), "utf-8")
    told = project.mvenv("doctor", check=False).out.splitlines()
    (note,) = (line for line in told if line.startswith("note: "))
    assert note.startswith(
        "note: imports that compiled code makes by itself are taken for those of the Python code"
    )
    assert "mvenv does not know the frames of Python 3." in note


def test_a_build_for_a_newer_python_says_what_is_not_known_of_it(
    project: ProjectFolder, index: Index
) -> None:
    """In one line, where it matters: a project without conflict has no shim."""
    for version in ("1", "2"):
        index.add("lib", version)
        index.add(f"dep-{version}", "1", requires=[f"lib=={version}"])
    empty = "from runtime_shim.caller import c_stack; c_stack._OFFSETS.clear()"
    line = f"import sys; exec('try:\\n {empty}\\nexcept ImportError: pass')\n"
    index.add("newer", "1", files={"newer.py": "", "newer.pth": line})
    project.pyproject(["dep-1", "newer"])
    assert "does not know" not in project.mvenv("build").err
    project.pyproject(["dep-1", "dep-2", "newer"])
    (said,) = (line for line in project.mvenv("build").err.splitlines() if "does not know" in line)
    assert said.startswith(
        "warning: imports that compiled code makes by itself are taken for those of the Python code"
    )
    assert f"this mvenv does not know the frames of Python {project.interpreter.version} (it knows" in said
