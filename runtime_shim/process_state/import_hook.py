"""shiboken6 (PySide6) puts itself in the place of ``__import__``, and what it found there into ``__orig_import__``.

The second copy finds the first one's function and notes that as the original, under the same name: then the first one
calls itself without end (``feature_import`` in shiboken's signature.cpp). So each copy is loaded with the real
``__import__`` in its place. The one that was loaded last serves everybody; it only acts on ``from __feature__ import``.
"""

from __future__ import annotations

import builtins

from runtime_shim.caller.disguise import as_importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from runtime_shim.model.environment import Environment


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:  # noqa: ARG001
    """Return what executes the package with the real ``__import__``."""

    @as_importlib
    def execute_without_hook(module: ModuleType) -> None:
        original = vars(builtins).get("__orig_import__")
        if original is not None:
            builtins.__import__ = original
        execute(module)

    return execute_without_hook
