"""Objects that give an array of their own numpy: another numpy, to which it is a stranger, gets its memory.

``__array__`` of pandas' objects returns an array of the numpy that pandas sees, and any other numpy refuses what it
asked for: ``object __array__ method not producing an array`` (``PyArray_FromArrayAttr_int`` in numpy's
multiarray/ctors.c). Before that it asks for ``__array_interface__``, which these classes do not have. They get one that
is there only for callers who see another numpy, so nothing changes for pandas, and for those who share its numpy.
Another pandas does not get it: it would take a frame's values and drop its labels, which must stay an error.
"""

from __future__ import annotations

import sys

from runtime_shim.caller import frames
from runtime_shim.caller.disguise import as_importlib
from runtime_shim.modules.keys import loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment

# Module → the classes whose `__array__` their subclasses inherit or replace.
CLASSES = {
    "pandas.core.arrays.base": ("ExtensionArray",),
    "pandas.core.generic": ("NDFrame",),
    "pandas.core.indexes.base": ("Index",),
}


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a module and gives its classes the attribute."""

    @as_importlib
    def execute_and_extend(module: ModuleType) -> None:
        execute(module)
        for name in CLASSES[module.__name__]:
            kind: Any = vars(module).get(name)
            if isinstance(kind, type) and not hasattr(kind, "__array_interface__"):
                kind.__array_interface__ = _Interface(environment)  # type: ignore[attr-defined]

    return execute_and_extend


class _Interface:
    """The attribute ``__array_interface__``."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def __get__(self, instance: Any, owner: Any = None) -> dict[str, Any]:
        home = self._environment.owners["numpy"]
        asking = sys._getframe(1)
        if (
            instance is None
            or str(asking.f_globals.get("__name__")).startswith("pandas.")
            or frames.find(asking).owners["numpy"] is home
        ):
            raise AttributeError(f"{owner.__name__!r} has no attribute '__array_interface__'")
        numpy: Any = loaded(home, "numpy")
        array = numpy.ascontiguousarray(instance.__array__()).reshape(instance.shape)
        memory = array.view("i8") if array.dtype.kind in "Mm" else array
        return {"shape": array.shape, "typestr": array.dtype.str, "data": memory, "version": 3}
