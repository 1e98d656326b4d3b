"""Path dependencies, `[tool.uv.sources] mylib = { path = "…" }`: not editable and editable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import leftovers, publish_conflict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

SOURCE = "from low import __version__ as low_version\nword = 'first'\n"
PRINT = ("-c", "import mylib, dep_b; print(mylib.word, mylib.low_version, dep_b.low_version)")


@dataclass(frozen=True, slots=True)
class Local:
    """A project that requires a library beside it."""

    project: ProjectFolder
    library: Path
    module: Path

    def is_fresh(self) -> bool:
        return self.project.mvenv("run", "--no-build", "python", "-c", "", check=False).code == 0


def make(
    project: ProjectFolder, index: Index, *, editable: bool, divided: bool = True, dynamic: str | None = None
) -> Local:
    """Build a project that requires `mylib`, which needs another `low` than `dep-b` does if `divided`."""
    publish_conflict(index)
    library = project.root.parent / "mylib"
    requires = ["low<2"] if divided else ["low"]
    module = write_local_project(library, "mylib", "mylib", SOURCE, requires=requires, dynamic=dynamic)
    option = ", editable = true" if editable else ""
    project.pyproject(["mylib", "dep-b"], f'[tool.uv.sources]\nmylib = {{ path = "../mylib"{option} }}')
    project.mvenv("build")
    return Local(project, library, module)


@pytest.mark.parametrize("divided", [True, False], ids=["isolated", "shared"])
def test_a_changed_source_is_installed_anew(divided: bool, project: ProjectFolder, index: Index) -> None:
    local = make(project, index, editable=False, divided=divided)
    low = "1.0" if divided else "2.0"
    assert project.python(*PRINT).out == f"first {low} 2.0\n"
    assert local.is_fresh()
    local.module.write_text(SOURCE.replace("first", "second"))
    assert not local.is_fresh()
    assert project.python(*PRINT).out == f"first {low} 2.0\n", "a copy is installed"
    assert project.mvenv("run", "python", *PRINT).out == f"second {low} 2.0\n"
    assert local.is_fresh()
    assert leftovers(project.root) == []


def test_a_changed_source_is_built_offline(project: ProjectFolder, index: Index) -> None:
    local = make(project, index, editable=False, divided=True)
    local.module.write_text(SOURCE.replace("first", "second"))
    project.mvenv("build", "--offline")
    assert project.python(*PRINT).out == "second 1.0 2.0\n"


@pytest.mark.parametrize("divided", [True, False], ids=["isolated", "shared"])
def test_an_editable_source_is_used_as_it_is(divided: bool, project: ProjectFolder, index: Index) -> None:
    local = make(project, index, editable=True, divided=divided)
    low = "1.0" if divided else "2.0"
    assert project.python(*PRINT).out == f"first {low} 2.0\n"
    local.module.write_text(SOURCE.replace("first", "second"))
    assert local.is_fresh()
    assert project.python(*PRINT).out == f"second {low} 2.0\n"


@pytest.mark.parametrize("editable", [True, False])
def test_changed_metadata_is_a_change(editable: bool, project: ProjectFolder, index: Index) -> None:
    local = make(project, index, editable=editable)
    described = local.library / "pyproject.toml"
    described.write_text(described.read_text().replace("low<2", "low>=2"))
    assert not local.is_fresh()
    assert "no conflict" in project.mvenv("build").err
    assert project.python(*PRINT).out == "first 2.0 2.0\n"


def test_what_tools_leave_behind_is_no_change(project: ProjectFolder, index: Index) -> None:
    local = make(project, index, editable=False)
    for path in ("src/__pycache__/mylib.pyc", "build/lib/mylib.py", "mylib.egg-info/PKG-INFO", ".git/index"):
        (local.library / path).parent.mkdir(parents=True, exist_ok=True)
        (local.library / path).write_text("x")
    assert local.is_fresh()


@pytest.mark.parametrize("editable", [True, False])
def test_a_dynamic_version(editable: bool, project: ProjectFolder, index: Index) -> None:
    make(project, index, editable=editable, dynamic="7.5")
    graph = json.loads(project.mvenv("graph", "--format", "json").out)
    (entry,) = (entry for entry in graph["direct"] if entry["distribution"] == "mylib")
    assert entry["version"] == "7.5"
    assert project.read_json("default_dependencies_versions.json")["mylib"] == {"7.5": {"low": "1.0"}}
    assert project.mvenv("build").err.startswith("Up to date")


def _reading_requirements(library: Path) -> Path:
    """Have the back end of a local project read its requirements from a file, of which uv's cache does not know."""
    backend, described = library / "backend.py", library / "pyproject.toml"
    reading = 'pathlib.Path("requirements.txt").read_text().split()'
    backend.write_text(backend.read_text().replace('project.get("dependencies", ())', reading))
    text = described.read_text().replace("dependencies = []", 'dynamic = ["dependencies"]')
    described.write_text(f'{text}[tool.backend]\nrequirements = "requirements.txt"\n')
    return library / "requirements.txt"


