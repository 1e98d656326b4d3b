"""The doors of a library: its public functions and methods, where what it is given is carried over (:mod:`.given`).

They are opened when another copy's objects can come, and not before (:mod:`.arrivals`): whoever has imported a function
by name by then has it with its door. The library's own modules call its functions without.
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
from runtime_shim.crossing.door import FUNCTION, METHOD, OF_CLASS, door_of_compiled, open_in_place
from runtime_shim.crossing.given import Given
from runtime_shim.crossing.libraries import OPERATORS, SPECIAL
from runtime_shim.model.inspection import namespace_of
from runtime_shim.modules.keys import key_type, loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.crossing.libraries import Library
    from runtime_shim.model.environment import Environment


class Doors:
    """The doors of one copy of a library.

    :param environment: the one that holds the copy.
    :param folder: where the copy's modules lie.
    """

    def __init__(self, library: Library, environment: Environment, folder: str) -> None:
        self._library = library
        self._environment = environment
        self._folder = os.path.join(folder, "")
        self._given = Given(environment, library.roots, self._folder)
        self._seen: set[type] = set()
        self._doors: dict[Any, Any] = {}
        """What is behind a door, and each door → the door: the function itself, or what stands in for it."""
        self._inner: dict[Any, FunctionType] = {}
        """A function that has got the code of a door → what does its work."""
        self._functions: dict[Any, Any] = {}
        """The functions of public modules → their doors."""

    def open(self) -> None:
        """Put the functions and methods of the modules that are loaded behind doors; those that are not there yet."""
        library, modules = self._library, self._modules()
        for name, module in modules:
            if name in library.public:
                self._open_functions(name, module)
            if self._below(name, library.classes) and not self._below(name, library.inner):
                for kind in [one for one in vars(module).values() if isinstance(one, type)]:
                    if self._is_open(kind, name):
                        self._open_methods(kind)
        self._hand_out({id(module): name for name, module in modules})
        if library.roots[0] == "pandas":
            lookalikes.correct_counts(dict(modules), self._probed)
        for name, functions in library.results.items():
            home = loaded(self._environment, name)
            for function in functions:
                original = vars(home).get(function) if home is not None else None
                if callable(original) and not hasattr(original, _TAKES_BACK):
                    setattr(home, function, _taking_back(original, self._given.result))

    def _probed(self, method: Any) -> Any:
        open_in_place(method, METHOD, self._given, self._given.taken)
        return method

    def _is_open(self, kind: type, name: str) -> bool:
        """Whether a class in a module's namespace is to have doors: one of the library, once."""
        if kind.__flags__ & (_HEAP_TYPE | _IMMUTABLE_TYPE) != _HEAP_TYPE or kind in self._seen:
            return False
        home = kind.__module__
        if home != name and home not in self._library.public and not self._below(home, self._library.classes):
            return False
        if self._below(home, self._library.inner):
            return False  # an outer module uses it
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

    def _open_functions(self, name: str, module: ModuleType) -> None:
        """Put the functions of a public module behind doors."""
        for attribute, function in list(vars(module).items()):
            if attribute.startswith("_") or attribute in self._library.closed:
                continue
            home_name = getattr(function, "__module__", None)
            if not isinstance(home_name, str) or not self._below(home_name, self._library.roots[:1]):
                continue
            if isinstance(function, type) or not _is_function(function) or function in self._functions:
                continue
            door = self._functions[function] = self._opened(attribute, function, FUNCTION)
            if door is function:
                continue
            home = loaded(self._environment, home_name)
            if isinstance(function, FunctionType) and vars(home).get(function.__name__) is function:
                setattr(home, function.__name__, door)
            else:
                door.__module__ = name  # it is pickled by the name that it has

    def _open_methods(self, kind: Any) -> None:
        library = self._library
        for name, found in list(vars(kind).items()):
            if name in library.closed or f"{kind.__name__}.{name}" in library.closed:
                continue
            if name.startswith("_") and name not in SPECIAL:
                continue
            bind = type(found) if isinstance(found, (classmethod, staticmethod)) else None
            function = found.__func__ if bind is not None else found
            if not _is_function(function) or not _has_parameters(function, bind):
                continue
            if bind is None and type(function) is BuiltinFunctionType:
                continue  # `__new__` of a class made in C
            of_class = name == "__new__" or bind is classmethod
            made = self._opened(
                name, function, OF_CLASS if of_class else METHOD if bind is None else FUNCTION
            )
            if made is not function:
                setattr(kind, name, made if bind is None else bind(made))
        for name, operator in _operators_in_c(kind).items():
            setattr(kind, name, self._opened(name, operator, METHOD))

    def _opened(self, name: str, function: Any, first: str) -> Any:
        """Return what is to be called from now on: the very *function*, or what stands in for it.

        One that has two names, or is in two classes, stays one.
        """
        if function in self._doors:
            return self._doors[function]
        given = self._given
        taken = given.taken
        if name in self._library.calling:
            taken = given.taken_with_functions
        elif name in self._library.passing:
            taken = given.taken_and_passed
        if type(function) is FunctionType and function.__code__.co_filename.startswith(self._folder):
            self._inner[function] = open_in_place(function, first, given, taken)
            door = function
        else:
            door = door_of_compiled(function, first, given, taken, self._folder)
        self._doors[function] = self._doors[door] = door
        return door

    def _hand_out(self, own: dict[int, str]) -> None:
        """Let everybody's modules have the doors that stand in; the library's own call its functions without.

        :param own: the identities of the library's modules, and their names.
        """
        inner = {
            id(function): self._inner[function] for function in self._functions if function in self._inner
        }
        doors = {id(function): door for function, door in self._functions.items() if door is not function}
        everything: list[Any] = list(sys.modules.values())
        for module in everything:
            name = own.get(id(module))
            instead = doors if name is None or name in self._library.public else inner
            namespace = namespace_of(module)  # one that is loaded lazily stays so
            for attribute, value in list(namespace.items()):
                if id(value) in instead and (instead is doors or value.__module__ != name):
                    namespace[attribute] = instead[id(value)]


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


_TAKES_BACK = "_mvenv_takes_back"


def _taking_back(function: Any, result: Any) -> Any:
    @functools.wraps(function)
    @as_importlib
    def door(*arguments: Any, **options: Any) -> Any:
        return result(function(*arguments, **options))

    setattr(door, _TAKES_BACK, True)
    return door
