"""Modules that a package brings along under a name of which no distribution tells: each copy has its own.

- ``distutils``, of setuptools: the finder of ``_distutils_hack`` answers for it and leads to ``setuptools._distutils``.
- ``shibokensupport``, of shiboken6 (PySide6): inside its extension module there is a zip file, and a finder for that
  (``signature_bootstrap.py``). The second copy would go on with the first one's Python code, and end the process:
  ``Fatal Python error: could not initialize part 2``.
- ``pybind11_abseil``, of TensorFlow: a module that its C code makes for the classes of Abseil's status. The second copy
  would find them made: ``cannot initialize type "StatusCode": an object with that name is already defined``.

So wherever a view has the package, the companion is of the same environment. For everybody else it is what it was:
the standard library's ``distutils`` (Python 3.11), or missing.
"""

from __future__ import annotations

import os

from runtime_shim.views import meta_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable

    from runtime_shim.model.environment import Environment

# Import name of a package -> of what comes with it.
_COMPANIONS = {
    "setuptools": ("distutils",),
    "shiboken6": ("shibokensupport", "signature_bootstrap"),
    "tensorflow": ("pybind11_abseil",),
}
# The release whose `_distutils_hack.enabled` says "local" unless SETUPTOOLS_USE_DISTUTILS says otherwise.
_PROVIDES_BY_DEFAULT = 60


def apply(views: Iterable[Environment]) -> None:
    """Let companions belong to the environment from which a view has the package."""
    for view in views:
        for package, companions in _COMPANIONS.items():
            home = view.imports.get(package)
            if home is not None and (package != "setuptools" or _provides_distutils(home)):
                view.see_also(dict.fromkeys(companions, home))
                meta_path.keep_apart(companions)


def _provides_distutils(home: Environment) -> bool:
    chosen = os.environ.get("SETUPTOOLS_USE_DISTUTILS")
    if chosen is not None:
        return chosen == "local"
    major = home.distributions.get("setuptools", "").partition(".")[0]
    return major.isdigit() and int(major) >= _PROVIDES_BY_DEFAULT
