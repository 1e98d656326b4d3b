"""The memory of a process that has two environments."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from benchmarks.libraries import libraries
from benchmarks.place import run
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.place import Place
    from benchmarks.projects import Built

_MODULES = ("pandas", "sqlalchemy")
_PROGRAM = """
import {modules}
import json, sys
loaded = {{name: module.__file__ for name, module in list(sys.modules.items()) if getattr(module, "__file__", None)}}
with open("/proc/self/smaps_rollup") as file:
    lines = dict(line.split(":", 1) for line in file if ":" in line.split()[0])
sizes = {{name: int(lines[name].split()[0]) / 1024 for name in ("Rss", "Pss")}}
print(json.dumps({{**sizes, "loaded": loaded}}))
"""
_NAMES = {"Rss": "resident (RSS)", "Pss": "proportional (PSS)"}


def measure(place: Place) -> Result:
    """Compare one process with the sum of two plain ones, less a plain one of what both have loaded.

    What both have loaded are the modules of the same name and file: the standard library's and the unversioned ones.
    """
    if sys.platform != "linux":
        return Result(notes=["Memory is read from `/proc`, so it is measured on Linux alone."])
    project = libraries(place)
    old_python = next(project.project.glob("py_modules/pandas_old-*/bin/python"))
    both = ", ".join([*_MODULES, *(f"{module}_old" for module in _MODULES)])
    floor: dict[str, list[float]] = {name: [] for name in _NAMES}
    mvenv: dict[str, list[float]] = {name: [] for name in _NAMES}
    for _ in range(place.runs):
        new = _sizes(place, project, project.plain, ", ".join(_MODULES))
        old = _sizes(place, project, old_python, ", ".join(_MODULES))
        common = [name for name, file in new["loaded"].items() if old["loaded"].get(name) == file]
        shared = _sizes(place, project, project.plain, ", ".join(_importable(common)))
        one = _sizes(place, project, project.shim, both)
        for name in _NAMES:
            floor[name].append(new[name] + old[name] - shared[name])
            mvenv[name].append(one[name])
    figures = [
        Figure(
            f"two versions each of {' and '.join(_MODULES)}, {shown}; two processes less what they share",
            floor[name],
            mvenv[name],
            "MiB",
            Target(1.02),
            in_short=name == "Rss",
        )
        for name, shown in _NAMES.items()
    ]
    note = (
        "Read from `/proc/self/smaps_rollup` at the end of each process, none of which runs beside another. What they "
        "share is a plain process that imports the modules that both had loaded from the same files."
    )
    return Result(figures, notes=[note])


def _importable(names: list[str]) -> list[str]:
    """Leave out what cannot be named in an import statement, and the program itself."""
    return [name for name in names if name != "__main__" and all(map(str.isidentifier, name.split(".")))]


def _sizes(place: Place, project: Built, python: Path, modules: str) -> dict[str, Any]:
    program = _PROGRAM.format(modules=modules)
    found: dict[str, Any] = json.loads(run(place, python, "-c", program, cwd=project.project))
    return found
