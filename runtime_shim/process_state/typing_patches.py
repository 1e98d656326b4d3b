"""``typing_extensions`` puts its own functions into :mod:`typing`: each copy's hold for those who see that copy.

Two copies do not agree on what marks a type variable without a default, so the functions that the last one has put
there (``typing._collect_parameters``, ``typing._check_generic``) take the other's type variables for ones with a
default: ``Type parameter ~Y without a default follows type parameter with a default``.
"""

from __future__ import annotations

import sys
import typing

from runtime_shim.caller.disguise import as_importlib
from runtime_shim.caller.files import code_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment

_NAME = "typing_extensions"
# Name in typing -> environment of a copy -> the function it has put there.
_patches: dict[str, dict[Environment, Callable[..., Any]]] = {}


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes the module and makes its changes to :mod:`typing` its own users'."""

    @as_importlib
    def execute_and_part(module: ModuleType) -> None:
        namespace: dict[str, Any] = vars(typing)
        before = dict(namespace)
        try:
            execute(module)
        finally:
            for name, value in namespace.items():
                if name in before and value is not before[name] and getattr(value, "__module__", "") == _NAME:
                    by_copy = _patches.get(name)
                    if by_copy is None:
                        by_copy = _patches[name] = {}
                        namespace[name] = _chooser(by_copy, before[name])
                    else:
                        namespace[name] = before[name]
                    by_copy[environment] = value

    return execute_and_part


def _chooser(
    by_copy: dict[Environment, Callable[..., Any]], original: Callable[..., Any]
) -> Callable[..., Any]:
    def choose(*arguments: Any, **options: Any) -> Any:
        home = _calling(sys._getframe(1)).owners[_NAME]
        return by_copy.get(home, original)(*arguments, **options)

    choose.__name__, choose.__qualname__ = original.__name__, original.__qualname__
    return choose


def _calling(frame: FrameType | None) -> Environment:
    """Return on whose behalf a function of :mod:`typing` runs: no C code of anybody's stands in between."""
    while frame is not None:
        filename = frame.f_code.co_filename
        owners = code_files.owners.get(filename)
        found = code_files.environment_of(filename) if owners is None else owners.environment
        if found is not None:
            return found
        frame = frame.f_back
    return code_files.application
