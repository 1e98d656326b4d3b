"""From a class or a function to its environment without waking up anybody.

:mod:`runtime_shim.belonging` asks modules for attributes, and a module may have an opinion on being asked (numpy 1
warns of ``numpy.bool``, lazy modules import). So their namespaces are read first: nearly always that is enough.
"""

from __future__ import annotations

import sys
from types import ModuleType

from runtime_shim import belonging
from runtime_shim import environment as environments

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.environment import Environment

_namespace: Any = vars(ModuleType)["__dict__"].__get__


def home_of(thing: Any, module_name: str, qualified_name: str) -> Environment | None:
    """Return the environment in whose module *thing* is known by that name; None: nobody's, or the application's."""
    first, *rest = qualified_name.split(".")
    for environment in environments.holders(module_name):
        module = sys.modules.get(environment.key_for(module_name))
        found = _namespace(module).get(first) if isinstance(module, ModuleType) else None
        for part in rest:
            found = vars(found).get(part) if isinstance(found, type) else None
        if found is thing and thing is not None:
            return None if environment.is_application else environment
    home = belonging.environment_of(thing, module_name, qualified_name)
    return None if home is None or home.is_application else home


def home_of_type(kind: type) -> Environment | None:
    """Return the environment that a class comes from, None if it is nobody's or the application's."""
    module_name: Any = kind.__module__
    if not isinstance(module_name, str) or module_name.partition(".")[0] not in environments.contested:
        return None
    home = home_of(kind, module_name, kind.__qualname__) or belonging.environment_of_type(kind)
    return None if home is None or home.is_application else home
