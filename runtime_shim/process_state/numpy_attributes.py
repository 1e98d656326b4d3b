"""What is put in the place of numpy's own attributes, where there are two numpys; why is in :mod:`.numpy_copies`."""

from __future__ import annotations

import functools
from _thread import _local as local

from runtime_shim.process_state.numpy_calls import meet

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from runtime_shim.model.environment import Environment
    from runtime_shim.process_state.numpy_copy import Copy


class Copies:
    """The copies of numpy that are loaded."""

    def __init__(self) -> None:
        self.by_environment: dict[Environment, Copy] = {}
        self._by_function_type: dict[type, Copy] = {}
        self._by_base: dict[type, Copy] = {}

    def add(self, copy: Copy) -> None:
        """Make a copy known to the others."""
        self.by_environment[copy.environment] = copy
        self._by_base[copy.generic] = self._by_base[copy.dtype] = copy
        self._by_function_type[type(copy.module.add)] = copy
        dispatcher = vars(copy.module).get("_ArrayFunctionDispatcher")  # since numpy 1.25
        if dispatcher is not None:
            self._by_function_type[dispatcher] = copy

    def of_function(self, function: Any) -> Copy | None:
        """Return the copy that a ufunc or a function with ``__array_function__`` dispatch is of."""
        found = self._by_function_type.get(type(function))
        if found is None:  # numba's, which are no ufuncs by class
            found = self._by_function_type.get(type(getattr(function, "ufunc", None)))
        if found is not None:
            return found
        # Before numpy 1.25 a Python function that is made with `exec`; and functions in C that take `like=`.
        namespace = getattr(function, "__globals__", None)
        dispatch = namespace.get("implement_array_function") if type(namespace) is dict else function
        module = getattr(dispatch, "__self__", None)
        return next((one for one in tuple(self.by_environment.values()) if one.module is module), None)

    def of_class(self, kind: type) -> Copy | None:
        """Return the copy that a class of scalars or of data types is of."""
        for base in kind.__mro__:
            found = self._by_base.get(base)
            if found is not None:
                return found
        return None


copies = Copies()


class _Asked(local):
    """The data type that a thread was last asked about, see :func:`asked_for_dtype`."""

    dtype: Any = None


_asked = _Asked()


def replacements(own: Copy, methods: Mapping[str, Any]) -> dict[str, Any]:
    """Return what replaces ``ndarray``'s methods of the two protocols."""
    array_ufunc, array_function = methods["__array_ufunc__"], methods["__array_function__"]

    def __array_ufunc__(  # noqa: N807 - numpy's
        self: Any, ufunc: Any, method: str, /, *inputs: Any, **options: Any
    ) -> Any:
        called = copies.of_function(ufunc)
        if called is None or called is own:
            return array_ufunc(self, ufunc, method, *inputs, **options)
        return meet(own, called, ufunc, method, inputs, options)

    def __array_function__(  # noqa: N807 - numpy's
        self: Any, func: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        called = copies.of_function(func)
        if called is None or called is own:
            return array_function(self, func, types, args, kwargs)
        return meet(own, called, func, None, args, kwargs)

    return {
        "__array_ufunc__": _callable(_pass_for(__array_ufunc__, array_ufunc)),
        "__array_function__": _callable(_pass_for(__array_function__, array_function)),
    }


def _callable(function: Any) -> Any:
    """Return a callable that is no Python function: numpy, since 2.3, warns of those that it is to give a docstring."""
    found: Any = functools.partial(function)
    found.__name__, found.__qualname__, found.__doc__ = (
        function.__name__,
        function.__qualname__,
        function.__doc__,
    )
    return found


def scalar_wrap(copy: Copy) -> Any:
    """Return a ``generic.__array_wrap__`` that leaves other copies' arrays as they are."""
    original: Any = vars(copy.generic)["__array_wrap__"]
    ndarray = copy.ndarray

    def __array_wrap__(self: Any, *arguments: Any) -> Any:  # noqa: N807 - numpy's
        array = arguments[0] if arguments else None
        if array is None or isinstance(array, ndarray) or not _is_array(array):
            return original(self, *arguments)
        return array[()] if array.ndim == 0 else array

    return _pass_for(__array_wrap__, original)


def array_struct(kind: type) -> _ArrayStruct:
    """Return an ``__array_struct__`` that is there only for what it can tell."""
    return _ArrayStruct(vars(kind)["__array_struct__"])


def scalar_interface(copy: Copy) -> _ScalarInterface:
    """Return an ``__array_interface__`` for scalars that owns what it points to."""
    return _ScalarInterface(vars(copy.generic)["__array_interface__"])


def asked_for_dtype() -> _AskedForDtype:
    """Return an attribute ``dtype`` for data types that is not there, and notes who was asked for it.

    A numpy that is to make a data type of a stranger asks for this attribute, and then for the stranger's type
    (``_convert_from_any`` in multiarray/descriptor.c). So the second question can be answered by the object.
    """
    return _AskedForDtype()


def type_check(copy: Copy, original: Callable[[type], bool]) -> Callable[[type], bool]:
    """Return a ``npy_ctypes_check`` that is true of other copies' scalar types, and of the types of data types."""

    def npy_ctypes_check(cls: type) -> bool:
        asked, _asked.dtype = _asked.dtype, None
        if original(cls):
            return True
        of = copies.of_class(cls)
        if of is None or of is copy:
            return False
        if type(asked) is cls:
            _asked.dtype = asked
            return True
        return of.generic in cls.__mro__

    return npy_ctypes_check


def type_conversion(copy: Copy, original: Callable[[type], Any]) -> Callable[[type], Any]:
    """Return a ``dtype_from_ctypes_type`` that knows what :func:`type_check` is true of."""

    def dtype_from_ctypes_type(t: type) -> Any:
        asked, _asked.dtype = _asked.dtype, None
        of = copies.of_class(t)
        if of is None or of is copy:
            return original(t)
        return copy.like(asked if type(asked) is t else of.dtype(t), of)

    return dtype_from_ctypes_type


class _Replaced:
    """An attribute that is read in another way; no property, since numpy warns when it is to set its docstring."""

    def __init__(self, original: Any) -> None:
        self._original = original
        self.__doc__ = original.__doc__

    def __set__(self, instance: Any, value: Any) -> None:
        self._original.__set__(instance, value)


class _ArrayStruct(_Replaced):
    """The attribute ``__array_struct__``."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        dtype = instance.dtype
        if dtype.kind in "MmT" or dtype.names is not None:
            raise AttributeError(f"__array_struct__ cannot tell the data type {dtype}")
        return self._original.__get__(instance, owner)


class _ScalarInterface(_Replaced):
    """The attribute ``__array_interface__`` of scalars; numpy's own points into an array that is gone by then."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        return {**self._original.__get__(instance, owner), "data": bytearray(instance.tobytes())}


class _AskedForDtype:
    """See :func:`asked_for_dtype`."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        _asked.dtype = instance
        kind = (
            f"type object {owner.__name__!r}" if instance is None else f"{type(instance).__name__!r} object"
        )
        raise AttributeError(f"{kind} has no attribute 'dtype'", name="dtype", obj=instance)


def _is_array(value: Any) -> bool:
    return any(isinstance(value, one.ndarray) for one in tuple(copies.by_environment.values()))


def _pass_for(function: Any, original: Any) -> Any:
    """Make a function look like the method that it replaces."""
    function.__module__ = "numpy"
    function.__qualname__ = original.__qualname__
    function.__doc__ = original.__doc__
    return function
