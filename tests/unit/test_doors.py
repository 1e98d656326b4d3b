"""Doors of libraries: what stands in for a function looks like it, and carries what it is given."""

from __future__ import annotations

import inspect
import pickle
import sys
from collections import defaultdict
from typing import Any

import pytest

from runtime_shim.crossing import lookalikes
from runtime_shim.crossing.door import door


class _Given:
    """Takes strings for another copy's objects."""

    def __init__(self) -> None:
        self.kinds = {str: True, int: False, type: False, list: False}
        self.inside: set[str] = set()

    def taken(
        self, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        def one(value: Any) -> Any:
            return int(value) if type(value) is str else value

        return tuple(map(one, arguments)), {name: one(value) for name, value in options.items()}


def total(first: int, /, *more: int, last: int = 0) -> int:
    """Add."""
    if first < 0:
        raise ValueError(sys._getframe(1).f_code.co_name)
    return first + sum(more) + last


def _open(**options: Any) -> Any:
    given: Any = _Given()
    kinds = {"of_class": False, "is_method": False, **options}
    return door(total, given, given.taken, "/nowhere", **kinds), given


def test_what_is_given_is_carried() -> None:
    """At every place, for functions, methods and class methods; from inside it is left alone."""
    function, given = _open()
    assert function("1", 2, "3", last="4") == 10
    assert function(1, 2) == 3
    assert _open(is_method=True)[0]("1", "2", last="3") == 6
    assert _open(of_class=True)[0](1, "2", last="3") == 6  # the class itself is not looked at
    given.inside.add(__file__)
    with pytest.raises(TypeError):
        function("1")


def test_a_door_looks_like_its_function() -> None:
    """Name, text, signature, file and line; all of its own code is in one line."""
    function, _ = _open()
    assert (function.__name__, function.__doc__, function.__wrapped__) == ("total", "Add.", total)
    assert inspect.signature(function) == inspect.signature(total)
    assert inspect.getfullargspec(function) == inspect.getfullargspec(total)
    assert pickle.loads(pickle.dumps(inspect.signature(function))) == inspect.signature(total)
    changed = inspect.signature(function).replace(return_annotation=float)
    assert changed.return_annotation is float
    code = function.__code__
    assert code.co_filename == __file__
    assert {line for _, _, line in code.co_lines()} == {total.__code__.co_firstlineno}
    with pytest.raises(ValueError, match="total") as caught:  # the door's frame
        function(-1)
    assert caught.traceback[1].lineno == total.__code__.co_firstlineno - 1  # pytest counts from 0


def test_references_are_counted_as_without_a_door() -> None:
    """With named arguments, too."""

    def behind(method: Any) -> Any:
        given: Any = _Given()
        given.kinds = defaultdict(bool)
        return door(method, given, given.taken, "/nowhere", of_class=False, is_method=True)

    counting = lookalikes._Counting(behind)

    class Thing:
        def plain(self, value: int = 0) -> int:
            return sys.getrefcount(self)

        @behind
        def doored(self: Any, value: int = 0) -> int:
            return counting.getrefcount(self)

    # Outside `assert`: pytest keeps what it has evaluated, to show it.
    thing = Thing()
    through = [Thing().doored(), Thing().doored(value=1), thing.doored(1)]
    direct = [Thing().plain(), Thing().plain(value=1), thing.plain(1)]
    assert through == direct
    assert counting.maxsize == sys.maxsize
