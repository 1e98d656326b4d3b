"""What isolated code does once it is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.libraries import described, libraries
from benchmarks.projects import conflict
from benchmarks.timing import told
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from benchmarks.place import Place

_PURE = {
    "pickling": ("pickling 20,000 small instances", 1.05),
    "unpickling": ("unpickling them", 1.05),
    "versions": ("`importlib.metadata.version`, 100 times", 1.05),
    "calls": ("pure Python: recursive calls", 1.0),
    "floats": ("pure Python: floats in lists", 1.0),
    "objects": ("pure Python: instances and attributes", 1.0),
    "texts": ("pure Python: regular expressions, dictionaries, JSON", 1.0),
    "exceptions": ("pure Python: exceptions and iterators", 1.0),
}
_OF_LIBRARIES = {
    "arrays": ("numpy: small arrays in a loop", 1.0),
    "series": ("pandas: a small Series in a loop", 1.0),
    "frames": ("pandas: join, group, sum small tables", 1.0),
    "requests": ("FastAPI: 30 requests", 1.0),
}
_WITH_BOTH = {
    name: (f"{what}; the other version is loaded, too", most) for name, (what, most) in _OF_LIBRARIES.items()
}
# Plain Python has no other version to load.
_OTHERS = "try: import pandas_old, fastapi_old\nexcept ImportError: pass\n"
_SHORT = ("pickling", "versions", "frames", "requests")


def measure(place: Place) -> Result:
    """Time functions of isolated modules in both interpreters."""
    figures = []
    for project, before, module, rows in (
        (conflict(place), "", "top_a.work", _PURE),
        (libraries(place), "", "measured.libraries", _OF_LIBRARIES),
        (libraries(place), _OTHERS, "measured.libraries", _WITH_BOTH),
    ):
        program = f"{before}import {module}; {module}.main()"
        found = told(place, project.pythons, program, pairs=place.runs, cwd=project.project)
        figures += [
            Figure(what, *found[name], target=Target(most), in_short=name in _SHORT and not before)
            for name, (what, most) in rows.items()
        ]
    return Result(figures, notes=[f"Versions: {described(place.python.version)}."])
