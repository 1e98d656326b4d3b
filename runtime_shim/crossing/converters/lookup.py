"""Classes, functions and modules by name: whose they are, and what another environment has under that name."""

from __future__ import annotations

import importlib
from types import BuiltinFunctionType, ModuleType

from runtime_shim.caller.acting import act_for
from runtime_shim.crossing.converters.error import Absent
from runtime_shim.modules import ownership

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from runtime_shim.model.environment import Environment

# Modules and names that were renamed between versions, and which a pickle of either side may name.
_RENAMED_MODULES = {"numpy.core": "numpy._core", "numpy._core": "numpy.core"}
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: made at run time, so perhaps not for ever
# numpy 2's name for it warns in numpy 1; numpy 1's is known to both.
_RENAMED = {("numpy", "bool"): "bool_"}


_function_types: dict[type, bool] = {}


def is_by_name(thing: Any) -> bool:
    """Whether something is a class, function or module: carried by its name, as the target has its own."""
    kind = type(thing)
    found = _function_types.get(kind)
    if found is None:
        # Cython's functions have a type of their own; what all types of functions have is a place for the name.
        names = {name for base in kind.__mro__ for name in vars(base)}
        is_function = "__qualname__" in names and "__call__" in names
        found = is_function or issubclass(kind, (type, ModuleType))
        if not kind.__flags__ & _HEAP_TYPE:
            _function_types[kind] = found
    if found and kind is BuiltinFunctionType:  # a function of a module, or a bound method
        return thing.__self__ is None or isinstance(thing.__self__, ModuleType)
    return found or (callable(thing) and _is_named(thing))


def _is_named(thing: Any) -> bool:
    """Whether an object stands for a function under whose name it is found (``functools.wraps`` and the like)."""
    try:
        names = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return False
    return isinstance(names, dict) and "__qualname__" in names and home_of(thing) is not None


def home_of(thing: Any) -> Environment | None:
    """Return the environment that a class, function or module comes from, None if it is nobody's.

    The application's own source is nobody's here: there is one of it.
    """
    if isinstance(thing, type):
        return ownership.isolated_environment_of_type(thing)
    home: Environment | None = None
    if isinstance(thing, ModuleType):
        home = ownership.environment_of_module(thing)
    else:
        module_name, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
        if isinstance(module_name, str) and isinstance(name, str):
            home = ownership.isolated_environment_of(
                thing, module_name, name
            ) or ownership.environment_by_globals(thing)
    return None if home is None or home.is_application else home


def module_name_of(thing: Any) -> str:
    """Return the name of the module that a class or function is in; a module's own name."""
    return str(thing.__name__ if isinstance(thing, ModuleType) else thing.__module__)


def find_in(view: Environment, thing: Any) -> Any:
    """Return what *view* has under the name of a class, function or module.

    Where it has moved within its package, the public name of a package above it (``lib.Thing`` for
    ``lib.core.things.Thing``) is taken.

    :raises Absent: it has none.
    """
    name = module_name_of(thing)
    if isinstance(thing, ModuleType):
        return module_in(view, name)
    qualified_name = thing.__qualname__
    if "<locals>" in qualified_name:
        raise Absent(f"{qualified_name} is local to a function, so no other version can have it")
    return named_in(view, name, qualified_name, of_kind=type if isinstance(thing, type) else object)


def named_in(view: Environment, module_name: str, qualified_name: str, of_kind: type = object) -> Any:
    """Return what *view* has under a module's and a qualified name; see :func:`find_in`."""
    first: Absent | None = None
    for name, attribute in _names(module_name, qualified_name):
        try:
            found: Any = module_in(view, name)
            for part in attribute.split("."):
                found = getattr(found, part)
            if isinstance(found, of_kind):
                return found
        except Absent as reason:
            first = first or reason
        except AttributeError:
            first = first or Absent(f"{_provider(view, module_name)} has no {module_name}.{qualified_name}")
    raise first or Absent(f"{_provider(view, module_name)} has another {module_name}.{qualified_name}")


def _names(module_name: str, qualified_name: str) -> Iterator[tuple[str, str]]:
    yield module_name, _RENAMED.get((module_name, qualified_name), qualified_name)
    for old, new in _RENAMED_MODULES.items():
        if f"{module_name}.".startswith(f"{old}."):
            yield new + module_name[len(old) :], qualified_name
    parent = module_name.rpartition(".")[0]
    while parent:
        yield parent, qualified_name
        parent = parent.rpartition(".")[0]


def module_in(view: Environment, name: str) -> ModuleType:
    """Import module *name* as *view* sees it.

    :raises Absent: if it doesn't.
    """
    try:
        module: ModuleType = act_for(view, importlib.import_module, name)
    except ImportError as error:
        if view.owners[name].is_application:
            raise Absent(f"it does not see {name.partition('.')[0]}") from error
        raise Absent(f"{_provider(view, name)} has no importable {name} ({error})") from error
    return module


def place(view: Environment, module_name: str | None = None) -> str:
    """Return words for an environment, with the version it has of what provides a module."""
    words = "the application" if view.is_application else f"environment {view.name}"
    known = None if module_name is None else view.owners[module_name].distribution(module_name)
    return words if known is None else f"{' '.join(known)} ({words})"


def _provider(view: Environment, module_name: str) -> str:
    known = view.owners[module_name].distribution(module_name)
    return "it" if known is None else " ".join(known)