@pytest.mark.parametrize("editable", [True, False])
def test_requirements_in_a_file_that_the_back_end_reads(
    editable: bool, project: ProjectFolder, index: Index
) -> None:
    index.add("one", "1.0", files={"one.py": ""})
    index.add("two", "1.0", files={"two.py": ""})
    write_local_project(project.root.parent / "near", "near", "near", "")
    requirements = _reading_requirements(project.root.parent / "near")
    requirements.write_text("one")
    option = ", editable = true" if editable else ""
    project.pyproject(["near", "two"], f'[tool.uv.sources]\nnear = {{ path = "../near"{option} }}')
    project.mvenv("build")
    requirements.write_text("two")
    project.mvenv("build", "--offline")
    assert not list(project.library.glob("site-packages/one-*"))
    metadata = next(project.library.glob("site-packages/near-*.dist-info/METADATA"))
    assert "Requires-Dist: two" in metadata.read_text()


def test_requirements_in_a_file_of_a_project_further_away(project: ProjectFolder, index: Index) -> None:
    for name in ("one", "two"):
        index.add(name, "1.0", files={f"{name}.py": ""})
    far, near = project.root.parent / "far", project.root.parent / "near"
    write_local_project(far, "far", "far", "")
    requirements = _reading_requirements(far)
    requirements.write_text("one")
    write_local_project(near, "near", "near", "", requires=[f"far @ {far.as_uri()}"])
    project.pyproject(["near"], '[tool.uv.sources]\nnear = { path = "../near" }')
    project.mvenv("build")
    requirements.write_text("two")
    project.mvenv("build")
    project.python("-c", "import two")


def test_an_editable_library_of_the_applications_own(project: ProjectFolder, index: Index) -> None:
    """It is versioned because of what it needs, so code in its folder sees its own `low`, not the application's."""
    make(project, index, editable=True)
    code = "import mylib, sys; print(mylib.__file__.startswith(sys.argv[1]), mylib.low_version)"
    assert project.python("-c", code, str(project.root.parent / "mylib")).out == "True 1.0\n"


def test_a_folder_that_is_named_by_its_url(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    library = project.root.parent / "mylib"
    module = write_local_project(library, "mylib", "mylib", SOURCE, requires=["low<2"])
    project.pyproject([f"mylib @ {library.as_uri()}", "dep-b"])
    project.mvenv("build")
    local = Local(project, library, module)
    assert local.is_fresh()
    module.write_text(SOURCE.replace("first", "second"))
    assert not local.is_fresh()
    assert project.mvenv("run", "python", *PRINT).out == "second 1.0 2.0\n"


def test_a_local_project_that_another_one_needs(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    library = project.root.parent / "mylib"
    deep = project.root.parent / "deep"
    source = write_local_project(deep, "deep", "deep", "word = 'first'\n")
    module = write_local_project(
        library, "mylib", "mylib", SOURCE + "from deep import word\n", requires=["low<2", "deep"]
    )
    described = library / "pyproject.toml"
    described.write_text(described.read_text() + '[tool.uv.sources]\ndeep = { path = "../deep" }\n')
    project.pyproject(["mylib", "dep-b"], '[tool.uv.sources]\nmylib = { path = "../mylib" }')
    project.mvenv("build")
    assert project.python(*PRINT).out == "first 1.0 2.0\n"
    local = Local(project, library, module)
    assert local.is_fresh()
    source.write_text("word = 'second'\n")
    assert not local.is_fresh()
    assert project.mvenv("run", "python", *PRINT).out == "second 1.0 2.0\n"


def test_a_missing_folder(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(["mylib"], '[tool.uv.sources]\nmylib = { path = "../nowhere" }')
    outcome = project.mvenv("build", check=False)
    assert outcome.code == 1
    assert outcome.err.startswith("error: the path `../nowhere` does not exist\n  cause: pyproject.toml:")


def test_a_library_that_cannot_be_built(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    library = project.root.parent / "mylib"
    write_local_project(library, "mylib", "mylib", SOURCE)
    (library / "backend.py").write_text("def build_wheel(*_): raise SystemExit('the backend gives up')\n")
    project.pyproject(["mylib", "dep-b"], '[tool.uv.sources]\nmylib = { path = "../mylib" }')
    # Some shells tell the width of the terminal to their children; uv would break its lines accordingly.
    outcome = project.mvenv("build", check=False, env={"COLUMNS": "60"})
    assert outcome.code == 1
    assert outcome.err.startswith("error: could not install environment `application`\n")
    assert "  cause: Failed to build `mylib @ file:" in outcome.err
    assert "the backend gives up" in outcome.err
    assert "Traceback" not in outcome.err
    assert not (project.root / ".venv").exists()
