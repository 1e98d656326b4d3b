"""Projects of wheels that are made for it, so that no package index has a part in what is measured."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.place import mvenv, run, uv
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.place import Place

INSIDE = Path(__file__).resolve().parent / "inside"


@dataclass(frozen=True, slots=True)
class Built:
    """A project that has been built, and an interpreter that sees the same and has no shim."""

    project: Path
    plain: Path
    shim: Path

    @property
    def pythons(self) -> tuple[Path, Path]:
        """Both interpreters, the plain one first."""
        return self.plain, self.shim


@cache
def conflict(place: Place) -> Built:
    """Build a project with a small conflict: `top_a` and `top_b` need a `bottom` each, both have `shared`.

    The programs of `inside` are modules of `top_a`. The plain interpreter is that of its environment.
    """
    folder = place.folder / "conflict"
    index = Index(folder / "index")
    for version in ("1.0", "2.0"):
        files = {"bottom/__init__.py": f"value = {version}\n", "bottom/part.py": f"value = {version}\n"}
        index.add("bottom", version, files=files)
    index.add("shared", "1.0")
    own = {f"top_a/{name}.py": inside(name) for name in ("repeated", "rounds", "work")}
    files = {"top_a/__init__.py": "value = 1\n", "top_a/other.py": "value = 1\n", **own}
    index.add("top-a", "1.0", requires=["bottom==1.0", "shared"], files=files)
    index.add("top-b", "1.0", requires=["bottom==2.0", "shared"])
    project = written(folder / "project", ["top-a", "top-b", "shared"], index=index)
    return built(place, project, "top-a", "--no-check")


@cache
def ordinary(place: Place) -> Built:
    """Build a project without any conflict, and the same environment by hand."""
    folder = place.folder / "ordinary"
    index = Index(folder / "index")
    index.add("shared", "1.0")
    project = written(folder / "project", ["shared"], index=index)
    run(place, *mvenv(), "build", "--no-check", cwd=project)
    return Built(project, by_hand(place, folder / "plain", ["shared"], index), project / ".venv/bin/python")


def inside(name: str) -> str:
    """Return the text of a program that runs in the interpreters that are measured."""
    return (INSIDE / f"{name}.py").read_text("utf-8")


def without_shim(place: Place, project: Path) -> Path:
    """Copy the application environment of a project, without what starts the shim; return its interpreter."""
    copy = place.folder / f"{project.parent.name}-without-shim"
    shutil.copytree(project / ".venv", copy, symlinks=True)
    next(copy.glob("lib/python*/site-packages/_mvenv.pth")).unlink()
    return copy / "bin" / "python"


def written(
    project: Path, dependencies: Iterable[str], settings: str = "", *, index: Index, closed: bool = True
) -> Path:
    """Write a project that takes distributions from a folder of wheels, and return its folder.

    :param settings: more TOML.
    :param closed: whether there is no other index.
    """
    project.mkdir(parents=True)
    (project / "pyproject.toml").write_text(
        '[project]\nname = "project"\nversion = "1"\nrequires-python = ">=3.11"\n'
        f"dependencies = {json.dumps(list(dependencies))}\n\n"
        f"[tool.uv]\nno-index = {json.dumps(closed)}\nfind-links = [{json.dumps(index.folder.as_posix())}]\n{settings}",
        "utf-8",
    )
    return project


def built(place: Place, project: Path, environment: str, *options: str) -> Built:
    """Build a project; the plain interpreter is that of the isolated environment of this name."""
    run(place, *mvenv(), "build", *options, cwd=project)
    plain = next(project.glob(f"py_modules/{environment}-*")) / "bin" / "python"
    return Built(project, plain, project / ".venv/bin/python")


def by_hand(place: Place, folder: Path, names: Iterable[str], index: Index) -> Path:
    """Make an ordinary environment of distributions of an index, and return its interpreter."""
    run(place, uv(), "venv", "--quiet", "--python", place.python.executable, folder)
    python = folder / "bin" / "python"
    options = ("--quiet", "--no-index", "--find-links", index.folder, "--python", python)
    run(place, uv(), "pip", "install", *options, *names)
    return python
