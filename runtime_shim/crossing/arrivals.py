"""When the doors of a library are opened: as soon as objects of another copy can come to it.

A process that has loaded one pandas and one numpy cannot have any other's objects, and pays nothing. With the second
copy of one of them, the libraries concerned that are there get their doors (:mod:`.doors`), and those that come later
get theirs when they come.
"""

from __future__ import annotations

import os

from runtime_shim.caller.disguise import as_importlib
from runtime_shim.crossing.libraries import BY_PACKAGE
from runtime_shim.model.exclusion import exclusively, fork_safe_lock

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from runtime_shim.crossing.doors import Doors
    from runtime_shim.crossing.libraries import Library
    from runtime_shim.model.environment import Environment


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a package and tells that this copy of its library is there."""

    @as_importlib
    def execute_and_tell(module: ModuleType) -> None:
        execute(module)
        _arrivals.add(module.__name__, os.path.dirname(str(module.__file__)), environment)

    return execute_and_tell


class _Copy:
    """A copy of a library that may need doors.

    :param folder: where its modules lie.
    """

    def __init__(self, library: Library, environment: Environment, folder: str) -> None:
        self._library = library
        self._environment = environment
        self._folder = folder
        self._doors: Doors | None = None

    def is_not_alone(self, there: set[tuple[str, Environment]]) -> bool:
        """Whether a copy is loaded that is not the one that this copy itself works with."""
        roots, owners = self._library.roots, self._environment.owners
        return any(root in roots and owners[root] is not home for root, home in there)

    def open(self) -> None:
        """Open its doors; those of modules that have been executed since, when it is asked again."""
        if self._doors is None:
            from runtime_shim.crossing.doors import Doors  # for programs that load two copies

            self._doors = Doors(self._library, self._environment, self._folder)
        self._doors.open()


class _Arrivals:
    def __init__(self) -> None:
        self._lock = fork_safe_lock()
        self._there: set[tuple[str, Environment]] = set()
        self._copies: dict[tuple[str, Environment], _Copy] = {}
        self._closed: set[_Copy] = set()

    def add(self, name: str, folder: str, environment: Environment) -> None:
        """Open the doors of whatever needs them now that a package has been executed.

        They are opened outside the lock: looking at a library's names may run code of its, and that may wait for
        another thread that imports.
        """
        for copy in exclusively(self._lock, self._due, name, folder, environment):
            copy.open()

    def _due(self, name: str, folder: str, environment: Environment) -> list[_Copy]:
        if name in BY_PACKAGE:
            known = self._copies.setdefault((name, environment), _Copy(BY_PACKAGE[name], environment, folder))
            self._closed.add(known)  # once more where it is reloaded
        self._there.add((name.partition(".")[0], environment))
        due = [copy for copy in self._closed if copy.is_not_alone(self._there)]
        self._closed.difference_update(due)
        return due


_arrivals = _Arrivals()
