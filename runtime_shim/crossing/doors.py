"""The doors of a library: its public functions and methods, where what it is given is carried over (:mod:`.given`).

A door stands in for a function wherever the library's users find it, in the module it is from and in the public ones.
The library's own modules have imported the functions before, and keep them. Methods are replaced in their classes.

A door's code says that it lies where the function does, in one line, the function's first: pandas counts stack levels
by file names (``pandas.util._exceptions.find_stack_level``), and so does the shim when it looks for a caller.
"""

from __future__ import annotations

import functools
import os
import sys
from types import (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)

from runtime_shim.caller.disguise import BOOTSTRAP, as_importlib
from runtime_shim.crossing import stand_ins
from runtime_shim.crossing.given import Given
from runtime_shim.crossing.libraries import BY_PACKAGE, OPERATORS, SPECIAL
from runtime_shim.modules.keys import key_type, loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from runtime_shim.crossing.libraries import Library
    from runtime_shim.model.environment import Environment


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a library's package and puts its doors in place."""

    @as_importlib
    def execute_and_open(module: ModuleType) -> None:
        execute(module)
        _Doors(BY_PACKAGE[module.__name__], environment).open(os.path.dirname(str(module.__file__)))

    return execute_and_open


class _Doors:
    def __init__(self, library: Library, environment: Environment) -> None:
        self._library = library
        self._environment = environment
        self._given = Given(environment, library.roots)
        self._seen: set[type] = set()

    def open(self, folder: str) -> None:
        self._given.place(os.path.join(folder, ""))
        made: dict[int, tuple[Any, Any]] = {}
        for name, module in self._modules():
            if name in self._library.public:
                self._replace_functions(name, module, made)
            if self._below(name, self._library.classes) and not self._below(name, self._library.inner):
                for kind in [one for one in vars(module).values() if isinstance(one, type)]:
                    if self._is_open(kind, name):
                        self._replace_methods(kind)
        if self._library.roots[0] == "pandas":
            stand_ins.correct_counts(
                dict(self._modules()), lambda method: self._door("", method, is_method=True)
            )
        for name, functions in self._library.results.items():
            module = loaded(self._environment, name)
            for function in functions:
                original = vars(module).get(function) if module is not None else None
                if callable(original):
                    setattr(module, function, _taking_back(original, self._given.result))

    def _is_open(self, kind: type, name: str) -> bool:
        """Whether a class in a module's namespace is to have doors: one of the library, once."""
        if kind.__flags__ & (_HEAP_TYPE | _IMMUTABLE_TYPE) != _HEAP_TYPE or kind in self._seen:
            return False
        home = kind.__module__
        if home != name and home not in self._library.public and not self._below(home, self._library.classes):
            return False
        self._seen.add(kind)
        return True

    def _modules(self) -> list[tuple[str, ModuleType]]:
        """Return the library's modules, those of the public names last."""
        kind, root = key_type(self._environment), self._library.roots[0]
        return [
            (str(name), module)
            for name, module in list(sys.modules.items())
            if type(name) is kind and self._below(str(name), (root,)) and isinstance(module, ModuleType)
        ]

    @staticmethod
    def _below(name: str, packages: tuple[str, ...]) -> bool:
        return any(name == one or name.startswith(f"{one}.") for one in packages)

    def _replace_functions(self, name: str, module: ModuleType, made: dict[int, tuple[Any, Any]]) -> None:
        for attribute, function in list(vars(module).items()):
            if attribute.startswith("_") or attribute in self._library.closed:
                continue
            home_name = getattr(function, "__module__", None)
            if not isinstance(home_name, str) or not self._below(home_name, self._library.roots[:1]):
                continue
            if isinstance(function, type) or not _is_function(function):
                continue
            known = made.get(id(function))
            if known is None:
                door = self._door(attribute, function)
                known = made[id(function)] = (function, door)
                home = loaded(self._environment, home_name)
                if isinstance(function, FunctionType) and vars(home).get(function.__name__) is function:
                    setattr(home, function.__name__, door)
                else:
                    door.__module__ = name
            setattr(module, attribute, known[1])

    def _replace_methods(self, kind: Any) -> None:
        library = self._library
        for name, found in list(vars(kind).items()):
            if name in library.closed or (name.startswith("_") and name not in SPECIAL):
                continue
            bind = type(found) if isinstance(found, (classmethod, staticmethod)) else None
            function = found.__func__ if bind is not None else found
            if not _is_function(function) or not _has_parameters(function, bind):
                continue
            if bind is None and type(function) is BuiltinFunctionType:
                continue  # `__new__` of a class made in C
            of_class = name == "__new__" or bind is classmethod
            door = self._door(name, function, of_class=of_class, is_method=bind is None)
            setattr(kind, name, door if bind is None else bind(door))
        for name, operator in _operators_in_c(kind).items():
            setattr(kind, name, self._door(name, operator, is_method=True))

    def _door(self, name: str, function: Any, *, of_class: bool = False, is_method: bool = False) -> Any:
        given = self._given
        taken = given.taken
        if name in self._library.calling:
            taken = given.taken_with_functions
        elif name in self._library.passing:
            taken = given.taken_and_passed
        return _door(function, given, taken, of_class=of_class, is_method=is_method)


