"""Methods of a list whose contents depend on who calls them: what ``sys.path`` and ``sys.meta_path`` have in common."""

from __future__ import annotations

import sys

from runtime_shim.model.exclusion import exclusively

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    Seen = Callable[[Any, FrameType], list[Any]]
    """The list and the calling frame → what the caller sees of it."""
    Edit = Callable[[Any, FrameType], tuple[list[Any], Callable[[], None]]]
    """The same → a list that the caller may change, and what carries the change over to where it belongs."""
    Change = Callable[[Any, str, tuple[Any, ...], dict[str, Any], FrameType], Any]
    """The list, one of its methods with arguments and keywords, and the calling frame → what the method returns."""

READING = (
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
"""The methods that read a list."""
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
"""The methods that change a list."""


def reading(name: str, seen: Seen) -> Any:
    """Return a method that reads what its caller sees.

    :param name: of one of list's methods.
    """
    method = getattr(list, name)

    def read(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return method(seen(self, sys._getframe(1)), *arguments, **keywords)

    read.__name__ = name
    return read


def writing(name: str, edit: Edit, lock: Any) -> Any:
    """Return a method that changes what its caller sees; nothing is carried over where it raises.

    :param lock: held meanwhile: a change is several steps, unlike that of a plain list.
    """
    method = getattr(list, name)

    def write(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return exclusively(lock, change, self, sys._getframe(1), arguments, keywords)

    def change(self: Any, frame: FrameType, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        seen, carry_over = edit(self, frame)
        result = method(seen, *arguments, **keywords)
        carry_over()
        return self if result is seen else result

    write.__name__ = name
    return write


def changing(name: str, change: Change) -> Any:
    """Return a method that changes a list by what *change* knows to do; nothing changes where that raises."""

    def write(self: Any, *arguments: Any, **keywords: Any) -> Any:
        result = change(self, name, arguments, keywords, sys._getframe(1))
        return self if name in ("__iadd__", "__imul__") else result

    write.__name__ = name
    return write


def added_after(seen: Seen) -> Any:
    """Return ``__radd__``, for ``[…] + list``: the right operand's method comes first, its class is a subclass."""

    def __radd__(self: Any, other: Any) -> Any:  # noqa: N807 - becomes a method
        return (
            [*other, *list.copy(seen(self, sys._getframe(1)))] if isinstance(other, list) else NotImplemented
        )

    return __radd__


def as_list(seen: Seen) -> Any:
    """Return ``__reduce_ex__``, by which a list is copied and pickled as the plain list that the caller sees."""

    def __reduce_ex__(self: Any, protocol: Any) -> Any:  # noqa: ARG001, N807 - becomes a method
        return list, (list.copy(seen(self, sys._getframe(1))),)

    return __reduce_ex__


to_print: list[type] = []
"""The classes of lists that :mod:`pprint`, which goes by the method ``__repr__``, has to be told of."""


def printed_as_list(list_type: type) -> None:
    """Have :mod:`pprint` print lists of this class like any other, once it is imported."""
    to_print.append(list_type)


def tell_pprint() -> None:
    """Do it; pprint has been imported."""
    printer: Any = sys.modules["pprint"].PrettyPrinter
    for list_type in to_print:
        printer._dispatch[list_type.__repr__] = printer._dispatch[list.__repr__]  # noqa: SLF001 - nothing else is asked
