"""Files of a build, and what commands print for programs, have the forms that docs/reference tells."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import fastjsonschema
import pytest

from reference_pages.schemas import forms

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

FORMS = {form.title: form for form in forms()}
ARGUMENTS = {"mvenv why --json": ["low"]}


def check(title: str, document: Any) -> None:
    """Fail where a document is not of the form.

    What JSON Schema of 2020 calls `prefixItems` is `items` in the drafts that the library knows.
    """
    text = json.dumps(FORMS[title].schema).replace('"prefixItems"', '"items"')
    fastjsonschema.validate(json.loads(text), document)


@pytest.mark.parametrize("title", [form.title for form in forms() if form.is_printed])
def test_what_a_command_prints(conflict: ProjectFolder, title: str) -> None:
    command = [*title.split()[1:], *ARGUMENTS.get(title, [])]
    check(title, json.loads(conflict.mvenv(*command).out))


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("mvenv.json", "../../mvenv.json"),
        ("versioned_packages.json", "versioned_packages.json"),
        ("default_dependencies_versions.json", "default_dependencies_versions.json"),
        ("custom_dependencies_versions.json", "custom_dependencies_versions.json"),
        ("import_map.json", "site-packages/runtime_shim/import_map.json"),
    ],
)
def test_a_file(conflict: ProjectFolder, title: str, place: str) -> None:
    check(title, conflict.read_json(place))


def test_the_lock(conflict: ProjectFolder) -> None:
    check("mvenv.lock", tomllib.loads((conflict.root / "mvenv.lock").read_text("utf-8")))


def test_another_form_is_refused(conflict: ProjectFolder) -> None:
    document = json.loads(conflict.mvenv("list", "--json").out)
    document["distributions"][0]["copies"][0]["size"] = "large"
    with pytest.raises(fastjsonschema.JsonSchemaValueException, match="size"):
        check("mvenv list --json", document)
