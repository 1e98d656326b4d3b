"""What stands in for something else, and looks like it where a library looks.

- Functions whose results are carried: pandas names columns after them, and looks into a partial.
- The signature of a door: pandas asks with ``inspect.getfullargspec``, which does not follow ``__wrapped__``.
- Counts of references and frames: pandas tells chained assignments by them, and a door is one of each.
"""

from __future__ import annotations

import functools
import inspect
import sys

from runtime_shim.caller.disguise import as_importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


def carrying(function: Any, result: Callable[[Any], Any]) -> Any:
    """Return what calls a program's function and carries what it returns."""
    if type(function) is functools.partial:
        return functools.partial(carrying(function.func, result), *function.args, **function.keywords)

    @as_importlib
    def call(*arguments: Any, **options: Any) -> Any:
        return result(function(*arguments, **options))

    return functools.update_wrapper(call, function)


# The first local variables of a method's door for any arguments, and one of those that have parameters by name.
_DOOR, _DOOR_BY_NAME = ("self", "arguments", "options"), "_kinds"


class Signature(inspect.Signature):
    """A function's signature, made when it is first looked at: there are thousands of doors.

    :param function: the door.
    :param inner: what does the function's work, and has its parameters and, so far, no annotations.
    """

    def __init__(self, function: Callable[..., Any], inner: Callable[..., Any]) -> None:
        self._function, self._inner = function, inner

    def __getattr__(self, name: str) -> Any:
        if name not in inspect.Signature.__slots__:
            raise AttributeError(name)
        made = self._made()
        for slot in inspect.Signature.__slots__:
            object.__setattr__(self, slot, getattr(made, slot))
        return getattr(made, name)

    def replace(self, **changes: Any) -> inspect.Signature:  # type: ignore[override]
        """Return an ordinary signature, with changes."""
        return self._made().replace(**changes)

    def __reduce__(self) -> Any:
        return self._made().__reduce__()

    def _made(self) -> inspect.Signature:
        function, inner = self._function, self._inner
        if inner is not function:
            # Since 3.14: annotations that are not evaluated.
            annotate = getattr(function, "__annotate__", None)
            if annotate is not None:
                inner.__annotate__ = annotate  # type: ignore[attr-defined]
            else:
                inner.__annotations__ = function.__annotations__
        return inspect.signature(inner)


class _Counting:
    """Stands for :mod:`sys` in a module whose methods are behind doors.

    :param door: puts a method behind one; how many references a call through one adds is measured.
    """

    def __init__(self, door: Callable[[Any], Any]) -> None:
        self._added, self._added_by_options, self._added_by_name = 0, 0, 0

        class Probe:
            def direct(self) -> int:
                return sys.getrefcount(self)

            @door
            def through_door(self: Any, *_: Any, counting: _Counting = self) -> int:
                return counting.getrefcount(self)

            @door
            def through_door_by_name(self: Any, counting: _Counting = self) -> int:
                return counting.getrefcount(self)

        counts = (
            Probe().through_door(),
            Probe().through_door(counting=self),
            Probe().through_door_by_name(),
        )
        direct = Probe().direct()
        self._added, self._added_by_options, self._added_by_name = (count - direct for count in counts)

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def getrefcount(self, object: Any, /) -> int:  # noqa: A002 - as there
        """Return the count as it is without this function and the door."""
        count = sys.getrefcount(object)
        door = sys._getframe(2)
        variables = door.f_code.co_varnames
        if _DOOR_BY_NAME in variables:
            return count - self._added_by_name
        has_options = variables[:3] == _DOOR and door.f_locals["options"]
        return count - (self._added_by_options if has_options else self._added)


def _is_local_in_caller_frame(obj: Any) -> bool:
    """Tell whether *obj* is a local variable of whoever called the door of the method that asks (pandas 3)."""
    frame = sys._getframe(3)
    return any(value is obj for value in frame.f_locals.values())


def correct_counts(modules: dict[str, ModuleType], door: Callable[[Any], Any]) -> None:
    """Let pandas count as if there were no doors.

    :param modules: its modules by name.
    :param door: makes the door of a method.
    """
    counting = _Counting(door)
    for name in ("pandas.core.frame", "pandas.core.generic", "pandas.core.series"):
        module: Any = modules.get(name)
        if module is not None and vars(module).get("sys") is sys:
            module.sys = counting
    common: Any = modules.get("pandas.core.common")
    if hasattr(common, "is_local_in_caller_frame"):
        common.is_local_in_caller_frame = _is_local_in_caller_frame
