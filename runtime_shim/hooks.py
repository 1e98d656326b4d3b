"""``sys.meta_path`` by caller: an environment does not see the import hooks of its neighbours.

A hook that an environment's code installs knows that environment's modules. ``six`` even deletes other
instances of its own hook when it is imported. Hooks of the application and of unversioned distributions are
everybody's, and the application sees them all. The environments' finder stays first, whoever inserts before
it: a hook that came first would load an environment's module under a plain key, for everybody.
"""

from __future__ import annotations

import sys

from runtime_shim import FinderList, origin

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.environment import Environment


def home(finder: Any) -> Environment | None:
    """Return the environment whose code an import hook is, None for the application's or a neutral one."""
    method = getattr(finder, "find_spec", None)
    code = getattr(getattr(method, "__func__", method), "__code__", None)
    return None if code is None else origin.environment_of_path(code.co_filename)


def install() -> None:
    """Give ``sys.meta_path``'s class the methods that look at the caller."""
    for name in _READING:
        setattr(FinderList, name, _reader(name))
    for name in _WRITING:
        setattr(FinderList, name, _writer(name))


_READING = (
    "__contains__",
    "__getitem__",
    "__iter__",
    "__len__",
    "__repr__",
    "__reversed__",
    "copy",
    "count",
    "index",
)
_WRITING = (
    "__delitem__",
    "__iadd__",
    "__setitem__",
    "append",
    "clear",
    "extend",
    "insert",
    "pop",
    "remove",
    "reverse",
    "sort",
)


def _visible(finders: FinderList, frame: Any) -> list[Any] | None:
    """Return the hooks the caller sees, None if that is all of them."""
    asking = origin.find(frame)
    if asking.is_application:
        return None
    return [finder for finder in list.__iter__(finders) if home(finder) in (None, asking)]


def _reader(name: str) -> Any:
    method = getattr(list, name)

    def read(self: FinderList, *arguments: Any, **keywords: Any) -> Any:
        seen = _visible(self, sys._getframe(1))
        return method(self if seen is None else seen, *arguments, **keywords)

    read.__name__ = name
    return read


def _writer(name: str) -> Any:
    method = getattr(list, name)

    def write(self: FinderList, *arguments: Any, **keywords: Any) -> Any:
        first = list.__getitem__(self, 0) if list.__len__(self) else None
        seen = _visible(self, sys._getframe(1))
        if seen is None:
            result = method(self, *arguments, **keywords)
        else:
            hidden = [finder for finder in list.__iter__(self) if finder not in seen]
            result = method(seen, *arguments, **keywords)
            list.__setitem__(self, slice(None), [*seen[:1], *hidden, *seen[1:]])
        if list.__contains__(self, first) and list.__getitem__(self, 0) is not first:
            list.remove(self, first)
            list.insert(self, 0, first)
        return self if name == "__iadd__" else result

    write.__name__ = name
    return write
