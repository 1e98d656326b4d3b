"""``sys.meta_path`` by caller: an environment does not see the import hooks of its neighbours.

A hook that an environment's code installs knows that environment's modules. ``six`` even deletes other
instances of its own hook when it is imported. Hooks of the application and of unversioned distributions are
everybody's, and the application sees them all. What an environment's own code takes away of these is gone for that
environment alone.

The shim's own finders are not in the list's storage. importlib meets the environments' finder first (a hook that
came before it would load an environment's module under a plain key, for everybody). Whoever else looks finds them
behind the hooks of the program, and a position means one of the program's hooks. So ``insert(0, hook)`` and a later
``del sys.meta_path[0]`` mean the same hook, as does the number that ``enumerate`` gave it (``six`` deletes by that),
``[-1]`` is the hook that was appended last, and clearing the list takes nothing away that the program didn't put there.
"""

from __future__ import annotations

import os
import sys
from _operator import is_  # operator's, in C
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder

from runtime_shim.caller import frames
from runtime_shim.caller.disguise import MACHINERY
from runtime_shim.caller.files import code_files
from runtime_shim.model.exclusion import exclusively, fork_safe_lock
from runtime_shim.views.lists import WRITING, added_after, as_list, printed_as_list, reading, writing

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

METADATA = os.path.join("importlib", "metadata", "__init__.py")
_EVERYBODYS = (BuiltinImporter, FrozenImporter, PathFinder)
_AS_MANY = slice(len(_EVERYBODYS))
_OF_ALL = ("__add__", "__contains__", "__len__", "__repr__", "copy", "count", "index")
_BY_POSITION = ("__reversed__",)


class _View:
    """The finders that the list does not store, and who must not see which hook."""

    def __init__(self) -> None:
        self.list_type: Any = list
        """The class of ``sys.meta_path`` from start-up on."""
        self.former: Any = ()
        """What ``sys.meta_path`` was when it was last looked at."""
        self.first: Sequence[Any] = ()
        self.last: Sequence[Any] = ()
        self.replaced: Any = None
        self.for_themselves: set[str] = set()
        # environment → the hooks of others that its code has taken away
        self.unseen: dict[Environment, list[Any]] = {}
        self.for_metadata: Callable[[list[Any], FrameType], list[Any]] = lambda finders, _: finders
        self.changing = fork_safe_lock()
        # What is stored while all hooks are everybody's, by identity, and what importlib is shown then. That holds on
        # to the finders, so that no other object has the identity of one of them.
        self.usual: tuple[list[int], list[Any]] = [], []


_view = _View()


def install(
    list_type: type[list[Any]],
    first: Sequence[Any],
    last: Sequence[Any],
    *,
    replaced: Any,
    for_metadata: Callable[[list[Any], FrameType], list[Any]],
) -> None:
    """Give *list_type*, the class of ``sys.meta_path`` from start-up on, the methods that look at the caller.

    :param first: the shim's finders that are asked before any hook.
    :param last: those that are asked after all of them.
    :param replaced: the finder whose place these take; copies of the list that were made before hold it.
    :param for_metadata: may change what ``importlib.metadata`` sees.
    """
    _view.list_type, _view.first, _view.last, _view.replaced = list_type, first, last, replaced
    _view.for_metadata = for_metadata
    for name in _OF_ALL:
        setattr(list_type, name, reading(name, _with_own))
    list_type.__iter__ = _iterate  # type: ignore[method-assign]
    # importlib looks whether there is any finder each time. There is, the shim's own; nothing in Python has to say so.
    list_type.__bool__ = (1).__bool__  # type: ignore[attr-defined]
    for name in _BY_POSITION:
        setattr(list_type, name, reading(name, _visible))
    for name in WRITING:
        setattr(list_type, name, writing(name, _edit, _view.changing))
    list_type.__eq__ = _equals  # type: ignore[method-assign]
    list_type.__ne__ = _differs  # type: ignore[method-assign]
    list_type.__getitem__ = _get_item  # type: ignore[method-assign]
    list_type.__radd__ = added_after(_with_own)  # type: ignore[attr-defined]
    list_type.__reduce_ex__ = as_list(_with_own)  # type: ignore[method-assign]
    printed_as_list(list_type)


def keep_apart(import_names: Sequence[str]) -> None:
    """Let an environment's hooks find these top-level names for that environment only, not for the application."""
    _view.for_themselves.update(import_names)


def home(finder: Any) -> Environment | None:
    """Return the environment in whose folder an import hook's code is, None for the application's or a neutral one."""
    if finder in _EVERYBODYS:
        return None
    method = getattr(finder, "find_spec", None)
    code = getattr(getattr(method, "__func__", method), "__code__", None)
    found = None if code is None else code_files.environment_of(code.co_filename)
    return None if found is None or found.beside().is_application else found.beside()


def hooks() -> list[Any]:
    """Return all hooks of the program, whoever calls."""
    return list.copy(sys.meta_path)


def has_hooks_last() -> bool:
    """Whether nobody's hook comes before the interpreter's own finders."""
    first = list.__getitem__(sys.meta_path, _AS_MANY)
    return len(first) == len(_EVERYBODYS) and all(map(is_, first, _EVERYBODYS))


def without_own(finders: Any) -> list[Any]:
    """Return the program's hooks among *finders*."""
    own = (*_view.first, *_view.last, _view.replaced)
    return [finder for finder in finders if finder not in own]


