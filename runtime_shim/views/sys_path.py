"""``sys.path`` by caller: the methods that make a :class:`~runtime_shim.PathList` look at who asks.

The list's storage is the application's contents. Each environment has a list of its own, made from the
application's when first needed and kept in step with it. It is live: OpenCV's loader, say, inserts a folder
and imports itself anew from there. What an environment adds stays its own if it lies inside the environment;
anything else (pytest inserting the root of the tests) is meant for the process and goes to the application too.
"""

from __future__ import annotations

import os
import sys

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
from runtime_shim.views.lists import READING, WRITING, added_after, reading, writing

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment


class _View:
    """The lists of the environments; the application's is ``sys.path`` itself."""

    def __init__(self) -> None:
        # The class of `sys.path` from start-up on.
        self.list_type: Any = list
        # environment -> (its own list, the application's contents when both were last brought into step)
        self.lists: dict[Environment, tuple[list[Any], list[Any]]] = {}


_view = _View()


def install(list_type: type[list[Any]]) -> None:
    """Give *list_type*, the class of ``sys.path`` from start-up on, the methods that look at the caller."""
    _view.list_type = list_type
    for name in READING:
        setattr(list_type, name, reading(name, _seen))
    for name in WRITING:
        setattr(list_type, name, writing(name, _edit))
    # What `list` itself does not define, or does for the storage alone.
    list_type.__radd__ = added_after(_seen)  # type: ignore[attr-defined]
    list_type.__reduce_ex__ = _as_list  # type: ignore[method-assign]


def contents(environment: Environment) -> list[Any]:
    """Return the live list that *environment* sees (for the application: a copy of it)."""
    now = list(list.__iter__(sys.path))
    if environment.is_application:
        return now
    entry = _view.lists.get(environment)
    if entry is None:
        entry = _view.lists[environment] = (_first_contents(environment, now), now)
    own, then = entry
    if then != now:
        _follow(own, then, now)
        _view.lists[environment] = (own, now)
    return own


def forget() -> None:
    """Make the environments' lists anew when they are next needed: their folders have changed."""
    _view.lists.clear()


def own_entries(environment: Environment) -> list[str]:
    """Return the path entries that lie in *environment*: where its distributions are found."""
    return [item for item in contents(environment) if _is_own(environment, item)]


def reclaim() -> None:
    """Make ``sys.path`` a list of our class again after somebody has assigned a plain one.

    ``sys.path = [folder] + sys.path`` is common, and ``multiprocessing`` does it in every spawned child. What
    the new list holds of environments' folders was some environment's view of the old one.
    """
    path: object = sys.path
    if type(path) is list:
        sys.path = _view.list_type(
            item
            for item in path
            if not isinstance(item, str) or code_files.environment_of(os.path.join(item, "")) is None
        )


def _first_contents(environment: Environment, application_path: list[Any]) -> list[Any]:
    """The application's entries, with the environment's own folders before what is installed."""
    installed = environment.application.paths[0]
    position = application_path.index(installed) if installed in application_path else len(application_path)
    own = [path for path in environment.paths if path != installed]
    return application_path[:position] + own + application_path[position:]


def _is_own(environment: Environment, item: Any) -> bool:
    if not isinstance(item, str):
        return False
    home = code_files.environment_of(os.path.join(item, ""))
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
    order, former = _once(now), _once(then)
    stayed = [item for item in former if item in order]
    if [item for item in order if item in former] != stayed:  # a new order
        moved = [item for item in order if item in own]
        for place, item in zip(sorted(map(own.index, moved)), moved, strict=True):
            own[place] = item


def _once(items: list[Any]) -> list[Any]:
    """Leave out the repetitions: an entry that is there several times is found where it is first."""
    return [item for position, item in enumerate(items) if item not in items[:position]]


def _share(environment: Environment, before: list[Any]) -> None:
    """Carry a change that *environment* made to its list over to the application's, where it is public."""
    own = _view.lists[environment][0]
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
    _view.lists[environment] = (own, list(list.__iter__(shared)))


def _seen(path: Any, frame: FrameType) -> list[Any]:
    """Return what *frame* sees of ``sys.path``; of a list that isn't in use any more everybody sees the same."""
    environment = _calling(path, frame)
    return path if environment is None else contents(environment)


def _edit(path: Any, frame: FrameType) -> tuple[list[Any], Callable[[], None]]:
    environment = _calling(path, frame)
    if environment is None:
        return path, lambda: None
    own = contents(environment)
    before = list(own)
    return own, lambda: _share(environment, before)


def _as_list(self: Any, protocol: Any) -> Any:  # noqa: ARG001 - the signature of __reduce_ex__
    """Copy and pickle as the plain list that the caller sees."""
    return list, (list(list.__iter__(_seen(self, sys._getframe(1)))),)


def _calling(path: Any, frame: FrameType) -> Environment | None:
    """Return the environment that calls; None for the application, and for a list that isn't in use any more."""
    if path is not sys.path:
        return None
    environment = frames.find(frame)
    return None if environment.is_application else environment
