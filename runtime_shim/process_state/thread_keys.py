"""Packages that keep something in the dict of the running thread, under a name that both copies use.

``PyThreadState_GetDict()`` is one dict per thread. lxml keeps a parser context there, and the other copy fails on it
(``_ParserDictionaryContext._findThreadParserContext`` in lxml's src/lxml/parser.pxi, ``_getThreadErrorLog`` in
xmlerror.pxi); numpy 1 keeps what ``seterr`` has set (``UFUNC_PYVALS_NAME`` in numpy/core/src/umath/ufunc_object.c),
so one copy's ``seterr`` is the other's.

Each copy looks its entry up with one interned string, made when its extension module is loaded and kept in a static
variable. That variable is given another string, which no other copy has. Nothing else changes: no lookup costs more,
and it holds for every thread. The variable is the one place in the module's writable data that points to that string;
where there is no such place, or more than one, nothing is done.
"""

from __future__ import annotations

import ctypes
import sys

from runtime_shim.caller.disguise import as_importlib
from runtime_shim.process_state.static_variables import WritableData, point_to

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment

# Extension module -> the names of its entries.
NAMES = {
    "lxml.etree": ("_ParserDictionaryContext", "_GlobalErrorLog", "_XSLTErrorLog"),
    "numpy.core._multiarray_umath": ("UFUNC_PYVALS",),
}


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a module and gives it names of its own for its entries."""

    @as_importlib
    def execute_and_rename(module: ModuleType) -> None:
        execute(module)
        _rename(module, environment)

    return execute_and_rename


def _rename(module: ModuleType, environment: Environment) -> None:
    data = WritableData(module)
    entries = _entries_of_this_thread()
    for name in NAMES[module.__name__]:
        places = data.pointers_to(sys.intern(name))
        if len(places) == 1:
            own = f"{name} of {environment.name}"
            point_to(places[0], own)
            if name in entries:  # made while the module was executed
                entries[own] = entries.pop(name)


def _entries_of_this_thread() -> dict[Any, Any]:
    function = ctypes.pythonapi.PyThreadState_GetDict
    function.restype = ctypes.c_void_p
    entries: dict[Any, Any] = ctypes.cast(function(), ctypes.py_object).value
    return entries