def reclaim() -> None:
    """Make ``sys.meta_path`` a list of our class again after somebody has assigned a plain one.

    Who did cannot have put hooks there that he did not see, or did not want to see: they stay as well.
    """
    if type(sys.meta_path) is list:
        exclusively(_view.changing, _take_over)
    if sys.meta_path is not _view.former:
        _view.former = sys.meta_path


def _take_over() -> None:
    finders: object = sys.meta_path
    if type(finders) is list:  # else another thread has done it meanwhile
        after = without_own(finders)
        unseen = [finder for taken in _view.unseen.values() for finder in taken]
        for position, finder in enumerate(list.copy(_view.former) if _view.former else ()):
            if finder not in after and (finder in unseen or home(finder) is not None):
                after.insert(position, finder)
        sys.meta_path = _view.list_type(after)


def _visible(finders: Any, frame: FrameType) -> list[Any]:
    """Return the program's hooks that the caller sees."""
    stored = list.copy(finders)
    if [*map(id, stored)] == _view.usual[0] and not _view.unseen:  # in most programs
        return stored
    homes = [home(finder) for finder in stored]
    if not any(homes) and not _view.unseen:  # nearly always: nobody has to be asked for
        _view.usual = [*map(id, stored)], [*_view.first, *stored, *_view.last]
        return stored
    calling = frames.find(frame)
    if calling.is_application:
        return stored
    unseen = _view.unseen.get(calling.beside(), ())
    return [
        finder
        for finder, whose in zip(stored, homes, strict=True)
        if whose in (None, calling.beside()) and finder not in unseen
    ]


def _iterate(self: Any, getframe: Any = sys._getframe, view: _View = _view) -> Any:
    """Do what the method ``__iter__`` of a list does; importlib calls it at every first import."""
    frame = getframe(1)
    usual, shown = view.usual
    if (
        frame.f_code.co_filename in MACHINERY
        and [*map(id, list.__iter__(self))] == usual
        and not view.unseen
        and not view.for_themselves
    ):
        return iter(shown)
    return list.__iter__(_with_own(self, frame))


def _with_own(finders: Any, frame: FrameType) -> list[Any]:
    file, visible = frame.f_code.co_filename, _visible(finders, frame)
    if file in MACHINERY:
        apart = _view.for_themselves
        if apart and str(frame.f_locals.get("name")).partition(".")[0] in apart:
            visible = _without_neighbours(visible, frame)
        return [*_view.first, *visible, *_view.last]
    if file.endswith(METADATA):
        # The finder of an environment's backport of importlib.metadata finds all that is on the path once more.
        found = [*_without_neighbours(visible, frame), *_view.first, *_view.last]
        return _view.for_metadata(found, frame)
    return [*visible, *_view.first, *_view.last]


def _without_neighbours(finders: list[Any], frame: FrameType) -> list[Any]:
    """Leave out the hooks of other environments than the caller's, which the application sees otherwise."""
    if not any(map(home, finders)):  # nearly always
        return finders
    whose = (None, frames.find(frame).beside())
    return [finder for finder in finders if home(finder) in whose]


def _edit(finders: Any, frame: FrameType) -> tuple[list[Any], Callable[[], None]]:
    before = list.copy(finders)
    seen = _visible(finders, frame)
    changed = list(seen)

    def carry_over() -> None:
        after = without_own(changed)
        alone = _own_code(frame)
        if alone is not None:
            _take_away(alone, [finder for finder in seen if finder not in after], after)
        for position, finder in enumerate(before):
            if finder not in seen:
                # What the caller doesn't see stays where it was, also if he puts it back into his view.
                after = [*(one for one in after if one is not finder)]
                after.insert(position, finder)
            elif finder not in after and alone is not None and finder in _view.unseen.get(alone, ()):
                after.insert(position, finder)  # taken out of that view only
        list.__setitem__(finders, slice(None), after)

    return changed, carry_over


def _own_code(frame: FrameType) -> Environment | None:
    """Return the environment whose own code *frame* runs; None for the application's, and for neutral code.

    Neutral code (``unittest.mock``, an unversioned distribution that takes its hook away again) works for everybody.
    """
    owners = code_files.owners_of(frame.f_code.co_filename)
    return None if owners is None or owners.environment.is_application else owners.environment.beside()


def _take_away(environment: Environment, finders: list[Any], kept: list[Any]) -> None:
    """Remember which hooks of others *environment* sees no longer."""
    unseen = [finder for finder in _view.unseen.get(environment, ()) if finder not in kept]
    unseen += [finder for finder in finders if home(finder) is not environment]
    _view.unseen.pop(environment, None)
    if unseen:
        _view.unseen[environment] = unseen


def _equals(self: Any, other: Any) -> Any:
    return _hooks_of(self, sys._getframe(1)) == _hooks_of(other, sys._getframe(1))


def _differs(self: Any, other: Any) -> Any:
    return _hooks_of(self, sys._getframe(1)) != _hooks_of(other, sys._getframe(1))


def _hooks_of(finders: Any, frame: FrameType) -> Any:
    """Return what of a list of finders counts when it is compared: the program's hooks."""
    if isinstance(finders, _view.list_type):
        return _visible(finders, frame)
    return without_own(finders) if isinstance(finders, list) else finders


def _get_item(self: Any, position: Any) -> Any:
    # A copy (`sys.meta_path[:]`) may become the new `sys.meta_path`, so the shim's finders are in it.
    from_the_end = type(position) is int and position < 0
    return (_visible if from_the_end else _with_own)(self, sys._getframe(1))[position]
