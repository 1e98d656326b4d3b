"""``sys.meta_path`` by caller: an environment does not see the import hooks of its neighbours.

A hook that an environment's code installs knows that environment's modules. ``six`` even deletes other
instances of its own hook when it is imported. Hooks of the application and of unversioned distributions are
everybody's, and the application sees them all.

The shim's own finders are not in the list's storage. importlib meets the environments' finder first (a hook that
came before it would load an environment's module under a plain key, for everybody). Whoever else looks finds them
behind the hooks of the program, and a position means one of the program's hooks. So ``insert(0, hook)`` and a later
``del sys.meta_path[0]`` mean the same hook, as does the number that ``enumerate`` gave it (``six`` deletes by that),
``[-1]`` is the hook that was appended last, and clearing the list takes nothing away that the program didn't put there.
"""

from __future__ import annotations

import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder

from runtime_shim import FinderList, origin
from runtime_shim.searchpath import WRITING

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from runtime_shim.environment import Environment

_EVERYBODYS = (BuiltinImporter, FrozenImporter, PathFinder)
_first: list[Any] = []
_last: list[Any] = []
# Top-level names that an environment's hook finds for that environment only, not for the application.
for_themselves: set[str] = set()
# runtime_shim.portions.finders_for, where there are portions.
narrowing: list[Any] = []


def home(finder: Any) -> Environment | None:
    """Return the environment in whose folder an import hook's code is, None for the application's or a neutral one."""
    if finder in _EVERYBODYS:
        return None
    method = getattr(finder, "find_spec", None)
    code = getattr(getattr(method, "__func__", method), "__code__", None)
    found = None if code is None else origin.environment_of_path(code.co_filename)
    return None if found is None or found.beside().is_application else found.beside()


def install(first: Sequence[Any], last: Sequence[Any]) -> None:
    """Give ``sys.meta_path``'s class the methods that look at the caller.

    :param first: the shim's finders that are asked before any hook.
    :param last: those that are asked after all of them.
    """
    _first[:], _last[:] = first, last
    for name in _OF_ALL:
        setattr(FinderList, name, _reader(name, _with_own))
    for name in _BY_POSITION:
        setattr(FinderList, name, _reader(name, _visible))
    for name in WRITING:
        setattr(FinderList, name, _writer(name))
    FinderList.__getitem__ = _get_item  # type: ignore[method-assign,assignment]
    FinderList.__radd__ = _after  # type: ignore[attr-defined]


def reclaim() -> None:
    """Make ``sys.meta_path`` a :class:`FinderList` again after somebody has assigned a plain list."""
    finders: object = sys.meta_path
    if type(finders) is list:
        sys.meta_path = FinderList(without_own(finders))


_OF_ALL = ("__add__", "__contains__", "__iter__", "__len__", "__repr__", "copy", "count", "index")
_BY_POSITION = ("__eq__", "__ne__", "__reversed__")


def _visible(finders: FinderList, frame: Any) -> list[Any]:
    """Return the program's hooks that the caller sees."""
    stored = list(list.__iter__(finders))
    homes = [home(finder) for finder in stored]
    if not any(homes):  # nearly always: nobody has to be asked for
        return stored
    asking = origin.find(frame)
    if asking.is_application:
        return stored
    return [finder for finder, whose in zip(stored, homes, strict=True) if whose in (None, asking.beside())]


def _with_own(finders: FinderList, frame: Any) -> list[Any]:
    if frame.f_code.co_filename in origin.MACHINERY:
        visible = _visible(finders, frame)
        if for_themselves and str(frame.f_locals.get("name")).partition(".")[0] in for_themselves:
            whose = (None, origin.find(frame).beside())
            visible = [finder for finder in visible if home(finder) in whose]
        return [*_first, *visible, *_last]
    found = [*_visible(finders, frame), *_first, *_last]
    for function in narrowing:
        found = function(found, frame)
    return found


def without_own(finders: Any) -> list[Any]:
    """Return the program's hooks among *finders*."""
    return [finder for finder in finders if finder not in _first and finder not in _last]


def _reader(name: str, seen_by: Any) -> Any:
    method = getattr(list, name)

    def read(self: FinderList, *arguments: Any, **keywords: Any) -> Any:
        if name in ("__eq__", "__ne__") and isinstance(arguments[0], list):
            arguments = (without_own(list.__iter__(arguments[0])),)
        return method(seen_by(self, sys._getframe(1)), *arguments, **keywords)

    read.__name__ = name
    return read


def _get_item(self: FinderList, position: Any) -> Any:
    # A copy (`sys.meta_path[:]`) may become the new `sys.meta_path`, so the shim's finders are in it.
    from_the_end = type(position) is int and position < 0
    return (_visible if from_the_end else _with_own)(self, sys._getframe(1))[position]


def _after(self: FinderList, other: Any) -> Any:
    """``[…] + sys.meta_path``: the right operand's method comes first because its class is a subclass."""
    return [*other, *_with_own(self, sys._getframe(1))] if isinstance(other, list) else NotImplemented


def _writer(name: str) -> Any:
    method = getattr(list, name)

    def write(self: FinderList, *arguments: Any, **keywords: Any) -> Any:
        before = list(list.__iter__(self))
        seen = _visible(self, sys._getframe(1))
        changed = list(seen)
        result = method(changed, *arguments, **keywords)
        after = without_own(changed)
        for position, finder in enumerate(before):
            if finder not in seen:
                after.insert(position, finder)  # what the caller doesn't see stays where it was
        list.__setitem__(self, slice(None), after)
        return self if result is changed else result

    write.__name__ = name
    return write
