"""``sys.path`` by caller: the methods that make a :class:`~runtime_shim.PathList` look at who asks.

The list's storage is the application's contents. Each environment has a list of its own, made from the
application's when first needed and kept in step with it. It is live: OpenCV's loader, say, inserts a folder
and imports itself anew from there. What an environment adds stays its own if it lies inside the environment;
anything else (pytest inserting the root of the tests) is meant for the process and goes to the application too.
"""

from __future__ import annotations

import os
import sys

from runtime_shim import PathList, origin

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.environment import Environment

# environment -> (its own list, the application's contents when both were last brought into step)
_lists: dict[Environment, tuple[list[Any], list[Any]]] = {}


def contents(environment: Environment) -> list[Any]:
    """Return the live list that *environment* sees (for the application: a copy of it)."""
    now = list(list.__iter__(sys.path))
    if environment.is_application:
        return now
    entry = _lists.get(environment)
    if entry is None:
        entry = _lists[environment] = (_first_contents(environment, now), now)
    own, then = entry
    if then != now:
        _follow(own, then, now)
        _lists[environment] = (own, now)
    return own


def forget() -> None:
    """Make the environments' lists anew when they are next needed: their folders have changed."""
    _lists.clear()


def own_entries(environment: Environment) -> list[str]:
    """Return the path entries that lie in *environment*: where its distributions are found."""
    return [item for item in contents(environment) if _is_own(environment, item)]


def _first_contents(environment: Environment, application_path: list[Any]) -> list[Any]:
    """The application's entries, with the environment's own folders before what is installed."""
    installed = environment.application.paths[0]
    position = application_path.index(installed) if installed in application_path else len(application_path)
    own = [path for path in environment.paths if path != installed]
    return application_path[:position] + own + application_path[position:]


def _is_own(environment: Environment, item: Any) -> bool:
    if not isinstance(item, str):
        return False
    home = origin.environment_of_path(os.path.join(item, ""))
    return home is environment or (
        environment.over is not None and (home is environment.over or item in environment.paths)
    )


def _follow(own: list[Any], then: list[Any], now: list[Any]) -> None:
    """Repeat on *own* what turned the application's list from *then* into *now*."""
    for item in then:
        if item not in now and item in own:
            own.remove(item)
    for position, item in enumerate(now):
        if item not in then and item not in own:
            if position <= len(now) // 2:
                own.insert(position, item)
            else:
                own.append(item)
    if [item for item in now if item in then] != [item for item in then if item in now]:  # a new order
        places = [place for place, item in enumerate(own) if item in now]
        for place, item in zip(places, [item for item in now if item in own], strict=False):
            own[place] = item


def reclaim() -> None:
    """Make ``sys.path`` a :class:`PathList` again after somebody has assigned a plain list.

    ``sys.path = [folder] + sys.path`` is common, and ``multiprocessing`` does it in every spawned child. What
    the new list holds of environments' folders was some environment's view of the old one.
    """
    path: object = sys.path
    if type(path) is list:
        sys.path = PathList(
            item
            for item in path
            if not isinstance(item, str) or origin.environment_of_path(os.path.join(item, "")) is None
        )


def install() -> None:
    """Give ``sys.path``'s class the methods that look at the caller."""
    for name in _READING:
        setattr(PathList, name, _reader(name))
    for name in WRITING:
        setattr(PathList, name, _writer(name))
    # What `list` itself does not define, or does for the storage alone.
    PathList.__radd__ = _after  # type: ignore[attr-defined]
    PathList.__reduce_ex__ = _as_list  # type: ignore[method-assign,assignment]


def _share(environment: Environment, before: list[Any]) -> None:
    """Carry a change that *environment* made to its list over to the application's, where it is public."""
    own = _lists[environment][0]
    shared: Any = sys.path
    for position, item in enumerate(own):
        if item not in before and not _is_own(environment, item):
            if position <= len(own) // 2:
                list.insert(shared, min(position, list.__len__(shared)), item)
            else:
                list.append(shared, item)
    for item in before:
        if item not in own and not _is_own(environment, item) and list.__contains__(shared, item):
            list.remove(shared, item)
    _lists[environment] = (own, list(list.__iter__(shared)))


_READING = (
    "__add__",
    "__contains__",
    "__eq__",
    "__ge__",
    "__getitem__",
    "__gt__",
    "__iter__",
    "__le__",
    "__len__",
    "__lt__",
    "__mul__",
    "__ne__",
    "__repr__",
    "__reversed__",
    "__rmul__",
    "copy",
    "count",
    "index",
)
# The methods that change a list.
WRITING = (
    "__delitem__",
    "__iadd__",
    "__imul__",
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


def _reader(name: str) -> Any:
    method = getattr(list, name)

    def read(self: PathList, *arguments: Any, **keywords: Any) -> Any:
        environment = _asking(self, sys._getframe(1))
        if environment is None:
            return method(self, *arguments, **keywords)
        return method(contents(environment), *arguments, **keywords)

    read.__name__ = name
    return read


def _writer(name: str) -> Any:
    method = getattr(list, name)

    def write(self: PathList, *arguments: Any, **keywords: Any) -> Any:
        environment = _asking(self, sys._getframe(1))
        if environment is None:
            return method(self, *arguments, **keywords)
        own = contents(environment)
        before = list(own)
        result = method(own, *arguments, **keywords)
        _share(environment, before)
        return self if result is own else result

    write.__name__ = name
    return write


def _after(self: PathList, other: Any) -> Any:
    """``[…] + sys.path``: the right operand's method comes first because its class is a subclass."""
    environment = _asking(self, sys._getframe(1))
    if not isinstance(other, list):
        return NotImplemented
    return [*other, *(list.__iter__(self) if environment is None else contents(environment))]


def _as_list(self: PathList, protocol: Any) -> Any:  # noqa: ARG001 - the signature of __reduce_ex__
    """Copy and pickle as the plain list that the caller sees."""
    environment = _asking(self, sys._getframe(1))
    return list, (list(list.__iter__(self) if environment is None else contents(environment)),)


def _asking(path: PathList, frame: Any) -> Environment | None:
    """Return the environment that asks; None for the application, and for a list that isn't in use any more."""
    if path is not sys.path:
        return None
    environment = origin.find(frame)
    return None if environment.is_application else environment
