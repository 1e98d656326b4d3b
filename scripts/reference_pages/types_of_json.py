"""JSON Schemas of what is written from plain types: dataclasses, typed dictionaries, and what they are made of.

pydantic makes those of its models; it does not take the standard library's ``TypedDict`` on every Python.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import sys
import types
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, is_typeddict

from orchestrator.config.overrides import RecordedOverrides
from reference_pages import docstrings

Schema = dict[str, Any]

# What the modules import for type checkers alone.
_LATER = {"Mapping": collections.abc.Mapping, "RecordedOverrides": RecordedOverrides}
_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", types.NoneType: "null"}


class Definitions:
    """The schemas of classes, each of which is written once and referred to."""

    def __init__(self) -> None:
        self.found: dict[str, Schema] = {}

    def schema(self, kind: Any) -> Schema:
        """Return the schema of a type.

        :raises TypeError: nothing here is known of such a type.
        """
        origin, arguments = get_origin(kind), get_args(kind)
        if kind is Any:
            return {}
        if kind in _PLAIN:
            return {"type": _PLAIN[kind]}
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return {"anyOf": [self.schema(each) for each in arguments]}
        if origin is NotRequired:
            return self.schema(arguments[0])
        if origin is list or (origin is tuple and arguments[1:] == (...,)):
            return {"type": "array", "items": self.schema(arguments[0])}
        if origin is tuple:
            number = len(arguments)
            parts = [self.schema(each) for each in arguments]
            return {"type": "array", "prefixItems": parts, "minItems": number, "maxItems": number}
        if origin in (dict, collections.abc.Mapping):
            return {"type": "object", "additionalProperties": self.schema(arguments[1])}
        if dataclasses.is_dataclass(kind) or is_typeddict(kind):
            return self._reference(kind)
        raise TypeError(f"no JSON Schema is known of {kind}")

    def _reference(self, kind: Any) -> Schema:
        if kind.__name__ not in self.found:
            self.found[kind.__name__] = {}  # a class may have fields of its own kind
            self.found[kind.__name__] = self.of_class(kind)
        return {"$ref": f"#/$defs/{kind.__name__}"}

    def of_class(self, kind: Any) -> Schema:
        """Return the schema of a dataclass or typed dictionary itself, not a reference to it."""
        told = docstrings.of_fields(kind)
        types_of = _types_of_fields(kind)
        return {
            "description": docstrings.of_class(kind),
            "type": "object",
            "properties": {
                name: {**self.schema(of), **({"description": told[name]} if name in told else {})}
                for name, of in types_of.items()
            },
            "required": [name for name, of in types_of.items() if get_origin(of) is not NotRequired],
            "additionalProperties": False,
        }


def _types_of_fields(kind: Any) -> dict[str, Any]:
    """Return the types of a class's fields, `NotRequired` among them."""
    names = {**_LATER, **vars(sys.modules[kind.__module__])}
    found = {}
    for name, annotation in kind.__annotations__.items():
        text = getattr(annotation, "__forward_arg__", annotation)
        found[name] = eval(text, names) if isinstance(text, str) else annotation
    return found
