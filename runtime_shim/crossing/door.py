"""A door: what stands in for a function of a library and has its arguments carried (:mod:`.given`).

Its code says that it lies where the function does, in one line, the function's first: pandas counts stack levels by
file names (``pandas.util._exceptions.find_stack_level``), and so does the shim when it looks for a caller.
"""

from __future__ import annotations

import functools
import os
import sys
from types import FunctionType

from runtime_shim.caller.disguise import BOOTSTRAP
from runtime_shim.crossing import lookalikes

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from runtime_shim.crossing.given import Given


def door(function: Any, given: Given, taken: Any, folder: str, *, of_class: bool, is_method: bool) -> Any:
    """Return what stands in for a function.

    :param taken: the method of *given* that carries the arguments.
    :param folder: where the library's modules lie.
    :param of_class: whether its first argument is a class that it is called on.
    :param is_method: whether that is an object.
    """
    template = (_of_class if of_class else _of_method if is_method else _of_function)(function, given, taken)
    original = getattr(function, "__code__", None) if isinstance(function, FunctionType) else None
    code = template.__code__.replace(
        co_filename=_file_of(original) if original is not None else _file_of_compiled(function, folder),
        co_firstlineno=original.co_firstlineno if original is not None else 1,
        co_name=function.__name__,
        co_qualname=getattr(function, "__qualname__", function.__name__),
        co_linetable=_in_one_line(template.__code__),
    )
    names = function.__globals__ if original is not None else template.__globals__
    made: Any = FunctionType(code, names, function.__name__, None, template.__closure__)
    functools.update_wrapper(made, function)
    if original is not None:
        made.__signature__ = lookalikes.Signature(function)
    return made


def _file_of_compiled(function: Any, folder: str) -> str:
    """Return what passes for the file of a function made in C: one of the library's own, which nobody can read."""
    kind = getattr(function, "__objclass__", None)  # of an operator
    module_name = str(getattr(function if kind is None else kind, "__module__", None))
    return os.path.join(folder, *module_name.split(".")[1:]) + ".pyx"


# The templates: nearly every call ends in their first lines, so there is nothing in these that could be elsewhere.
# They run with the globals of the function that they stand in for, so they use none.


def _of_function(
    function: Any, given: Given, taken: Any, frame: Any = sys._getframe, kind_of: Any = type
) -> Any:
    kinds, inside, no_frame = given.kinds, given.inside, ValueError

    def door(*arguments: Any, **options: Any) -> Any:
        try:
            is_inside = frame(1).f_code.co_filename in inside
        except no_frame:  # a thread's first function
            is_inside = False
        if is_inside:
            return function(*arguments, **options)
        for one in arguments:
            if kinds[kind_of(one)]:
                break
        else:
            for one in options.values():
                if kinds[kind_of(one)]:
                    break
            else:
                return function(*arguments, **options)
        arguments, options = taken(arguments, options)
        return function(*arguments, **options)

    return door


def _of_method(
    function: Any, given: Given, taken: Any, frame: Any = sys._getframe, kind_of: Any = type
) -> Any:
    kinds, inside, no_frame = given.kinds, given.inside, ValueError

    def door(self: Any, /, *arguments: Any, **options: Any) -> Any:
        try:
            is_inside = frame(1).f_code.co_filename in inside
        except no_frame:  # a thread's first function
            is_inside = False
        if is_inside:
            return function(self, *arguments, **options)
        if kinds[kind_of(self)]:  # called on the class, with another copy's object
            (self,), _ = taken((self,), {})
        for one in arguments:
            if kinds[kind_of(one)]:
                break
        else:
            for one in options.values():
                if kinds[kind_of(one)]:
                    break
            else:
                return function(self, *arguments, **options)
        arguments, options = taken(arguments, options)
        return function(self, *arguments, **options)

    return door


def _of_class(
    function: Any, given: Given, taken: Any, frame: Any = sys._getframe, kind_of: Any = type
) -> Any:
    kinds, inside, no_frame = given.kinds, given.inside, ValueError

    def door(cls: Any, /, *arguments: Any, **options: Any) -> Any:
        try:
            is_inside = frame(1).f_code.co_filename in inside
        except no_frame:
            is_inside = False
        if is_inside:
            return function(cls, *arguments, **options)
        for one in arguments:
            if kinds[kind_of(one)]:
                break
        else:
            for one in options.values():
                if kinds[kind_of(one)]:
                    break
            else:
                return function(cls, *arguments, **options)
        arguments, options = taken(arguments, options)
        return function(cls, *arguments, **options)

    return door


def _file_of(code: CodeType) -> str:
    """Return the file name of a door: one that is not counted for what counts its callers by a number."""
    counts = any(type(one) is tuple and "stacklevel" in one for one in code.co_consts)
    by_number = "find_stack_level" not in code.co_names or any(
        type(one) is int and 0 < one < 4 for one in code.co_consts
    )
    return BOOTSTRAP if counts and by_number else code.co_filename


def _in_one_line(code: CodeType) -> bytes:
    """Return a line table that says: all of it is in the first line (CPython's Objects/locations.md).

    An entry is for eight instructions at the most; kind 13 has a line difference, 0 here, and no columns.
    """
    count = len(code.co_code) // 2
    lengths = [8] * (count // 8) + ([count % 8] if count % 8 else [])
    return b"".join(bytes((0x80 | 13 << 3 | length - 1, 0)) for length in lengths)
