"""Calling a function as if an environment's own code did: the shim acts on somebody's behalf."""

from __future__ import annotations

import builtins
from types import FunctionType

from runtime_shim.caller import builtins_namespaces
from runtime_shim.caller.files import code_files

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runtime_shim.model.environment import Environment


def act_for(environment: Environment, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call *function* with *environment* as the caller of what neutral code below it looks up."""
    return as_code_of(environment, _call)(function, arguments)


def as_code_of(environment: Environment, function: Any) -> Any:
    """Return a copy of *function* that is *environment*'s own code; it uses no globals but the built-ins."""
    code = function.__code__.replace(co_filename=code_files.name_for_code_of(environment))
    # C code that imports (PyImport_Import) takes the built-ins from the globals of this frame.
    names = builtins if environment.is_application else builtins_namespaces.of(environment)
    return FunctionType(code, {"__builtins__": names}, function.__name__, function.__defaults__)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(*arguments)
