"""Two copies of numpy in a process: what one hands the other through C code arrives as what it was.

A copy takes another's arrays for strangers, and five of its ways with strangers go wrong between two numpys:

- A ufunc leaves its work to an argument whose ``__array_ufunc__`` is not that of its own ``ndarray``
  (``PyUFuncOverride_GetNonDefaultArrayUfunc`` in numpy/_core/src/common/ufunc_override.c). The other's simply calls
  the ufunc again (``array_ufunc`` in multiarray/methods.c), without end: a stack overflow.
- ``__array_function__`` (``array_function_method_impl`` in arrayfunction_override.c) refuses two kinds of arrays.
- ``generic.__array_wrap__`` refuses the result of another numpy's ufunc.
- Times lose their unit, records their fields: ``__array_struct__`` does not tell them, and ``datetime64`` and
  ``timedelta64`` scalars offer their bytes as a buffer, which is looked at before ``__array_interface__``, the only
  one of the protocols that says what they are (``_array_from_array_like`` in multiarray/ctors.c).
- ``dtype=`` takes another's scalar type for any class, which means ``object``, and refuses its data types.

So each copy's ``ndarray`` gets methods that carry the arguments over (:mod:`.numpy_calls`). A copy never calls
these for arrays of its own: it compares with the method of ``ndarray`` that it has in a static variable, and that is
changed to the new one as well, so its own arrays, and subclasses that inherit the method, take the ways that they
always take. Where the variable cannot be found (:mod:`.static_variables`), nothing is done.
"""

from __future__ import annotations

import ctypes
import gc

from runtime_shim.caller.disguise import as_importlib
from runtime_shim.process_state import numpy_attributes
from runtime_shim.process_state.numpy_attributes import copies
from runtime_shim.process_state.numpy_copy import Copy
from runtime_shim.process_state.static_variables import WritableData, point_to

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment

_PROTOCOLS = ("__array_ufunc__", "__array_function__")
# Offset in PyTypeObject (Include/cpython/object.h) on 64 bits, CPython 3.8 to 3.15; free-threaded builds have a longer
# header of objects.
_TP_AS_BUFFER = 144 + object.__basicsize__

# C code holds a pointer to each: they must live as long as the process.
_no_buffers: list[Any] = []


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a module of numpy and changes what it does with other copies' objects."""

    @as_importlib
    def execute_and_change(module: ModuleType) -> None:
        execute(module)
        change = _CHANGES[module.__name__.rpartition(".")[2]]
        change(module, environment)

    return execute_and_change


def _change_arrays(module: Any, environment: Environment) -> None:
    if (
        not hasattr(module, "__file__")
        or "ndarray" not in vars(module)
        or environment in copies.by_environment
    ):
        return  # numpy 2 has a module of numpy 1's name, which passes attributes on
    data = WritableData(module)
    if not data:
        return
    copy = Copy(module, environment)
    methods = {name: vars(copy.ndarray)[name] for name in _PROTOCOLS}
    replaced = numpy_attributes.replacements(copy, methods)
    for name, method in methods.items():
        for place in data.pointers_to(method):
            point_to(place, replaced[name])
    methods = {name: _bound_by_c(replaced[name]) for name in replaced}
    _extend(copy.ndarray, {**methods, "__array_struct__": numpy_attributes.array_struct(copy.ndarray)})
    _extend(
        copy.generic,
        {
            "__array_wrap__": numpy_attributes.scalar_wrap(copy),
            "__array_struct__": numpy_attributes.array_struct(copy.generic),
        },
    )
    _extend(copy.dtype, {"dtype": numpy_attributes.asked_for_dtype()})
    for kind in copy.times:
        _withhold_buffer(kind)
    for kind in (*copy.times, copy.void):
        _extend(kind, {"__array_interface__": numpy_attributes.scalar_interface(copy)})
    copies.add(copy)


def _change_ctypes_check(module: Any, environment: Environment) -> None:
    """Let numpy ask about other copies' types; it asks this function about every class it does not know."""
    original = vars(module).get("npy_ctypes_check")
    copy = copies.by_environment.get(environment)
    if copy is not None and original is not None and original.__globals__ is vars(module):
        module.npy_ctypes_check = numpy_attributes.type_check(copy, original)


def _change_ctypes_conversion(module: Any, environment: Environment) -> None:
    """Answer the question, see :func:`_change_ctypes_check`."""
    original = vars(module).get("dtype_from_ctypes_type")
    copy = copies.by_environment.get(environment)
    if copy is not None and original is not None and original.__globals__ is vars(module):
        module.dtype_from_ctypes_type = numpy_attributes.type_conversion(copy, original)


_CHANGES = {
    "_multiarray_umath": _change_arrays,
    "_internal": _change_ctypes_check,
    "_dtype_ctypes": _change_ctypes_conversion,
}


def _bound_by_c(function: Any) -> Any:
    """Return a method of which the class' attribute is *function* itself; no Python code is run for a look-up."""
    make = ctypes.pythonapi.PyInstanceMethod_New
    make.restype, make.argtypes = ctypes.py_object, (ctypes.py_object,)
    return make(function)


def _extend(kind: type, attributes: dict[str, Any]) -> None:
    """Set attributes of a type that was made in C: it is immutable to ``setattr``, not to its own dict.

    The interpreter remembers attributes by type version, so it has to be told (``PyType_Modified`` in CPython's
    typeobject.c).
    """
    (namespace,) = (one for one in gc.get_referents(vars(kind)) if type(one) is dict)
    namespace.update(attributes)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))


def _withhold_buffer(kind: type) -> None:
    """Make a type's objects offer no buffer."""
    empty = (ctypes.c_void_p * 2)()  # PyBufferProcs
    _no_buffers.append(empty)
    ctypes.c_void_p.from_address(id(kind) + _TP_AS_BUFFER).value = ctypes.addressof(empty)
