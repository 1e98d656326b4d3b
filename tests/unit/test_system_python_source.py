"""Other people's source may be anything: the reader says None, and does not die of it."""

from __future__ import annotations

import ast
import warnings

import pytest

from orchestrator.system.python_source import parsed


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = " + "(" * 5000 + "1" + ")" * 5000, id="parentheses"),
        pytest.param("x = " + "-" * 200_000 + "1", id="signs"),
        pytest.param("x = a" + ".b" * 300_000, id="attributes"),
        pytest.param("x = " + "+".join(["1"] * 30_000), id="sums"),
        pytest.param("if a:\n pass\n" + "elif a:\n pass\n" * 20_000, id="branches"),
        pytest.param("x = " + "1 if a else " * 20_000 + "1", id="choices"),
        pytest.param("x = 1\0", id="NUL"),
        pytest.param(b"\xff\xfe\0", id="no text"),
        pytest.param(b"# -*- coding: nonsense -*-\n", id="no encoding"),
        pytest.param("print 1", id="Python 2"),
    ],
)
def test_nothing_that_can_be_read(source: str | bytes) -> None:
    assert parsed(source) is None


def test_its_warnings_are_its_authors() -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert isinstance(parsed("x = '\\d'; y = 1 is 1"), ast.Module)
    assert not told
