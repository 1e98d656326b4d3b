"""C functions that import, called directly from everywhere: the contexts of `contexts`, as in plain venvs.

The functions themselves are handed over, so no frame of their environment stands below them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.shim.contexts import FOR_FUNCTIONS, of_functions
from tests.shim.extensions import MODULES
from tests.shim.world import PACKAGES

if TYPE_CHECKING:
    from tests.shim.world import World

IMPORTING = ("import_module", "import_level", "import_from", "import_object", "import_builtin")
LOOKING = ("get_module", "get_item")

# The other contexts make functions from their source.

FUNCTIONS = f"""
import functools, importlib

for module in {MODULES!r}:
    extension = importlib.import_module(module)
    for name in {IMPORTING!r}:
        WAYS[module + " " + name] = functools.partial(getattr(extension, name), "lib.late")
    for name in {LOOKING!r}:
        WAYS[module + " " + name] = functools.partial(getattr(extension, name), module)
"""


@pytest.fixture(scope="module")
def table(compiled: World) -> tuple[Any, Any]:
    """Package → context → function → the modules found, in the project and in plain venvs."""
    return of_functions(compiled, FUNCTIONS)


@pytest.mark.parametrize("context", FOR_FUNCTIONS)
def test_functions_in_c(table: tuple[Any, Any], context: str) -> None:
    """[C, from everywhere] In each context a C function imports and finds its own environment's modules."""
    project, plain = table
    found, expected = ([one[package][context] for package in PACKAGES] for one in (project, plain))
    assert len(expected[0]) == len(MODULES) * (len(IMPORTING) + len(LOOKING))
    assert all(expected[0][way] != expected[1][way] for way in expected[0])
    wrong = {
        way: {"found": one[way], "plain": other[way]}
        for one, other in zip(found, expected, strict=True)
        for way in other
        if one[way] != other[way]
    }
    assert not wrong, json.dumps(wrong, indent=1)
