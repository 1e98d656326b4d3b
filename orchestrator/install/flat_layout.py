"""setuptools, left to find the packages of a project by itself, without the folder of the isolated environments.

It takes every folder beside pyproject.toml for one ("Automatic discovery", flat-layout): with a package of the
project's it finds two and gives up, with a module alone it takes that folder for the project's one package. So it is
told what is left, in a configuration file that counts besides those of the project (``DIST_EXTRA_CONFIG``).
"""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from orchestrator.system.names import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VARIABLE = "DIST_EXTRA_CONFIG"

# How setuptools words it (`ConfigDiscovery._ensure_no_accidental_inclusion`).
_SEVERAL = re.compile(r"Multiple top-level packages discovered in a flat-layout: (?P<found>\[[^]]*\])")
# What it never takes for a module of a project (`FlatLayoutModuleFinder.DEFAULT_EXCLUDE`).
_NO_MODULES = (
    *("setup", "conftest", "test", "tests", "example", "examples", "build", "toxfile", "noxfile", "pavement"),
    *("dodo", "tasks", "fabfile", "[Ss][Cc]onstruct", "conanfile", "manage", "benchmark", "benchmarks"),
    *("exercise", "exercises", "[._]*"),
)


def after_refusal(causes: Iterable[str]) -> str | None:
    """Return what to tell setuptools of packages, None if what it says is not about that folder and one package."""
    for match in filter(None, map(_SEVERAL.search, causes)):
        try:
            found = [each for each in ast.literal_eval(match["found"]) if each != MODULES]
        except (ValueError, SyntaxError):
            continue
        if len(found) == 1:
            (package,) = found
            return (
                "[options]\npackages = find_namespace:\n\n"
                f"[options.packages.find]\ninclude =\n    {package}\n    {package}.*\n"
            )
    return None


def after_success(site_packages: Path, root: Path) -> str | None:
    """Return what to tell setuptools of modules, None if it has not taken that folder for the project's package.

    :param site_packages: where the project has just been installed.
    """
    if not any(_took_modules(file) for file in site_packages.glob("*.dist-info/top_level.txt")):
        return None
    modules = [
        path.stem
        for path in sorted(root.glob("*.py"))
        if path.stem.isidentifier() and not any(fnmatchcase(path.stem, each) for each in _NO_MODULES)
    ]
    return f"[options]\npy_modules = {modules[0]}\n" if len(modules) == 1 else None


def _took_modules(top_level: Path) -> bool:
    try:
        return top_level.read_text("utf-8").split() == [MODULES]
    except (OSError, ValueError):
        return False
