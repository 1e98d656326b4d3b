"""Which parts of an object have to be converted: the rest is left alone.

The object's references are followed as the garbage collector sees them (``gc.get_referents``), which runs no
code of the program. What leads to no object of another version needs no conversion.
"""

from __future__ import annotations

import gc
import types

from runtime_shim.crossing.converters.lookup import is_by_name

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

ATOMIC = frozenset(
    (type(None), bool, int, float, complex, str, bytes, type(Ellipsis), type(NotImplemented), range)
)
# Where the search ends: what they refer to is not a part of them.
_ENDS = (
    types.CodeType,
    types.FrameType,
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
    types.TracebackType,
)

RIGHT, FOREIGN, WHOLE, NOBODYS = range(4)
"""An object's class: the target's own; another version's; another version's and converted as a whole; nobody's."""


class Survey:
    """What is known of the objects met so far.

    :param classify: tells one of the four kinds above for an object.
    """

    def __init__(self, classify: Callable[[Any], int]) -> None:
        self._classify = classify
        self._met: dict[int, Any] = {}  # holds the objects too: an id is good while its object lives
        self._unfit: set[int] = set()

    def needs_conversion(self, root: Any) -> bool:
        """Look at *root* and everything below; return whether some of it is of another version."""
        users: dict[int, list[int]] = {}
        found: list[int] = []
        pending = [root]
        if type(root) in ATOMIC:
            return False
        if id(root) in self._met:
            return id(root) in self._unfit
        self._met[id(root)] = root
        while pending:
            one = pending.pop()
            kind = self._classify(one)
            if kind in (FOREIGN, WHOLE):
                found.append(id(one))
            if kind in (RIGHT, WHOLE) or is_by_name(one) or isinstance(one, _ENDS):
                continue
            for part in _parts(one):
                if type(part) in ATOMIC:
                    continue
                users.setdefault(id(part), []).append(id(one))
                if id(part) not in self._met:
                    self._met[id(part)] = part
                    pending.append(part)
                elif id(part) in self._unfit:  # from an earlier survey
                    found.append(id(part))
        while found:
            one = found.pop()
            self._unfit.add(one)
            found += [user for user in users.pop(one, ()) if user not in self._unfit]
        return id(root) in self._unfit

    def is_fit(self, thing: Any) -> bool:
        """Whether an object has been met and needs no conversion."""
        return id(thing) in self._met and id(thing) not in self._unfit


def _parts(thing: Any) -> Iterable[Any]:
    kind = type(thing)
    # numpy's arrays do not tell the garbage collector about the objects they hold.
    if kind.__module__ == "numpy" and kind.__name__ == "ndarray" and thing.dtype.hasobject:
        return thing.ravel().tolist()  # type: ignore[no-any-return]
    return gc.get_referents(thing)
