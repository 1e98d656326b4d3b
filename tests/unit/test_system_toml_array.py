"""An array that is made at once reads as one that was made entry by entry."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.system.toml_array import toml_array

TEXTS = st.text(st.characters(codec="utf-8"))
VALUES = st.lists(TEXTS | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.lists(TEXTS, max_size=3))


@pytest.mark.parametrize("multiline", [False, True])
@given(values=VALUES)
def test_it_reads_the_same(values: list[Any], multiline: bool) -> None:
    """Whatever characters are in it, in one line or in many."""
    document = tomlkit.document()
    document["values"] = toml_array(values).multiline(multiline)
    assert tomllib.loads(tomlkit.dumps(document)) == {"values": values}


def test_a_line_for_each_entry() -> None:
    """As files are written that people compare."""
    values = ["a==1", 'b; os_name == "nt"', 'it\'s "quoted"']
    lines = toml_array(values).multiline(multiline=True).as_string().splitlines()
    assert lines == ["[", *(f"    {tomlkit.string(each).as_string()}," for each in values), "]"]


@pytest.mark.timeout(20)
def test_many_entries() -> None:
    """Entry by entry it would be minutes."""
    values = list(map(str, range(30_000)))
    assert tomllib.loads(f"values = {toml_array(values).as_string()}") == {"values": values}
