"""``sys.path`` by caller: the methods that make a :class:`~runtime_shim.PathList` look at who asks.

There is one sequence of entries (:mod:`runtime_shim.views.shared_list`). The application sees those that everybody
sees, and they are what the list's storage holds. An environment sees its own folders as well, before the application's
``site-packages``, where its plain interpreter has its own; and what its code has added. An added entry is the
environment's alone if it lies in an environment's folder (OpenCV's loader inserts one of its own and imports itself
anew from there). Anything else (pytest inserting the root of the tests) is meant for the process: everybody sees it.

**Assignment** (``sys.path = saved``) leaves a plain list, which is noticed at the next import. By then the frames no
longer tell who assigned: it may have been the caller of the one who imports now. The list itself tells. Entries in an
environment's folder are in that environment's view alone, so a list that has them was made from that view and becomes
that view, as in OpenCV's loader, which saves a copy and assigns it in the end. A list with none is the application's.
A list object that was ``sys.path`` before and is assigned again (``mock.patch``) is still all that it was then.
"""

from __future__ import annotations

import os
import sys

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
from runtime_shim.model.environment import known
from runtime_shim.model.exclusion import exclusively, fork_safe_lock
from runtime_shim.views.lists import (
    READING,
    WRITING,
    added_after,
    as_list,
    changing,
    printed_as_list,
    reading,
)
from runtime_shim.views.shared_list import SharedList

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

# Read modules of the application without importing them, in this process: their place is the one that the person's code
# would import them from, whatever environment the tool itself is in.
_READ_MODULES = ("/mypy/pyinfo.py", "/jedi/api/project.py")
# Pylint finds its own checkers in the same way.
_READ_THEIR_OWN_TOO = ("/astroid/interpreter/_import/spec.py", "/astroid/modutils.py")
_MOST_LISTS = 16  # how many of the lists that `sys.path` has been are remembered


class _View:
    """The lists that ``sys.path`` is and has been."""

    def __init__(self) -> None:
        # The class of `sys.path` from start-up on.
        self.list_type: Any = list
        # What a tool finds behind the application's path.
        self.static_view = ""
        # The latest last. Empty until an environment is in play: then the storage is all there is.
        self.lists: list[SharedList] = []
        # environment → what it saw when its own entries were last picked out, and these
        self.own: dict[Environment, tuple[list[Any], list[str]]] = {}
        # The entries that `common_beginning` was last asked about, and its answer.
        self.looked_at: tuple[object, list[Any] | None] = (None, None)
        # Changes are several steps of Python code, unlike those of a plain list.
        self.changing = fork_safe_lock()


_view = _View()


def install(list_type: type[list[Any]], static_view: str) -> None:
    """Give *list_type*, the class of ``sys.path`` from start-up on, the methods that look at the caller.

    :param static_view: the folder of links for tools that read code without running it; empty if there is none.
    """
    _view.list_type = list_type
    _view.static_view = static_view
    for name in READING:
        setattr(list_type, name, reading(name, _seen))
    for name in WRITING:
        setattr(list_type, name, changing(name, _change))
    list_type.__radd__ = added_after(_seen)  # type: ignore[attr-defined] # `list` itself has none
    list_type.__reduce_ex__ = as_list(_seen)  # type: ignore[method-assign]
    printed_as_list(list_type)
    at_start = list_type.at_start  # type: ignore[attr-defined]
    installed = {one.paths[0] for one in known.everyone if not one.is_application}
    # The first entry is the folder of the program, which may be anywhere.
    if any(item in installed and item not in at_start for item in list(sys.path)[1:]):
        # Before the shim was started somebody has put into it what an environment saw in another process: the fork
        # server of 3.14 and later does, in place. As if it had been assigned.
        sys.path = list(sys.path)


def contents(environment: Environment) -> list[Any]:
    """Return the live list that *environment* sees (for the application: a copy of it)."""
    path = _path()
    if environment.is_application:
        return list.copy(path)
    return _in_step(environment, path) or exclusively(
        _view.changing, lambda: _seen_by(environment, _current())
    )


