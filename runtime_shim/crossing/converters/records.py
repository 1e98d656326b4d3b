"""Dataclasses: carried by the values of their fields.

The target's class of the same qualified name is filled by its own ``__init__``, which validates the values and
supplies fields that are new there. They are converted first, and the object exists before they are, so that they
may refer to it.
"""

from __future__ import annotations

import copyreg
import dataclasses
import inspect

from runtime_shim.crossing.converters.error import Absent
from runtime_shim.crossing.converters.registry import name_of

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_OWN_WAYS = ("__reduce_ex__", "__reduce__", "__getstate__", "__setstate__")


def reduce(thing: Any) -> tuple[Any, ...] | None:
    """Return the reduction of a dataclass's instance; None for what is none, or has pickling of its own."""
    kind = type(thing)
    if not dataclasses.is_dataclass(kind) or kind.__new__ is not object.__new__ or _has_own_way(kind):
        return None
    fields = dataclasses.fields(thing)
    values = {one.name: getattr(thing, one.name) for one in fields if hasattr(thing, one.name)}
    others = {name: value for name, value in getattr(thing, "__dict__", {}).items() if name not in values}
    defaults = {one.name for one in fields if one.name in values and is_default(values[one.name], one)}
    return copyreg.__newobj__, (kind,), (values, others, defaults), None, None, _fill  # type: ignore[attr-defined]


def _has_own_way(kind: type) -> bool:
    return any(
        getattr(kind, name, None) is not getattr(object, name, None)
        # What @dataclass(slots=True) adds.
        and getattr(getattr(kind, name), "__name__", "") not in ("_dataclass_getstate", "_dataclass_setstate")
        for name in _OWN_WAYS
    )


def is_default(value: Any, field: Any) -> bool:
    """Whether a value is the one that its field has by itself (of a dataclass or a pydantic 2 model)."""
    default = field.default
    if default is value:
        return True
    if default is not None and type(default) is type(value) and type(value) in (str, int, float, bool, tuple):
        return bool(default == value)
    factory = field.default_factory
    return factory in (list, dict, set) and type(value) is factory and not value


def refuse_unknown(kind: type, names: set[str], defaults: set[str]) -> None:
    """Refuse to lose values.

    :param names: the fields with a value that class *kind* doesn't have.
    :param defaults: those whose value says nothing.
    :raises Absent: if some remain.
    """
    lost = sorted(names - defaults)
    if lost:
        raise Absent(f"{name_of(kind)} has no field {', '.join(lost)} there, and the value would be lost")


def _fill(made: Any, state: tuple[dict[str, Any], dict[str, Any], set[str]]) -> None:
    values, others, defaults = state
    kind = type(made)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    refuse_unknown(kind, values.keys() - fields.keys(), defaults)
    given = {name: value for name, value in values.items() if name in fields and fields[name].init}
    if _accepts(kind, given):
        made.__init__(**given)
    else:
        others = {**_defaults(fields, values), **given, **others}
    for name, value in others.items():
        object.__setattr__(made, name, value)
    for name, field in fields.items():
        if not field.init and name in values:
            object.__setattr__(made, name, values[name])


def _accepts(kind: Any, values: Mapping[str, Any]) -> bool:
    """Whether ``__init__`` is the generated one and these are all it needs (no ``InitVar``, say)."""
    if not kind.__dataclass_params__.init:
        return False
    parameters = list(inspect.signature(kind.__init__).parameters.values())[1:]
    return all(one.name in values or one.default is not one.empty for one in parameters)


def _defaults(fields: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, field in fields.items():
        if name not in values:
            if field.default is not dataclasses.MISSING:
                found[name] = field.default
            elif field.default_factory is not dataclasses.MISSING:
                found[name] = field.default_factory()
    return found