_C_METHODS = (WrapperDescriptorType, MethodDescriptorType)
_HEAP_TYPE, _IMMUTABLE_TYPE = (
    1 << 9,
    1 << 8,
)  # Py_TPFLAGS_HEAPTYPE and so on: attributes of the one can be set


def _is_function(thing: Any) -> bool:
    kind = type(thing)
    return kind is FunctionType or kind.__name__ in (
        "cython_function_or_method",
        "builtin_function_or_method",
    )


def _operators_in_c(kind: type) -> dict[str, Any]:
    """Return the operators that a class has from C code of its library (``pandas.Timestamp``, by its base's)."""
    found: dict[str, Any] = {}
    for base in kind.__mro__:
        if base is not kind and not base.__module__.startswith("pandas."):
            break
        for name, operator in vars(base).items():
            if name in OPERATORS:
                found.setdefault(name, operator)
    return {name: operator for name, operator in found.items() if type(operator) in _C_METHODS}


def _has_parameters(function: Any, bind: Any) -> bool:
    """Whether a method takes more than the object or class it is called on."""
    code = getattr(function, "__code__", None)
    if code is None or not isinstance(function, FunctionType):
        return True
    first = 0 if bind is staticmethod else 1
    return bool(code.co_argcount + code.co_kwonlyargcount > first or code.co_flags & 0xC)  # *args, **kwargs


def _door(function: Any, given: Given, taken: Any, *, of_class: bool, is_method: bool) -> Any:
    """Return what stands in for a function.

    :param taken: the method of *given* that carries the arguments.
    :param of_class: whether its first argument is a class that it is called on.
    :param is_method: whether that is an object.
    """
    template = (_of_class if of_class else _of_method if is_method else _of_function)(function, given, taken)
    original = getattr(function, "__code__", None) if isinstance(function, FunctionType) else None
    code = template.__code__.replace(
        co_filename=_file_of(original)
        if original is not None
        else given.file_of_compiled(_module_of(function)),
        co_firstlineno=original.co_firstlineno if original is not None else 1,
        co_name=function.__name__,
        co_qualname=getattr(function, "__qualname__", function.__name__),
        co_linetable=_in_one_line(template.__code__),
    )
    names = function.__globals__ if original is not None else template.__globals__
    door: Any = FunctionType(code, names, function.__name__, None, template.__closure__)
    functools.update_wrapper(door, function)
    if original is not None:
        door.__signature__ = stand_ins.Signature(function)
    return door


def _module_of(function: Any) -> str:
    kind = getattr(function, "__objclass__", None)  # of an operator
    return str(getattr(function if kind is None else kind, "__module__", None))


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


def _taking_back(function: Any, result: Any) -> Any:
    @functools.wraps(function)
    @as_importlib
    def door(*arguments: Any, **options: Any) -> Any:
        return result(function(*arguments, **options))

    return door


def _file_of(code: CodeType) -> str:
    """Return the file name of a door: one that is not counted for what counts its callers by a number."""
    counts = any(type(one) is tuple and "stacklevel" in one for one in code.co_consts)
    return BOOTSTRAP if counts and "find_stack_level" not in code.co_names else code.co_filename


def _in_one_line(code: CodeType) -> bytes:
    """Return a line table that says: all of it is in the first line (CPython's Objects/locations.md).

    An entry is for eight instructions at the most; kind 13 has a line difference, 0 here, and no columns.
    """
    count = len(code.co_code) // 2
    lengths = [8] * (count // 8) + ([count % 8] if count % 8 else [])
    return b"".join(bytes((0x80 | 13 << 3 | length - 1, 0)) for length in lengths)