def forget() -> None:
    """Make the environments' views anew when they are next needed: their folders have changed."""
    exclusively(_view.changing, _forget)


def _forget() -> None:
    _view.lists.clear()
    _view.own.clear()


def rename(renamed: Callable[[Any], Any]) -> None:
    """Put other entries in the places of those there are: a folder has another name.

    :param renamed: entry → what it is called now.
    """
    exclusively(_view.changing, _rename, renamed)


def _rename(renamed: Callable[[Any], Any]) -> None:
    for shared in _view.lists:
        shared.rename(renamed)
    path = sys.path
    entries = list(list.__iter__(path))
    if (changed := [renamed(entry) for entry in entries]) != entries:
        list.__setitem__(path, slice(None), changed)
    _view.own.clear()


def common_beginning() -> list[Any] | None:
    """Return the entries that come first on the path, whoever looks: those before the folders of environments.

    None where environments have folders elsewhere on it, and where it would take more than a look to know.
    """
    shared = _view.lists[-1] if _view.lists else None
    entries = shared.entries_in_step() if shared is not None and shared.storage is sys.path else None
    if entries is None:
        return None
    looked_at, answer = _view.looked_at
    if looked_at is not entries:
        built = {path for one in known.everyone for path in one.paths}
        places = [
            place
            for place, entry in enumerate(entries)
            if entry.viewer is not None or entry.unseen_by or _lies_in_an_environment(entry.value)
        ]
        is_as_built = all(entries[place].value in built and not entries[place].unseen_by for place in places)
        first = min(places, default=len(entries))
        answer = [entry.value for entry in entries[:first]] if is_as_built else None
        _view.looked_at = entries, answer
    return answer


def _in_step(environment: Environment, path: Any) -> list[Any] | None:
    """Return what *environment* sees of a list that is ``sys.path``, if that is ready."""
    shared = _view.lists[-1] if _view.lists else None
    return shared.view_in_step(environment) if shared is not None and shared.storage is path else None


def own_entries(environment: Environment) -> list[str]:
    """Return the path entries that lie in *environment*: where its distributions are found."""
    now = contents(environment)
    then, own = _view.own.get(environment, (None, []))
    if then != now:  # asked for at every import from a namespace package
        own = [item for item in now if _is_own(environment, item)]
        _view.own[environment] = (list(now), own)
    return own


def reclaim() -> None:
    """Make ``sys.path`` a list of our class again after somebody has assigned a plain one.

    ``sys.path = [folder] + sys.path`` is common, and ``multiprocessing`` does it in every spawned child.
    """
    _path()


def _path() -> Any:
    """Return ``sys.path`` as a list of our class, whatever other threads assign meanwhile."""
    path: Any = sys.path
    while type(path) is list:
        exclusively(_view.changing, _take_over)
        path = sys.path
    return path


def _take_over() -> None:
    assigned: Any = sys.path
    if type(assigned) is not list:  # another thread has done it meanwhile
        return
    former = _view.lists[-1] if _view.lists else None
    public = former.view(None) if former else ()
    foreign = [item for item in assigned if _lies_in_an_environment(item) and item not in public]
    assigner = _viewer_of(foreign, former) if foreign else None
    everybodys = [item for item in assigned if item not in foreign]
    path = _view.list_type(everybodys)
    if former is not None or assigner is not None:
        shared = SharedList(path, known.application.paths[0], like=former)
        if assigner is None:
            shared.replace(None, everybodys, bool)
        else:
            _seen_by(assigner, shared)
            shared.replace(assigner, assigned, _private_for(assigner))
        _remember(shared)
    if sys.path is assigned:  # else another thread has assigned a list since, which comes next
        sys.path = path


def _viewer_of(items: list[str], shared: SharedList | None) -> Environment | None:
    """Return the environment in whose view all these entries are; None for none, which is a list put together."""
    for environment in known.everyone:
        if environment.is_application:
            continue
        seen = shared.view(environment) if shared is not None and shared.has(environment) else ()
        if all(item in seen or _is_own(environment, item) for item in items):
            return environment
    return None


