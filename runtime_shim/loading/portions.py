"""Folders in the ``__path__`` of a namespace package whose portions live in several environments.

Such a folder holds more than the view takes from it: its environment's other portions, in other versions than the ones
seen. So it stands there with ``/.`` at its end. To whoever opens files it is the folder; to importlib and
:mod:`pkgutil`, which go by path hooks, it is an entry of another kind: nothing is loaded through it (a portion is
found by its owner, :meth:`runtime_shim.loading.finder.EnvironmentFinder`), and what it lists is what the caller sees.
"""

from __future__ import annotations

import os
import sys

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
from runtime_shim.model.paths import is_below

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


def entry(folder: str) -> str:
    """Return what stands for a folder of another environment."""
    if PortionFinder not in list.__iter__(sys.path_hooks):
        list.insert(sys.path_hooks, 0, PortionFinder)
    return os.path.join(folder, ".")


def is_entry(path: Any) -> bool:
    """Whether this stands for a folder of an environment."""
    return (
        isinstance(path, str) and path.endswith(os.sep + ".") and code_files.environment_of(path) is not None
    )


class PortionFinder:
    """The finder of such an entry."""

    def __init__(self, path: str) -> None:
        """Take on an entry.

        :raises ImportError: if it is none of these, as importlib wants it from a path hook.
        """
        if not is_entry(path):
            raise ImportError("no folder of another environment", path=path)
        self.path = path[:-2]

    @staticmethod
    def find_spec(name: str, target: Any = None) -> None:
        """Find nothing (see :class:`importlib.abc.PathEntryFinder`)."""

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """Yield the modules here that are what the caller sees under their names (for :func:`pkgutil.iter_modules`)."""
        import pkgutil  # loaded: it is the caller

        home = code_files.environment_of(self.path)
        calling = frames.find(sys._getframe(1))
        package = self._package(home)
        real = pkgutil.get_importer(self.path)
        for name, is_package in pkgutil.iter_importer_modules(real, prefix):  # type: ignore[attr-defined]
            if calling.owners[f"{package}.{name[len(prefix) :]}"] is home:
                yield name, is_package

    def _package(self, home: Any) -> str:
        for site in home.paths:
            if is_below(self.path, site):
                return self.path[len(site) + 1 :].replace(os.sep, ".")
        return ""
