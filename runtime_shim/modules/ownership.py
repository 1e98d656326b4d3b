"""Whose is it: from a class, a function or a module to the environment that it comes from.

A class knows its module by name only, and several environments may have a module of that name. So the name is
looked up in each of them, and the one where it leads back to the very object is the answer.
"""

from __future__ import annotations

from runtime_shim.model.environment import known
from runtime_shim.model.inspection import MISSING, namespace_of
from runtime_shim.modules.keys import Key, loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment


_MOST_REMEMBERED = 256
# (module, name in it) → where it was found last, to look there first. Of the module: pickles ask for every class.
_last_home: dict[tuple[str, str], Environment] = {}


def environment_of(thing: Any, module_name: str, qualified_name: str) -> Environment | None:
    """Return the environment in whose module *module_name* the object *thing* is known as *qualified_name*.

    None if it is nobody's: of the standard library, unversioned, or not reachable by its name (a local class).
    """
    before = _last_home.get((module_name, qualified_name))
    if before is not None:
        module = loaded(before, module_name)
        if module is not None and _in_namespace(module, qualified_name) is thing:
            return before
    modules = [(environment, loaded(environment, module_name)) for environment in known.holders(module_name)]
    # A module may have an opinion on being asked (numpy 1 warns of `numpy.bool`, lazy modules import), so their
    # namespaces are read first: nearly always that is enough.
    for found_in in (_in_namespace, _attribute):
        for environment, module in modules:
            if module is not None and found_in(module, qualified_name) is thing:
                if len(_last_home) >= _MOST_REMEMBERED:
                    _last_home.clear()
                _last_home[module_name, qualified_name] = environment
                return environment
    return None


def environment_of_type(kind: type) -> Environment | None:
    """Return the environment that a class comes from, also for one that its module does not know by name."""
    module_name: Any = kind.__module__
    if not isinstance(module_name, str):  # classes may set it to anything
        return None
    found = environment_of(kind, module_name, kind.__qualname__)
    if found is not None:
        return found
    for function in vars(kind).values():  # a local class: by the code of its methods
        names = getattr(function, "__globals__", None)
        if type(names) is dict and names.get("__name__") == module_name:
            found = environment_of_globals(names)
            if found is not None:
                return found
    return None


def isolated_environment_of(thing: Any, module_name: str, qualified_name: str) -> Environment | None:
    """Return the same as :func:`environment_of`, but None for the application: of its source there is only one."""
    return _isolated(environment_of(thing, module_name, qualified_name))


def isolated_environment_of_type(kind: type) -> Environment | None:
    """Return the same as :func:`environment_of_type`, but None for the application."""
    return _isolated(environment_of_type(kind))


def environment_of_globals(names: dict[str, Any]) -> Environment | None:
    """Return the environment of the module whose namespace this is."""
    key = getattr(names.get("__spec__"), "name", None)
    return type(key).environment if isinstance(key, Key) else None


def environment_by_globals(function: Any) -> Environment | None:
    """Return the environment of the module whose globals a function runs in; None for what has none."""
    names = getattr(function, "__globals__", None)
    return environment_of_globals(names) if isinstance(names, dict) else None


def environment_of_module(module: Any) -> Environment | None:
    """Return the environment that a module belongs to."""
    name = getattr(module, "__name__", None)
    if not isinstance(name, str):
        return None
    for environment in known.holders(name):
        if loaded(environment, name) is module:
            return environment
    return None


def _isolated(home: Environment | None) -> Environment | None:
    return None if home is None or home.is_application else home


def _in_namespace(module: Any, qualified_name: str) -> Any:
    first, *rest = qualified_name.split(".")
    found = namespace_of(module).get(first, MISSING)
    for part in rest:
        found = vars(found).get(part, MISSING) if isinstance(found, type) else MISSING
    return found


def _attribute(module: Any, qualified_name: str) -> Any:
    found: Any = module
    for part in qualified_name.split("."):
        found = getattr(found, part, MISSING)
    return found
