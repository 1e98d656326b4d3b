"""A door: what a call of a library's function goes through, so that its arguments are carried (:mod:`.given`).

A function written in Python stays what it is, for whoever holds it from before, and gets the code of a door
(``function.__code__``); what it did is done by a function of its own. For one made in C another stands in.

A door's code says that it lies where the function does, in one line, the function's first: pandas counts stack levels
by file names (``pandas.util._exceptions.find_stack_level``), and so does the shim when it looks for a caller.
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

FUNCTION, METHOD, OF_CLASS = "", "self", "cls"
"""What a function's first argument is: any, an object, or a class that it is called on, which is no argument."""


def open_in_place(function: FunctionType, first: str, given: Given, taken: Any) -> FunctionType:
    """Give a function the code of a door.

    :param first: what its first argument is.
    :param taken: the method of *given* that carries the arguments.
    :return: a function that does what it did.
    """
    code = function.__code__
    inner = FunctionType(
        code, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    inner.__kwdefaults__ = function.__kwdefaults__
    inner.__dict__.update(function.__dict__)
    parts = (inner, given, taken)
    # What carries functions, too, goes by which arguments have been given by name.
    made = _code_by_name(first, code, parts) if taken == given.taken and _is_plain(first, code) else None
    function.__code__ = (made or _code(first, code.co_freevars, parts)).replace(
        co_filename=_file_of(code),
        co_firstlineno=code.co_firstlineno,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
    )
    function.__signature__ = lookalikes.Signature(function, inner)  # type: ignore[attr-defined]
    return inner


def door_of_compiled(function: Any, first: str, given: Given, taken: Any, folder: str) -> Any:
    """Return what stands in for a function made in C, or for one that is not the library's own.

    :param folder: where the library's modules lie.
    """
    original = function.__code__ if isinstance(function, FunctionType) else None
    code = _code(first, (), (function, given, taken)).replace(
        co_filename=_file_of_compiled(function, folder) if original is None else _file_of(original),
        co_firstlineno=1 if original is None else original.co_firstlineno,
        co_name=function.__name__,
        co_qualname=getattr(function, "__qualname__", function.__name__),
    )
    names = globals() if original is None else function.__globals__
    made: Any = FunctionType(code, names, function.__name__)
    functools.update_wrapper(made, function)
    if original is not None:
        made.__signature__ = lookalikes.Signature(function, function)
    return made


# Nearly every call is given nothing that may have to be carried, so it ends in the first lines: there is nothing in
# these that could be elsewhere, and they do not ask who is calling, which makes an object of the caller's frame. The
# code runs with the globals and the closure of the function that it stands for, so it uses neither: what it needs is
# among its constants. CPython demands that a function's code and closure have as many free variables: the last line
# names them.
_FILLED_IN = "<function, carries its arguments, kinds, inside, and what is used of builtins>"
_TEXT = f"""
def outer({{free}}):
    def door({{parameter}}*arguments, **options):
        function, taken, kinds, inside, frame, kind_of, no_frame = {_FILLED_IN!r}
        if {{is_own}}:
            for one in arguments:
                if kinds[kind_of(one)]:
                    break
            else:
                for one in options.values():
                    if kinds[kind_of(one)]:
                        break
                else:
                    return function({{argument}}*arguments, **options)
        try:
            is_inside = frame(1).f_code.co_filename in inside
        except no_frame:  # a thread's first function
            is_inside = False
        if not is_inside:
            {{check}}
            arguments, options = taken(arguments, options)
        return function({{argument}}*arguments, **options)
        {{free}}
    return door
"""
# Called on the class, with another copy's object.
_IS_OWN = {METHOD: f"not kinds[kind_of({METHOD})]"}
_CHECK = {METHOD: f"({METHOD},), _ = taken(({METHOD},), {{}})"}

# The same for a function whose parameters are few and have names: a call from one Python function to another, without a
# tuple and a dict, takes a third of the time. The names are put in later, for all functions with as many.
_TEXT_BY_NAME = f"""
def outer({{free}}):
    def door({{parameters}}):
        _function, _taken, _kinds, _inside, _frame, _kind_of, _no_frame = {_FILLED_IN!r}
        if {{is_any}}:
            try:
                _is_inside = _frame(1).f_code.co_filename in _inside
            except _no_frame:
                _is_inside = False
            if not _is_inside:
                {{check}}
                _arguments, _options = _taken({{arguments}}, {{options}})
                return _function({{argument}}*_arguments, **_options)
        return _function({{passed}})
        {{free}}
    return door
"""
_MOST_PARAMETERS = 6
_VARIABLE = 0x04 | 0x08  # CO_VARARGS, CO_VARKEYWORDS: *arguments, **options


def _is_plain(first: str, code: CodeType) -> bool:
    """Whether all parameters have names, and are few."""
    own = 1 if first else 0
    return (
        own <= code.co_argcount
        and own < code.co_argcount + code.co_kwonlyargcount <= _MOST_PARAMETERS
        and not (code.co_flags & _VARIABLE or code.co_posonlyargcount)
    )


@functools.cache
def _template_by_name(first: str, positional: int, named: int, count: int) -> tuple[CodeType, int]:
    """Return a door's code for so many parameters and free variables, and where to fill in."""
    by_position = [f"_parameter_{number}" for number in range(positional)]
    by_name = [f"_parameter_{positional + number}" for number in range(named)]
    own, given = (by_position[:1], by_position[1:]) if first else ([], by_position)
    looked_at = [*(own if first == METHOD else ()), *given, *by_name]
    text = _TEXT_BY_NAME.format(
        free=_names_of_free(count),
        parameters=", ".join([*by_position, *(["*"] if named else []), *by_name]),
        is_any=" or ".join(f"_kinds[_kind_of({name})]" for name in looked_at),
        check=f"({own[0]},), _ = _taken(({own[0]},), {{}})" if first == METHOD else "",
        arguments=f"({''.join(f'{name}, ' for name in given)})",
        options=f"{{{', '.join(f'{name!r}: {name}' for name in by_name)}}}",
        argument="".join(f"{name}, " for name in own),
        passed=", ".join([*by_position, *(f"{name}={name}" for name in by_name)]),
    )
    return _compiled(text, count)


def _code_by_name(first: str, original: CodeType, parts: tuple[Any, Given, Any]) -> CodeType:
    positional, named = original.co_argcount, original.co_kwonlyargcount
    code, place = _template_by_name(first, positional, named, len(original.co_freevars))
    own = {f"_parameter_{number}": original.co_varnames[number] for number in range(positional + named)}

    def renamed(constant: Any) -> Any:
        """Of names that are given to the function."""
        if type(constant) is tuple:
            return tuple(map(renamed, constant))
        return own.get(constant, constant) if type(constant) is str else constant

    constants = [renamed(constant) for constant in code.co_consts]
    constants[place] = _filled(parts)
    return code.replace(
        co_consts=tuple(constants),
        co_varnames=tuple(own.get(name, name) for name in code.co_varnames),
        co_freevars=original.co_freevars,
    )


def _filled(parts: tuple[Any, Given, Any]) -> tuple[Any, ...]:
    function, given, taken = parts
    return function, taken, given.kinds, given.inside, sys._getframe, type, ValueError


@functools.cache
def _template(first: str, count: int) -> tuple[CodeType, int]:
    """Return a door's code for a function with *count* free variables, and where to fill in."""
    text = _TEXT.format(
        free=_names_of_free(count),
        parameter=f"{first}, /, " if first else "",
        argument=f"{first}, " if first else "",
        is_own=_IS_OWN.get(first, "True"),
        check=_CHECK.get(first, ""),
    )
    return _compiled(text, count)


def _names_of_free(count: int) -> str:
    return ", ".join(f"free_{number}" for number in range(count))


def _compiled(text: str, count: int) -> tuple[CodeType, int]:
    """Return the code of the door in a text with so many free variables, and which constant is to be filled in."""
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - of the texts above
    code: CodeType = names["outer"](*range(count)).__code__
    return code.replace(co_linetable=_in_one_line(code)), code.co_consts.index(_FILLED_IN)


def _code(first: str, free: tuple[str, ...], parts: tuple[Any, Given, Any]) -> CodeType:
    code, place = _template(first, len(free))
    constants = (*code.co_consts[:place], _filled(parts), *code.co_consts[place + 1 :])
    return code.replace(co_consts=constants, co_freevars=free)


def _file_of_compiled(function: Any, folder: str) -> str:
    """Return what passes for the file of a function made in C: one of the library's own, which nobody can read."""
    kind = getattr(function, "__objclass__", None)  # of an operator
    module_name = str(getattr(function if kind is None else kind, "__module__", None))
    return os.path.join(folder, *module_name.split(".")[1:]) + ".pyx"


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