def _current() -> SharedList:
    """Return what ``sys.path`` is, for all who see it."""
    path = _path()
    shared = _shared(path)
    if shared is None:
        former = _view.lists[-1] if _view.lists else None
        now = list.copy(path)
        shared = SharedList(path, known.application.paths[0], like=former)
        shared.replace(None, now, bool)
    if not _view.lists or _view.lists[-1] is not shared:
        _remember(shared)
    return shared


def _shared(path: Any) -> SharedList | None:
    """Return what there is behind a list that is ``sys.path`` or has been; None for its storage alone."""
    return next((shared for shared in reversed(_view.lists) if shared.storage is path), None)


def _remember(shared: SharedList) -> None:
    _view.lists = [*(one for one in _view.lists if one is not shared), shared][-_MOST_LISTS:]


def _seen_by(environment: Environment, shared: SharedList) -> list[Any]:
    if not shared.has(environment):
        installed = environment.application.paths[0]
        shared.add_viewer(environment, [path for path in environment.paths if path != installed])
    return shared.view(environment)


def _is_own(environment: Environment, item: Any) -> bool:
    if not isinstance(item, str):
        return False
    home = code_files.environment_of(os.path.join(item, ""))
    return home is environment or (
        environment.over is not None and (home is environment.over or item in environment.paths)
    )


def _lies_in_an_environment(item: Any) -> bool:
    return isinstance(item, str) and code_files.environment_of(os.path.join(item, "")) is not None


def _private_for(environment: Environment) -> Callable[[Any], bool]:
    """Return what says whether an entry that *environment* adds is its alone."""
    installed = environment.application.paths[0]
    return lambda item: _lies_in_an_environment(item) or (item != installed and _is_own(environment, item))


def _seen(path: list[Any], frame: FrameType) -> list[Any]:
    """Return what *frame* sees of ``sys.path``; of a list that never was ``sys.path`` everybody sees the same."""
    is_current = path is sys.path
    if is_current and _view.static_view:
        reader = _reader(frame)
        if reader.endswith(_READ_MODULES):
            return [*list.copy(path), _view.static_view]
        if reader.endswith(_READ_THEIR_OWN_TOO):
            environment = frames.find(frame)
            own = [] if environment.is_application else own_entries(environment)
            return [*list.copy(path), _view.static_view, *own]
    if not is_current and _shared(path) is None:
        return path
    environment = frames.find(frame)
    if environment.is_application:
        return path

    ready = _in_step(environment, path)
    if ready is not None:
        return ready

    def view() -> list[Any]:
        shared = _current() if is_current else _shared(path)
        return path if shared is None else _seen_by(environment, shared)

    return exclusively(_view.changing, view)


def _reader(frame: FrameType | None) -> str:
    """Return the file of the code that reads: the frame's, or that of who has called ``PathFinder``."""
    while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return "" if frame is None else frame.f_code.co_filename


def _change(
    path: Any, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any], frame: FrameType
) -> Any:
    """Call a method of `list` on what *frame* sees."""
    if _takes_several(name, arguments) and hasattr(type(arguments[-1]), "__iter__"):
        arguments = (*arguments[:-1], list(arguments[-1]))  # now: its code may do anything
    return exclusively(_view.changing, _change_for, frames.find(frame), path, name, arguments, keywords)


def _change_for(
    environment: Environment, path: Any, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> Any:
    shared = _shared(path)
    if shared is None and not environment.is_application and path is sys.path:
        shared = _current()
    if shared is None:
        return getattr(list, name)(path, *arguments, **keywords)
    if environment.is_application:
        return shared.change(None, name, arguments, keywords, bool)
    _seen_by(environment, shared)
    return shared.change(environment, name, arguments, keywords, _private_for(environment))


def _takes_several(name: str, arguments: tuple[Any, ...]) -> bool:
    return (name in ("extend", "__iadd__") and len(arguments) == 1) or (
        name == "__setitem__" and len(arguments) == 2 and isinstance(arguments[0], slice)
    )
