"""The isolated environment of a class or a function: None for the application's, as for nobody's."""

from __future__ import annotations

from runtime_shim import belonging

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.environment import Environment


def home_of(thing: Any, module_name: str, qualified_name: str) -> Environment | None:
    """Return the environment in whose module *thing* is known by that name."""
    return _isolated(belonging.environment_of(thing, module_name, qualified_name))


def home_of_type(kind: type) -> Environment | None:
    """Return the environment that a class comes from."""
    return _isolated(belonging.environment_of_type(kind))


def _isolated(home: Environment | None) -> Environment | None:
    return None if home is None or home.is_application else home
