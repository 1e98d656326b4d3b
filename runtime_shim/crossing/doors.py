"""The doors of a library: its public functions and methods, where what it is given is carried over (:mod:`.given`).

A door stands in for a function wherever the library's users find it, in the module it is from and in the public ones.
The library's own modules have imported the functions before, and keep them. Methods are replaced in their classes.
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

from runtime_shim.caller.disguise import as_importlib
from runtime_shim.crossing import lookalikes
from runtime_shim.crossing.door import door
from runtime_shim.crossing.given import Given
from runtime_shim.crossing.libraries import BY_PACKAGE, OPERATORS, SPECIAL
from runtime_shim.modules.keys import key_type, loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
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
        self._doors: dict[Any, Any] = {}  # of methods, by what they stand in for
        self._folder = ""

    def open(self, folder: str) -> None:
        self._folder = folder
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
            lookalikes.correct_counts(
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
            made = self._doors
            if function not in made:  # one that has two names, or is in two classes, stays one
                of_class = name == "__new__" or bind is classmethod
                made[function] = self._door(name, function, of_class=of_class, is_method=bind is None)
            setattr(kind, name, made[function] if bind is None else bind(made[function]))
        for name, operator in _operators_in_c(kind).items():
            setattr(kind, name, self._door(name, operator, is_method=True))

    def _door(self, name: str, function: Any, *, of_class: bool = False, is_method: bool = False) -> Any:
        given = self._given
        taken = given.taken
        if name in self._library.calling:
            taken = given.taken_with_functions
        elif name in self._library.passing:
            taken = given.taken_and_passed
        return door(function, given, taken, self._folder, of_class=of_class, is_method=is_method)


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


def _taking_back(function: Any, result: Any) -> Any:
    @functools.wraps(function)
    @as_importlib
    def door(*arguments: Any, **options: Any) -> Any:
        return result(function(*arguments, **options))

    return door
