"""What docs/reference has from the code is what the code has; and the schemas say what they mean to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import fastjsonschema
import pytest

from orchestrator.config.overrides import parse_overrides
from orchestrator.errors import MvenvError
from reference_pages import docstrings
from reference_pages.everything import files
from reference_pages.schemas import forms
from reference_pages.types_of_json import Definitions

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
MADE = files()


@dataclass(frozen=True)
class Leaf:
    """A leaf."""

    name: str
    """What it is
    called."""
    kind: Literal["a", "b"] = "a"


@dataclass(frozen=True)
class Tree:
    """A tree."""

    leaf: Leaf | None
    below: tuple[Tree, ...]
    pair: tuple[str, int]
    numbers: dict[str, list[float]]
    anything: Any


@pytest.mark.parametrize("name", MADE)
def test_the_reference_is_what_the_code_has(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == MADE[name], "run `scripts/reference`"


def test_there_are_no_schemas_of_what_is_no_more() -> None:
    there = {path.relative_to(REFERENCE).as_posix() for path in REFERENCE.glob("schemas/*")}
    assert there == {name for name in MADE if name.startswith("schemas/")}


def test_every_form_has_a_file_of_its_own() -> None:
    names = [form.file for form in forms()]
    assert sorted(set(names)) == sorted(names)


def test_types_are_schemas() -> None:
    definitions = Definitions()
    assert definitions.schema(tuple[Tree, ...]) == {"type": "array", "items": {"$ref": "#/$defs/Tree"}}
    tree = definitions.found["Tree"]["properties"]
    assert tree["leaf"] == {"anyOf": [{"$ref": "#/$defs/Leaf"}, {"type": "null"}]}
    assert tree["below"] == {"type": "array", "items": {"$ref": "#/$defs/Tree"}}
    assert tree["pair"]["prefixItems"] == [{"type": "string"}, {"type": "integer"}]
    assert tree["numbers"]["additionalProperties"] == {"type": "array", "items": {"type": "number"}}
    assert tree["anything"] == {}
    assert definitions.found["Leaf"]["properties"] == {
        "name": {"type": "string", "description": "What it is called."},
        "kind": {"enum": ["a", "b"]},
    }


def test_a_type_of_which_nothing_is_known_is_an_error() -> None:
    with pytest.raises(TypeError, match="set"):
        Definitions().schema(set[str])


def test_docstrings_of_fields() -> None:
    assert docstrings.of_fields(Leaf) == {"name": "What it is called."}


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"A": {"1": {"B": "2"}}}',
        '{"A": {"1": {"B": {"2": {"C": "3"}}}}}',
        "[]",
        '{"A": "1"}',
        '{"A": {"1": "2"}}',
        '{"A": {"1": {"B": 2}}}',
        '{"A": {"1": {"B": {"2": "3"}}}}',
    ],
)
def test_the_schema_of_overrides_takes_what_mvenv_takes(text: str) -> None:
    (overrides,) = (form for form in forms() if form.title == "custom_dependencies_versions.json")
    try:
        parse_overrides(Path("custom_dependencies_versions.json"), text)
        taken = True
    except MvenvError:
        taken = False
    try:
        fastjsonschema.validate(overrides.schema, json.loads(text))
        valid = True
    except fastjsonschema.JsonSchemaValueException:
        valid = False
    assert valid == taken
