"""What somebody sees, as differences from what most see: two tables that are looked up one after the other.

Where each of many environments sees all others, the tables of all views are as large as the square of the project, and
what they have in common is nearly all of them. So the import map tells it once, and so does a process.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Generic, TypeVar

    T = TypeVar("T")
else:
    Generic, T = {None: object}, None  # `Generic[T]` below, without importing typing


def portions(names: Iterable[str]) -> frozenset[str]:
    """Return the packages of which the dotted ones of *names* are portions, at every level."""
    return frozenset(
        name[:position]
        for name in names
        if "." in name
        for position in range(len(name))
        if name[position] == "."
    )


class Common(Generic[T]):
    """What most see; never changed.

    :param table: import name, or distribution → where it is.
    """

    __slots__ = ("dotted", "portions", "table")

    def __init__(self, table: dict[str, T]) -> None:
        self.table = table
        self.dotted = [name for name in table if "." in name]
        self.portions = portions(self.dotted)
        """The packages that the dotted names are portions of."""

    def tops(self) -> set[str]:
        """Return the top-level names of all."""
        return {*(self.table.keys() - self.dotted), *(name.partition(".")[0] for name in self.dotted)}


NOTHING: Common[Any] = Common({})


class Layered(Generic[T]):
    """One view: what most see, and what is different here.

    :param common: what most see; shared with other views.
    :param own: what is here instead; None: nothing is.
    """

    __slots__ = ("_portions", "_state", "common", "own")

    def __init__(self, common: Common[T], own: dict[str, T | None]) -> None:
        self.common = common
        self.own = own
        self._state = object()  # another one behind each change
        self._portions: tuple[object, frozenset[str]] = (None, frozenset())  # and the state in which it was

    def get(self, name: str) -> T | None:
        """Return what *name* is, None if it is nothing."""
        own = self.own
        return own[name] if name in own else self.common.table.get(name)

    def __contains__(self, name: str) -> bool:
        return self.get(name) is not None

    def __getitem__(self, name: str) -> T:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, value: T) -> None:
        self.update({name: value})

    def update(self, more: Mapping[str, T]) -> None:
        """Add to it."""
        self.own.update(more)
        self._state = object()

    def pop(self, name: str) -> None:
        """Take *name* out, if it is there."""
        if name in self.common.table:
            self.own[name] = None
        else:
            self.own.pop(name, None)
        self._state = object()

    def __iter__(self) -> Iterator[str]:
        return iter(self.merged())

    def items(self) -> Iterable[tuple[str, T]]:
        """Return all that there is; as large as the project."""
        return self.merged().items()

    def merged(self) -> dict[str, T]:
        """Return all that there is, in one table."""
        together = {**self.common.table, **self.own}  # in one step: another thread may be adding to it
        return {name: value for name, value in together.items() if value is not None}

    def below(self, package: str) -> list[tuple[str, T]]:
        """Return the portions of a namespace package: name → what it is."""
        start = package + "."
        names = [*self.common.dotted, *(name for name in list(self.own) if "." in name)]
        found = ((name, self.get(name)) for name in dict.fromkeys(names) if name.startswith(start))
        return [(name, value) for name, value in found if value is not None]

    def portions(self) -> frozenset[str]:
        """Return the packages of which the dotted names are portions, at every level."""
        state = self._state
        known, found = self._portions
        if known is not state:
            own = list(self.own.items())
            if any(value is None and "." in name for name, value in own):
                found = portions(name for name in self.common.dotted if self.get(name) is not None)
            else:
                found = self.common.portions
            more = portions(name for name, value in own if value is not None)
            found = found if more <= found else found | more
            self._portions = state, found
        return found


def without_standard(table: dict[str, T]) -> dict[str, T]:
    """Return a table of import names without those of the standard library, which any interpreter finds first.

    A distribution's module that is named so (`enum34`, backports of `dataclasses`) is not found: `site-packages` is
    searched last.
    """
    standard = {name for name in sys.stdlib_module_names if name in table}
    standard.update(
        name for name in table if "." in name and name.partition(".")[0] in sys.stdlib_module_names
    )
    return {name: table[name] for name in table.keys() - standard} if standard else table
