"""What an environment's modules change in ``PathFinder`` and :mod:`pkgutil` when they are imported is theirs alone.

The ``importlib_metadata`` backport deletes ``PathFinder.find_distributions``, for its own finder is to answer instead.
That finder is seen by the backport's environment only (:mod:`runtime_shim.views.meta_path`); so must be the deletion,
or nobody else finds a distribution any more. A function that was replaced or taken away is put back as one that
chooses by caller, and a name that was added to :mod:`pkgutil` (``ImpImporter``, which newer Pythons do not have) is
found by those who see the module that has added it.

Only while a module is executed: that is when such changes are made for good. What a function changes for a while
(``mock.patch``) is everybody's, as it always was.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

from runtime_shim.caller import frames
from runtime_shim.model.inspection import MISSING

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runtime_shim.model.environment import Environment

_PATH_FINDER = vars(PathFinder)


class _Changes:
    """Who has changed what."""

    def __init__(self) -> None:
        # (whose attribute, its name) → environment → what it is there
        self.made: dict[tuple[str, str], dict[Environment, Any]] = {}
        # The functions that choose by caller.
        self.choosers: list[Any] = []


_changes = _Changes()


def before() -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return how things are; for :func:`after`."""
    pkgutil = sys.modules.get("pkgutil")
    return _PATH_FINDER.copy(), None if pkgutil is None else vars(pkgutil).copy()


def after(earlier: tuple[dict[str, Any], dict[str, Any] | None], environment: Environment) -> None:
    """Make what has changed since then *environment*'s own."""
    finder, functions = earlier
    if finder != _PATH_FINDER:
        _part(PathFinder, finder, environment)
    if functions is not None:
        pkgutil = sys.modules.get("pkgutil")
        if pkgutil is not None and functions != vars(pkgutil):
            _part(pkgutil, functions, environment)


def _part(holder: Any, earlier: dict[str, Any], environment: Environment) -> None:
    now = vars(holder).copy()
    for name in earlier.keys() | now.keys():
        was, value = earlier.get(name, MISSING), now.get(name, MISSING)
        if was is value or name.startswith("__") or (was is MISSING and holder is PathFinder):
            continue
        function = getattr(was, "__func__", was)
        parted_already = (
            getattr(value, "__func__", value) in _changes.choosers
        )  # by a module that this one imports
        if parted_already or (was is not MISSING and not callable(function)):
            continue
        key = holder.__name__, name
        by_environment = _changes.made.setdefault(key, {})
        by_environment[environment.beside()] = value
        if was is MISSING:
            delattr(holder, name)
            if "__getattr__" not in vars(holder):
                holder.__getattr__ = _added
        else:
            setattr(holder, name, was if function in _changes.choosers else _chooser(was, by_environment))


def _added(name: str) -> Any:
    by_environment = _changes.made.get(("pkgutil", name), {})
    value = by_environment.get(frames.find(sys._getframe(1)).beside(), MISSING)
    if value is MISSING:
        raise AttributeError(f"module 'pkgutil' has no attribute {name!r}")
    return value


def _chooser(original: Any, by_environment: dict[Environment, Any]) -> Any:
    """Return what calls *original*, or for who has another that one; nothing is found by what was taken away."""
    function: Callable[..., Any] = getattr(original, "__func__", original)

    def choose(*arguments: Any, **keywords: Any) -> Any:
        value = by_environment.get(frames.find(sys._getframe(1)).beside(), original)
        if value is MISSING:
            return iter(())
        chosen = getattr(value, "__func__", value)
        if isinstance(original, classmethod) and not isinstance(value, classmethod):
            arguments = arguments[
                1:
            ]  # a plain function or a staticmethod, put in the place of a method of the class
        return chosen(*arguments, **keywords)

    choose.__name__, choose.__qualname__ = function.__name__, function.__qualname__
    choose.__module__, choose.__doc__ = function.__module__, function.__doc__
    _changes.choosers.append(choose)
    return type(original)(choose) if isinstance(original, (classmethod, staticmethod)) else choose
