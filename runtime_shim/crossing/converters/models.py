"""Pydantic models, of pydantic 1 and 2 in either direction: carried by field values, validated by the target.

Private attributes and the set of fields that were given explicitly are carried, too.
"""

from __future__ import annotations

from runtime_shim.crossing.converters import records
from runtime_shim.crossing.converters.registry import name_of, ship

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from runtime_shim.crossing.converters.target import Target

_MODELS = frozenset(("pydantic.main.BaseModel", "pydantic.v1.main.BaseModel"))
_ROOT = {1: "__root__", 2: "root"}


def reduce(thing: Any, target: Target) -> tuple[Any, ...] | None:
    """Return the reduction of a model, None for anything else."""
    kind: Any = type(thing)
    if not _MODELS.intersection(map(name_of, kind.__mro__)):
        return None
    if is_generic(kind):
        known = kind.__pydantic_generic_metadata__
        made = target.counterpart(known["origin"])[tuple(map(target.convert, known["args"]))]
    else:
        made = target.counterpart(kind)
    return _new, (made,), _state(thing), None, None, _fill


def is_generic(kind: Any) -> bool:
    """Whether a class is a generic model with its parameters given (``Page[int]``, of pydantic 2).

    Its name is not found in its module.
    """
    known = vars(kind).get("__pydantic_generic_metadata__")
    return isinstance(known, dict) and isinstance(known.get("origin"), type)


def _generation(kind: type) -> int:
    return 2 if hasattr(kind, "__pydantic_validator__") else 1


def _new(kind: Any) -> Any:
    return kind.__new__(kind)


def _state(thing: Any) -> tuple[Any, ...]:
    kind: Any = type(thing)
    generation = _generation(kind)
    if generation == 2:
        known = kind.__pydantic_fields__ if hasattr(kind, "__pydantic_fields__") else kind.model_fields
        extra, private = thing.__pydantic_extra__ or {}, thing.__pydantic_private__ or {}
        given = thing.__pydantic_fields_set__
        values = {**{name: thing.__dict__[name] for name in known if name in thing.__dict__}, **extra}
    else:
        known, given, values = kind.__fields__, thing.__fields_set__, dict(thing.__dict__)
        private = {name: getattr(thing, name) for name in kind.__private_attributes__ if hasattr(thing, name)}
    defaults = {
        name for name in values.keys() & known.keys() if records.is_default(values[name], known[name])
    }
    root = _ROOT[generation] if _ROOT[generation] in known else None
    return values, dict(private), set(given), defaults, root


def _fill(made: Any, state: tuple[Any, ...]) -> None:
    values, private, given, defaults, root = state
    kind = type(made)
    generation = _generation(kind)
    if root is not None:
        values, given = {_ROOT[generation]: values[root]}, {_ROOT[generation]}
    known = kind.__fields__ if generation == 1 else kind.model_fields
    if _extra(kind, generation) == "ignore":
        records.refuse_unknown(kind, values.keys() - known.keys(), defaults)
    made.__init__(
        **{
            _keyword(kind, name, generation): value
            for name, value in values.items()
            if name in known or name not in defaults
        }
    )
    names = given & (values.keys() | known.keys())
    if generation == 1:
        object.__setattr__(made, "__fields_set__", names)
        for name in private.keys() & kind.__private_attributes__.keys():
            object.__setattr__(made, name, private[name])
    else:
        object.__setattr__(made, "__pydantic_fields_set__", names)
        for name in private.keys() & kind.__private_attributes__.keys():
            made.__pydantic_private__[name] = private[name]


def _extra(kind: Any, generation: int) -> str:
    found = kind.model_config.get("extra") if generation == 2 else getattr(kind.__config__, "extra", None)
    return str(getattr(found, "value", found) or "ignore")


def _keyword(kind: Any, name: str, generation: int) -> str:
    """Return what ``__init__`` calls a field: its alias, if it has one and does not take the name."""
    if generation == 1:
        field = kind.__fields__.get(name)
        return name if field is None or kind.__config__.allow_population_by_field_name else field.alias
    field, settings = kind.model_fields.get(name), kind.model_config
    if field is None or settings.get("populate_by_name") or settings.get("validate_by_name"):
        return name
    return next(_words(field.validation_alias or field.alias), name)


def _words(alias: Any) -> Iterator[str]:
    for choice in getattr(alias, "choices", None) or (alias,):
        if isinstance(choice, str):
            yield choice


@ship("pydantic.networks.AnyUrl", subclasses=True)
def _url(value: Any, target: Target) -> Any:
    pydantic: Any = target.module("pydantic")
    kind = target.counterpart(type(value))
    if hasattr(pydantic, "TypeAdapter"):
        return pydantic.TypeAdapter(kind).validate_python(str(value))
    return pydantic.parse_obj_as(kind, str(value))


@ship("pydantic.types.SecretStr", subclasses=True)
@ship("pydantic.types.SecretBytes", subclasses=True)
def _secret(value: Any, target: Target) -> Any:
    return target.counterpart(type(value))(value.get_secret_value())
