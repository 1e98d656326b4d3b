"""Imports of what is loaded already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.projects import conflict, inside
from benchmarks.timing import told
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from benchmarks.place import Place

_FORMS = {
    "isolated": ("`import x`, x isolated", 1.5),
    "submodule": ("`import x.part`, x isolated", 1.5),
    "from_package": ("`from x import y`, x isolated", 2.0),
    "relative": ("`from . import other`, in an environment", 2.0),
    "relative_name": ("`from .other import y`, in an environment", 2.0),
    "by_name": ('`importlib.import_module("x")`, x isolated', 2.0),
    "in_sys_modules": ('`sys.modules["x"]`, x isolated', 2.0),
    "standard": ("`import json`", 1.0),
    "unversioned": ("`import y`, y in one version for all", 1.0),
}
# The application's code has no environment of its own, and imports what it sees of others.
_OF_APPLICATION = {
    "isolated": ("the application: `import x`, x isolated", 1.5),
    "from_package": ("the application: `from x import y`, x isolated", 2.0),
    "by_name": ('the application: `importlib.import_module("x")`, x isolated', 2.0),
    "in_sys_modules": ('the application: `sys.modules["x"]`, x isolated', 2.0),
    "standard": ("the application: `import json`", 1.0),
    "unversioned": ("the application: `import y`, y in one version for all", 1.0),
}
_SHORT = ("isolated", "by_name", "standard", "unversioned")


def measure(place: Place) -> Result:
    """Time the same functions in both interpreters: as code of an environment, and as the application's."""
    project = conflict(place)
    package = project.project / "application"
    package.mkdir(exist_ok=True)
    own = {"__init__": "", "other": "value = 1\n", "rounds": inside("rounds")}
    own["repeated"] = inside("repeated").replace("bottom.part", "top_a.other").replace("bottom", "top_a")
    for name, text in own.items():
        (package / f"{name}.py").write_text(text, "utf-8")
    figures = []
    for module, forms in (("top_a.repeated", _FORMS), ("application.repeated", _OF_APPLICATION)):
        program = f"import {module}; {module}.main()"
        found = told(place, project.pythons, program, pairs=place.runs, cwd=project.project)
        figures += [
            Figure(what, *found[form], target=Target(most), in_short=forms is _FORMS and form in _SHORT)
            for form, (what, most) in forms.items()
        ]
    return Result(figures)
