"""Calling a function on an environment's behalf, or the application's: what it imports is that view's."""

from __future__ import annotations

import builtins
import os
from types import FunctionType

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runtime_shim.environment import Environment


def act_as(environment: Environment, function: Callable[..., Any], *arguments: Any) -> Any:
    """Call *function* with *environment* as the origin of the look-ups that neutral code does below it."""
    # The application's site-packages is neutral ground; a relative file name is taken for its source.
    folder = "" if environment.is_application else environment.paths[0]
    code = _call.__code__.replace(co_filename=os.path.join(folder, "mvenv: on its behalf"))
    # C code that imports (PyImport_Import) takes the built-ins from the globals of this frame.
    return FunctionType(code, {"__builtins__": builtins})(function, arguments)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(*arguments)
