"""``sys.path_hooks`` and ``sys.path_importer_cache`` by caller.

A path hook says which finder searches an entry of ``sys.path``. One that an environment's code installs (its own, or
one made from its loaders by ``FileFinder.path_hook``) is asked for that environment's searches only, and one that it
takes away is gone for itself. Hooks of the application and of unversioned distributions are everybody's.

The cache keeps the finder of each entry. So an environment whose hooks are not everybody's has a cache of its own;
until there is one, the cache is the plain dict it always was.
"""

from __future__ import annotations

import sys

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
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
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment


class HookList(list):  # type: ignore[type-arg]
    """``sys.path_hooks``: a list that shows each environment its own contents."""

    __slots__ = ()


class ImporterCache(dict):  # type: ignore[type-arg]
    """``sys.path_importer_cache``: a dict that is another for each environment with path hooks of its own."""

    __slots__ = ()


for _kind, _name in ((HookList, "list"), (ImporterCache, "dict")):
    _kind.__name__ = _kind.__qualname__ = _name
    _kind.__module__ = "builtins"


class _View:
    """The hooks there are, and the caches of environments that have some of their own."""

    def __init__(self) -> None:
        self.hooks: SharedList | None = None
        self.caches: dict[Environment, dict[str, Any]] = {}
        # Changes are several steps of Python code, and so is following what C code does to the storage.
        self.changing = fork_safe_lock()


_view = _View()


def install() -> None:
    """Make ``sys.path_hooks`` look at the caller."""
    for name in READING:
        setattr(HookList, name, reading(name, _seen))
    for name in WRITING:
        setattr(HookList, name, changing(name, _change))
    HookList.__radd__ = added_after(_seen)  # type: ignore[attr-defined]
    HookList.__reduce_ex__ = as_list(_seen)  # type: ignore[method-assign]
    printed_as_list(HookList)
    sys.path_hooks = HookList(sys.path_hooks)
    _view.hooks = SharedList(sys.path_hooks, None, apart=True)


def invalidate_caches() -> None:
    """Do for the environments' caches what ``PathFinder.invalidate_caches`` does for the common one."""
    for cache in list(_view.caches.values()):
        for finder in list(cache.values()):
            if hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()


def _seen(hooks: list[Any], frame: FrameType) -> list[Any]:
    shared = _view.hooks
    if not _view.caches or shared is None or hooks is not shared.storage:
        return hooks
    viewer = frames.find(frame).beside()
    known = shared
    return exclusively(_view.changing, lambda: known.view(viewer) if known.has(viewer) else hooks)


def _change(
    hooks: Any, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any], frame: FrameType
) -> Any:
    """Call a method of `list` on what *frame* sees."""
    shared = _view.hooks
    calling = frames.find(frame).beside()
    if shared is None or hooks is not shared.storage:
        return getattr(list, name)(hooks, *arguments, **keywords)
    return exclusively(_view.changing, _change_for, calling, shared, name, arguments, keywords)


def _change_for(
    calling: Environment, shared: SharedList, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> Any:
    if calling.is_application:
        return shared.change(None, name, arguments, keywords, bool)
    if not shared.has(calling):
        shared.add_viewer(calling, ())
    result = shared.change(calling, name, arguments, keywords, _is_private)
    if calling not in _view.caches and shared.view(calling) != shared.view(None):
        _view.caches[calling] = {}
        _part_cache()
    return result


def _is_private(hook: Any) -> bool:
    """Whether a hook that an environment adds is for itself: not one of an unversioned distribution's."""
    if list.__contains__(sys.path_hooks, hook):  # it is moved
        return True
    function = hook if hasattr(hook, "__code__") else getattr(type(hook), "__call__", None)  # noqa: B004 - its code
    code = getattr(function, "__code__", None)
    if code is None or code.co_filename.startswith("<"):  # a class in C, or FileFinder's own function
        return True
    return code_files.environment_of(code.co_filename) is not None


def _part_cache() -> None:
    if type(sys.path_importer_cache) is ImporterCache:
        return
    for name in (
        "__contains__",
        "__delitem__",
        "__eq__",
        "__getitem__",
        "__ior__",
        "__iter__",
        "__len__",
        "__ne__",
        "__or__",
        "__repr__",
        "__reversed__",
        "__ror__",
        "__setitem__",
        "clear",
        "copy",
        "get",
        "items",
        "keys",
        "pop",
        "popitem",
        "setdefault",
        "update",
        "values",
    ):
        setattr(ImporterCache, name, _by_caller(name))
    ImporterCache.__reduce_ex__ = _as_dict  # type: ignore[method-assign]
    sys.path_importer_cache = ImporterCache(sys.path_importer_cache)


def _as_dict(self: Any, protocol: Any) -> Any:  # noqa: ARG001 - the signature of __reduce_ex__
    """Copy as the plain dict that the caller sees."""
    cache = _view.caches.get(frames.find(sys._getframe(1)).beside(), self)
    return dict, (dict(dict.items(cache)),)


def _by_caller(name: str) -> Any:
    method = getattr(dict, name)

    def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
        cache = _view.caches.get(frames.find(sys._getframe(1)).beside(), self)
        result = method(cache, *arguments, **keywords)
        return self if name == "__ior__" else result

    call.__name__ = name
    return call
