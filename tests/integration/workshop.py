"""Projects for the integration tests: made once a module, copied for the tests that change them."""

from __future__ import annotations

import dataclasses
import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.interpreters import running_interpreter
from tests.support.process import offline_environment
from tests.support.project import ProjectFolder
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder in which projects, each with its index, are made."""

    folder: Path
    cache: Path
    """uv's cache: of the tests alone, so that a developer's is not filled with toys."""

    def new(self, name: str) -> tuple[Index, ProjectFolder]:
        """Return an empty index and an empty project that knows nothing else."""
        root, wheels = self.folder / name / "project", self.folder / name / "index"
        root.mkdir(parents=True)
        wheels.mkdir()
        environment = {**offline_environment(wheels), "UV_CACHE_DIR": str(self.cache)}
        interpreter = running_interpreter()
        return Index(wheels), ProjectFolder(root, interpreter, environment).on(interpreter)


def copy(project: ProjectFolder, to: Path) -> ProjectFolder:
    """Return a copy of a project, environments included, that may be changed; `to` must not exist yet."""
    shutil.copytree(project.root, to, symlinks=True)
    return dataclasses.replace(project, root=to)


def tree(root: Path) -> dict[str, object]:
    """Describe every file below a folder, so that two descriptions differ if anything was touched.

    Left out is what Python writes when modules are imported.
    """
    described: dict[str, object] = {}
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name != "__pycache__"]
        for name in (*names, *files):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            link = os.readlink(path) if os.path.islink(path) else None
            is_folder = os.path.isdir(path) and link is None
            content = () if is_folder else (status.st_size, status.st_mtime_ns, link)
            described[os.path.relpath(path, root)] = (status.st_mode, status.st_ino, *content)
    return described


def leftovers(root: Path) -> list[str]:
    """List what a build has no business to leave behind: unfinished environments, and those of earlier builds.

    What is in use is what the two records say: the build's own, and the import map.
    """
    import json

    record = json.loads((root / ".venv/mvenv.json").read_text("utf-8"))
    used = {path.partition("/")[2] for path in record["environments"]}
    found = [path.name for path in root.iterdir() if path.name.startswith(".venv") and path.name != ".venv"]
    modules = root / "py_modules"
    if modules.is_dir():
        there = {path.name for path in modules.iterdir() if path.is_dir()}
        assert used <= there, "an environment in use is missing"
        found += [f"py_modules/{name}" for name in sorted(there - used)]
        if not used:
            found.append("py_modules")
    return sorted(found)


def publish_conflict(index: Index) -> None:
    """Publish what most tests use.

    `dep-a` and `dep-b` need different versions of `low`; `top` needs `dep-a`; `plain` is everybody's.
    """
    source = "import low\nimport plain\nlow_version = low.__version__\n"
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("plain", "1.0")
    index.add(
        "dep-a",
        "1.0",
        requires=["low<2", "plain"],
        files={
            "dep_a.py": source
            + "def main():\n    import sys\n    print('dep-a', low_version, *sys.argv[1:])\n"
        },
        entry_points={"dep-a": "dep_a:main"},
    )
    index.add(
        "dep-b",
        "1.0",
        requires=["low>=2", "plain"],
        files={"dep_b.py": source + "def main(): return low_version\n"},
    )
    index.add(
        "top", "1.0", requires=["dep-a"], files={"top.py": "import dep_a\nlow_version = dep_a.low_version\n"}
    )


CONFLICT = ("dep-a", "dep-b", "top", "plain")

APP = """
    import dep_a, dep_b, plain, top
    assert dep_a.plain is dep_b.plain is plain
    print(dep_a.low_version, dep_b.low_version, top.low_version)
"""
APP_PRINTS = "1.0 2.0 1.0\n"


def built_conflict(workshop: Workshop, name: str = "conflict") -> tuple[Index, ProjectFolder]:
    """Return the project of `publish_conflict`, built."""
    index, project = workshop.new(name)
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    project.mvenv("build")
    return index, project


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds} seconds in vain for {what}"
        time.sleep(0.01)
