"""How it grows: with requirements, environments, modules, and threads that import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.place import mvenv as command
from benchmarks.place import run, uv
from benchmarks.projects import Built, by_hand, inside, written
from benchmarks.timing import alternately, seconds_of, told
from benchmarks.values import Curve, Point, Result
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.place import Place
    from benchmarks.timing import Sides

REQUIREMENTS = (10, 20, 50, 100, 200)
ENVIRONMENTS = (2, 10, 50, 200)
_MODULES_EACH = 10
MODULES = (100, 1_000, 10_000, 50_000)
THREADS = (1, 2, 4, 8, 16, 32, 64)
_SIDES = 4
_MODULES_OF_SIDE = 48

_FIRST = """
import json, time
began = time.perf_counter()
import {module}
print(json.dumps({{"first": time.perf_counter() - began}}))
"""


def measure(place: Place) -> Result:
    """Take each thing at each size; with a single pair, at two sizes only, to see that it works."""
    parts: tuple[tuple[Callable[[Place, Sequence[int]], list[Curve]], tuple[int, ...]], ...] = (
        (_requirements, REQUIREMENTS),
        (_environments, ENVIRONMENTS),
        (_modules, MODULES),
        (_threads, THREADS),
    )
    curves = [curve for part, sizes in parts for curve in part(place, sizes if place.runs > 1 else sizes[:2])]
    note = (
        "Requirements: two of them are in conflict, uv by hand knows the two groups. Environments: a distribution of "
        f"{_MODULES_EACH} modules in each. Modules: in two environments. Threads: together they import "
        f"{_SIDES * _MODULES_OF_SIDE} modules of {_SIDES} environments first, then import repeatedly, as many "
        "times in all with any number of threads."
    )
    return Result(curves=curves, notes=[note])


def _requirements(place: Place, sizes: Sequence[int]) -> list[Curve]:
    points = []
    for count in sizes:
        folder = place.folder / f"requirements-{count}"
        index = Index(folder / "index")
        names = [f"lib-{number:03d}" for number in range(count)]
        for version in ("1.0", "2.0"):
            index.add("bottom", version)
        for number, name in enumerate(names):
            requires = [f"bottom=={number + 1}.0"] if number < 2 else []
            index.add(name, "1.0", requires=requires)
        project = written(folder / "project", names, index=index)
        files = []
        for number in range(2):
            files.append(folder / f"group-{number}.in")
            files[-1].write_text("\n".join(name for name in names if name != names[1 - number]), "utf-8")
        options = ("-q", "--no-index", "--find-links", index.folder, "--python", place.python.executable)

        def asked(files: list[Path] = files, options: tuple[str | Path, ...] = options) -> None:
            for file in files:
                run(place, uv(), "pip", "compile", *options, file)

        def locked(project: Path = project) -> None:
            (project / "mvenv.lock").unlink(missing_ok=True)
            run(place, *command(), "lock", cwd=project)

        times = alternately(seconds_of(asked), seconds_of(locked), pairs=place.few(5))
        points.append(Point(count, *times))
    return [Curve("`mvenv lock` and uv by hand, the groups being known", "direct requirements", points)]


def _environments(place: Place, sizes: Sequence[int]) -> list[Curve]:
    layouts = {count: (count, count * _MODULES_EACH) for count in sizes}
    return _loading(place, layouts, "environments")


def _modules(place: Place, sizes: Sequence[int]) -> list[Curve]:
    return _loading(place, {count: (2, count) for count in sizes}, "modules in the import map")


def _loading(place: Place, layouts: dict[int, tuple[int, int]], along: str) -> list[Curve]:
    starts, imports = [], []
    for at, (environments, modules) in layouts.items():
        folder = place.folder / f"layout-{environments}-{modules}"
        files = {
            f"lib-{number:03d}": {
                f"lib_{number:03d}_{each}.py": f"word = {each}\n" for each in range(modules // environments)
            }
            for number in range(environments)
        }
        project = _isolated(place, folder, files)
        last = f"lib_{environments - 1:03d}_0"

        floor, mvenv = (_started(place, python) for python in project.pythons)
        starts.append(Point(at, *alternately(floor, mvenv, pairs=place.runs)))
        program = _FIRST.format(module=last)
        found = told(place, project.pythons, program, pairs=place.runs, cwd=project.project)
        imports.append(Point(at, *found["first"]))
    return [
        Curve(f"Start with more {along}", along, starts),
        Curve(f"First import from an environment with more {along}", along, imports),
    ]


def _started(place: Place, python: Path) -> Callable[[], float]:
    return seconds_of(lambda: run(place, python, "-c", "pass"))


def _threads(place: Place, sizes: Sequence[int]) -> list[Curve]:
    own = "import json, re, string\n\nclass Thing:\n    word = 'word'\n\n\ndef thing():\n    return Thing()\n"
    files = {}
    for side in range(_SIDES):
        modules = {f"side_{side}/module_{each}.py": own for each in range(_MODULES_OF_SIDE)}
        again = "def again(count):\n    for _ in range(count):\n        import NAME\n".replace(
            "NAME", f"side_{side}"
        )
        files[f"side-{side}"] = {f"side_{side}/__init__.py": again, **modules}
    project = _isolated(place, place.folder / "threads", files)
    found: dict[int, dict[str, Sides]] = {}
    for count in sizes:
        program = inside("threads").replace("THREADS", str(count), 1)
        program = program.replace("SIDES", str(_SIDES), 1).replace("MODULES", str(_MODULES_OF_SIDE), 1)
        found[count] = told(place, project.pythons, program, pairs=place.runs, cwd=project.project)
    titles = {
        "first": "First imports from four environments",
        "again": "Repeated imports in four environments",
    }
    return [
        Curve(title, "threads", [Point(count, *sides[name]) for count, sides in found.items()])
        for name, title in titles.items()
    ]


def _isolated(place: Place, folder: Path, files: dict[str, dict[str, str]]) -> Built:
    """Build a project of distributions that get an environment each; plain is one that has them all."""
    index = Index(folder / "index")
    for name, own in files.items():
        index.add(name, "1.0", files=own)
    names = list(files)
    settings = f"\n[tool.mvenv]\nisolate = [{', '.join(map(repr, names))}]\n"
    project = written(folder / "project", names, settings, index=index)
    run(place, *command(), "build", "--no-check", cwd=project)
    return Built(project, by_hand(place, folder / "plain", names, index), project / ".venv/bin/python")
