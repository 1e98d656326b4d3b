"""Doors of libraries: what stands in for a function looks like it, and carries what it is given."""

from __future__ import annotations

import functools
import inspect
import math
import pickle
import sys
from collections import defaultdict
from types import ModuleType
from typing import Any

import pytest

from runtime_shim.crossing import given, lookalikes
from runtime_shim.crossing.door import FUNCTION, METHOD, OF_CLASS, door_of_compiled, open_in_place
from runtime_shim.crossing.doors import Doors


class _Kinds(dict[type, bool]):
    __hash__ = object.__hash__  # type: ignore[assignment]


class _Given:
    """Takes strings for another copy's objects."""

    def __init__(self) -> None:
        self.kinds = _Kinds({str: True, int: False, type: False, list: False})
        self.inside = given._Files()

    def taken(
        self, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        def one(value: Any) -> Any:
            return int(value) if type(value) is str else value

        return tuple(map(one, arguments)), {name: one(value) for name, value in options.items()}


def _functions() -> tuple[Any, Any]:
    """Return a function, and one like it with a closure."""

    def total(first: int, /, *more: int, last: int = 0) -> int:
        """Add."""
        if first < 0:
            raise ValueError(sys._getframe(1).f_code.co_name)
        return first + sum(more) + last

    nothing, none = 0, 0

    def with_closure(first: int, /, *more: int, last: int = 0) -> int:
        """Add."""
        return total(first, *more, last=last) + nothing + none

    return total, with_closure


def _open(function: Any, first: str = FUNCTION) -> Any:
    given: Any = _Given()
    open_in_place(function, first, given, given.taken)
    return given


@pytest.mark.parametrize("which", [0, 1])
def test_what_is_given_is_carried(which: int) -> None:
    """At every place, for functions, methods and class methods, with a closure too; from inside it is left alone."""
    function = _functions()[which]
    held = functools.partial(function, "1")  # from before
    given = _open(function)
    assert function("1", 2, "3", last="4") == 10
    assert function(1, 2) == 3
    assert held("2") == 3
    method = _functions()[which]
    _open(method, METHOD)
    assert method("1", "2", last="3") == 6
    of_class = _functions()[which]
    _open(of_class, OF_CLASS)
    assert of_class(1, "2", last="3") == 6  # the class itself is not looked at
    given.inside.add(__file__)
    with pytest.raises(TypeError):
        function("1")


@pytest.mark.parametrize("which", [0, 1])
def test_a_door_looks_like_its_function(which: int) -> None:
    """Name, text, signature, file and line; all of its own code is in one line, and has a hash like any other."""
    original, function = _functions()[which], _functions()[which]
    _open(function)
    assert (function.__name__, function.__doc__) == (original.__name__, "Add.")
    assert not hasattr(function, "__wrapped__")
    assert inspect.signature(function) == inspect.signature(original)
    assert inspect.getfullargspec(function) == inspect.getfullargspec(original)
    assert inspect.getsource(function) == inspect.getsource(original)
    assert pickle.loads(pickle.dumps(inspect.signature(function))) == inspect.signature(original)
    changed = inspect.signature(function).replace(return_annotation=float)
    assert changed.return_annotation is float
    code = function.__code__
    assert code.co_filename == __file__
    assert {line for _, _, line in code.co_lines()} == {original.__code__.co_firstlineno}
    assert hash(code) == hash(code.replace())
    with pytest.raises(ValueError, match="with_closure" if which else "total") as caught:  # the door's frame
        function(-1)
    assert caught.traceback[1].lineno == original.__code__.co_firstlineno - 1  # pytest counts from 0
    frame = caught.traceback[1].frame
    assert frame.f_locals["arguments"] == (-1,)


def test_a_function_whose_parameters_have_names() -> None:
    """Its door has the same: what is left out, given by name, or given wrongly, is so to both."""
    nothing = 0

    class Thing:
        """Is not looked at."""

        def total(self, first: int, second: int = 2, *, last: int = 3) -> tuple[int, ...]:
            """Add."""
            return first + nothing, second, last

    original = Thing.total
    kept = original.__code__
    given = _open(original, METHOD)
    given.kinds[Thing] = False
    thing: Any = Thing()
    assert thing.total(1) == (1, 2, 3)
    assert thing.total("1", "5", last="7") == thing.total(second="5", last="7", first="1") == (1, 5, 7)
    assert thing.total(1, last=4) == (1, 2, 4)
    code = original.__code__
    assert code is not kept
    assert (code.co_argcount, code.co_kwonlyargcount, code.co_varnames[:4]) == (
        3,
        1,
        ("self", "first", "second", "last"),
    )
    wrong: tuple[tuple[tuple[int, ...], dict[str, int], str], ...] = (
        ((), {}, "missing 1 required positional argument: 'first'"),
        ((1,), {"third": 1}, "unexpected keyword argument 'third'"),
        ((1, 2, 3), {}, "takes from 2 to 3 positional arguments but 4 were given"),
    )
    for arguments, options, said in wrong:
        with pytest.raises(TypeError, match=rf"Thing\.total\(\) .*{said}"):
            thing.total(*arguments, **options)
    given.inside.add(__file__)
    with pytest.raises(TypeError, match="str"):
        thing.total("1")


def test_one_that_is_wrapped_keeps_what_it_looks_like() -> None:
    """A door follows ``__wrapped__`` as the function did."""

    def wrapped(value: int, other: int = 0) -> int:
        return value + other

    @functools.wraps(wrapped)
    def wrapper(*arguments: Any, **options: Any) -> Any:
        return wrapped(*arguments, **options)

    _open(wrapper)
    assert inspect.signature(wrapper) == inspect.signature(wrapped)
    assert wrapper.__wrapped__ is wrapped
    assert wrapper("1", other="2") == 3


def test_what_stands_in_for_a_compiled_function() -> None:
    """It has its name and text, and passes for code of the library that nobody can read."""
    given: Any = _Given()
    standing_in = door_of_compiled(math.gcd, FUNCTION, given, given.taken, "/nowhere")
    assert standing_in("4", 6) == 2
    assert (standing_in.__name__, standing_in.__doc__, standing_in.__wrapped__) == (
        "gcd",
        math.gcd.__doc__,
        math.gcd,
    )
    assert standing_in.__code__.co_filename == "/nowhere.pyx"


def test_references_are_counted_as_without_a_door() -> None:
    """With named arguments, too."""

    def behind(method: Any) -> Any:
        given: Any = _Given()
        given.kinds = defaultdict(bool)
        open_in_place(method, METHOD, given, given.taken)
        return method

    counting = lookalikes._Counting(behind)

    class Thing:
        def plain(self, value: int = 0) -> int:
            return sys.getrefcount(self)

        @behind
        def doored(self: Any, value: int = 0) -> int:
            return counting.getrefcount(self)

        def plain_of_any(self, *values: int, last: int = 0) -> int:
            return sys.getrefcount(self)

        @behind
        def doored_of_any(self: Any, *values: int, last: int = 0) -> int:
            return counting.getrefcount(self)

    # Outside `assert`: pytest keeps what it has evaluated, to show it.
    thing = Thing()
    through = [Thing().doored(), Thing().doored(value=1), thing.doored(1)]
    direct = [Thing().plain(), Thing().plain(value=1), thing.plain(1)]
    assert through == direct
    through = [Thing().doored_of_any(), Thing().doored_of_any(last=1), thing.doored_of_any(1)]
    direct = [Thing().plain_of_any(), Thing().plain_of_any(last=1), thing.plain_of_any(1)]
    assert through == direct
    assert counting.maxsize == sys.maxsize


class _Pretender:
    """Calls itself a module, as cffi's libraries in `sys.modules` do."""

    __slots__ = ()
    __class__ = property(lambda self: ModuleType)


def test_doors_are_handed_out_to_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    function, _ = _functions()
    stand_in = functools.partial(function)
    module = ModuleType("user_of_the_function")
    vars(module)["total"] = function
    pretender = _Pretender()
    assert isinstance(pretender, ModuleType)
    monkeypatch.setitem(sys.modules, "pretender", pretender)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    doors = Doors.__new__(Doors)
    doors._inner, doors._functions = {}, {function: stand_in}
    doors._hand_out({})
    assert vars(module)["total"] is stand_in
