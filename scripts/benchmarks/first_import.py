"""The first import of real libraries in a process."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.libraries import NAMES, described, libraries, releases
from benchmarks.place import run
from benchmarks.projects import inside
from benchmarks.timing import instructions, told
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from benchmarks.place import Place
    from benchmarks.projects import Built

_TIMED = """
import time
wall, processor = time.perf_counter(), time.process_time()
import {module}
wall, processor = time.perf_counter() - wall, time.process_time() - processor
import json
print(json.dumps({{"wall": wall, "processor": processor}}))
"""
# The least that can be imported from the environment of the libraries: a package whose file is empty.
_EMPTY = "measured"
_SHOWN = 6


def measure(place: Place) -> Result:
    """Compare with the environment's own interpreter, which has no shim."""
    project = libraries(place)
    figures = []
    names = {module: NAMES[module] for module in releases(place.python.version)}
    for module, name in names.items():
        found = told(
            place, project.pythons, _TIMED.format(module=module), pairs=place.runs, cwd=project.project
        )
        figures += [
            Figure(f"first import of {name}", *found["wall"], target=Target(1.03), in_short=True),
            Figure(f"first import of {name}: processor time", *found["processor"], target=Target(1.03)),
        ]
    figures += _by_cause(place, project, names)
    calls = [_calls(place, project, module) for module in names]
    return Result(figures, notes=[f"Versions: {described(place.python.version)}.", *calls])


def _by_cause(place: Place, project: Built, names: dict[str, str]) -> list[Figure]:
    """Count instructions of the start, of an import of nothing, and of what each library adds to those."""

    def counted(code: str) -> tuple[float | None, float | None]:
        plain, shim = (instructions(place, python, code, project.project) for python in project.pythons)
        return plain, shim

    start, empty = counted("pass"), counted(f"import {_EMPTY}")
    wanted = {
        "the start": ((0.0, 0.0), start),
        "the first isolated import, of an empty package": (start, empty),
        **{
            f"{name}, after that": (empty, counted(f"import {_EMPTY}, {module}"))
            for module, name in names.items()
        },
    }
    figures = []
    for what, (before, after) in wanted.items():
        plain, shim = (
            None if one is None or other is None else other - one
            for one, other in zip(before, after, strict=True)
        )
        if plain is not None and shim is not None:
            figures.append(Figure(f"instructions: {what}", [plain], [shim], "instructions"))
    return figures


def _calls(place: Place, project: Built, module: str) -> str:
    """Tell which functions of the shim are called during the first import, and how often."""
    program = inside("calls").replace("MODULE", module)
    counts: Counter[str] = Counter()
    for line in run(place, project.shim, "-c", program, cwd=project.project).splitlines():
        where, _, count = line.rpartition(" ")
        counts[where] = int(count)
    most = ", ".join(f"`{where}` {count:,}" for where, count in counts.most_common(_SHOWN))
    return f"Calls of functions of the shim during `import {module}`: {sum(counts.values()):,}; most: {most}."
