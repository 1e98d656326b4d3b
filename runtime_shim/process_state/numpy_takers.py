"""pandas takes another numpy's arrays and scalars for lists and unknown objects; it gets its own numpy's instead.

pandas asks in C whether something is its numpy's array or scalar (``PyArray_Check``, ``PyArray_IsScalar``). Where the
answer is no it goes on with something else, often without an error: a mask is a list of positions (``s.iloc[mask]``),
the other's ``NaT`` is not missing, ``s.agg(np.std)`` is called for each element by itself, and
``select_dtypes(np.number)`` knows ``float64`` alone. The functions through which pandas sends what it is given, before
it asks, get it taken over.
"""

from __future__ import annotations

import functools

from runtime_shim.caller.disguise import as_importlib
from runtime_shim.process_state.numpy_attributes import copies

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment
    from runtime_shim.process_state.numpy_copy import Copy


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a module and lets its functions take another numpy's objects over."""

    @as_importlib
    def execute_and_change(module: ModuleType) -> None:
        execute(module)
        for name, (position, take) in FUNCTIONS[module.__name__].items():
            function = vars(module).get(name)
            if callable(function):
                setattr(module, name, _taking(function, position, take, environment.owners["numpy"]))

    return execute_and_change


def _taking(
    function: Callable[..., Any],
    position: int,
    take: Callable[[Any, Copy], Any],
    home: Environment | None,
) -> Callable[..., Any]:
    """Return *function* with its argument at *position* taken over by the numpy of *home*."""

    @functools.wraps(function)
    @as_importlib
    def taking(*arguments: Any, **options: Any) -> Any:
        own = copies.by_environment.get(home)  # type: ignore[arg-type]
        if own is None or len(arguments) <= position:
            return function(*arguments, **options)
        given = arguments[position]
        taken = take(given, own)
        if taken is given:
            return function(*arguments, **options)
        return function(*arguments[:position], taken, *arguments[position + 1 :], **options)

    return taking


def _value(value: Any, own: Copy) -> Any:
    """Return an array or a scalar of another numpy as *own*'s; subclasses of arrays mean something else."""
    kind = type(value)
    if kind.__module__ != "numpy" or kind is own.ndarray:
        return value
    for one in tuple(copies.by_environment.values()):
        if one is not own and (kind is one.ndarray or issubclass(kind, one.generic)):
            return own.taken_over(value, one)
    return value


def _list(values: Any, own: Copy) -> Any:
    """Return a list or tuple of another numpy's scalars as one of *own*'s; the first tells."""
    if type(values) not in (list, tuple) or not values or _value(values[0], own) is values[0]:
        return values
    return [_value(one, own) for one in values]


def _function(function: Any, own: Copy) -> Any:
    """Return a function of another numpy as *own*'s of the same name: pandas has a table of what it does for which."""
    if getattr(function, "__module__", None) != "numpy":
        return function
    copy = copies.of_function(function)
    return function if copy is None or copy is own else getattr(own.numpy, function.__name__, function)


def _class(kind: Any, own: Copy) -> Any:
    """Return a class of scalars of another numpy as *own*'s of the same name (``number``, which is no data type)."""
    if not isinstance(kind, type):
        return kind
    copy = copies.of_class(kind)
    return kind if copy is None or copy is own else getattr(own.numpy, kind.__name__, kind)


# Module → function → position of the argument, how it is taken over.
FUNCTIONS: dict[str, dict[str, tuple[int, Callable[[Any, Copy], Any]]]] = {
    "pandas.core.common": {
        "apply_if_callable": (0, _value),  # every key in brackets, and what `where` and `mask` are given
        "get_cython_func": (0, _function),
    },
    "pandas.core.construction": {"extract_array": (0, _value)},
    "pandas.core.dtypes.cast": {"maybe_convert_platform": (0, _list), "np_can_hold_element": (1, _value)},
    "pandas.core.dtypes.common": {"infer_dtype_from_object": (0, _class)},
    "pandas.core.dtypes.missing": {"_isna": (0, _value)},
}
