"""The page of the settings, from the model that checks them."""

from __future__ import annotations

import json
import types
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from orchestrator.config.location import show_key
from orchestrator.config.settings import TABLE, Lag, Settings
from reference_pages import docstrings
from tables import row, table

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

_NAMES = {str: "string", int: "whole number", dict: "table", list: "list"}


def page() -> str:
    """Return the page."""
    return "\n".join(
        [
            "# Settings",
            "",
            "`scripts/reference` writes this page from the code. What the settings are for, with examples, is in",
            f"[Configuration](../configuration.md#toolmvenv). All are in `[{show_key(TABLE)}]` of `pyproject.toml`,",
            "and none has to be there. An unknown key and a value of another type are errors.",
            "",
            _table(Settings),
            "",
            "## lag",
            "",
            _table(Lag),
            "",
        ]
    )


def _table(model: type[BaseModel]) -> str:
    told = docstrings.of_fields(model)
    return table(
        ["key", "type", "default", "meaning"],
        (
            row(
                [
                    f"`{field.alias or name}`",
                    field.description or _type(field.annotation),
                    _default(field),
                    told[name],
                ]
            )
            for name, field in model.model_fields.items()
        ),
    )


def _type(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return " or ".join(f"`{json.dumps(each)}`" for each in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(each) for each in arguments if each is not type(None))
    if origin is list:
        return f"list of {_several(arguments[0])}"
    if origin is dict and arguments[1] is not Any:
        return f"table of {_several(arguments[1])}"
    if isinstance(kind, type) and kind is Lag:
        return "[table](#lag)"
    return _NAMES[origin or kind]


def _several(kind: Any) -> str:
    first, of, rest = _type(kind).partition(" of ")
    return f"{first}s{of}{rest}"


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Lag):
        value = value.model_dump()
        return f"`{{{', '.join(f'{key} = {each}' for key, each in value.items())}}}`"
    return f"`{json.dumps(value)}`" if value else ""
