"""Poetry's version constraints in PEP 440; the pairs of its documentation, "Dependency specification"."""

from __future__ import annotations

import pytest

from orchestrator.beginning.poetry_versions import hull, specifier


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("^1.2.3", ">=1.2.3,<2.0"),
        ("^1.2", ">=1.2,<2.0"),
        ("^1", ">=1,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^0", ">=0,<1"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1.2", ">=1.2,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        ("*", ""),
        ("1.*", "==1.*"),
        ("1.2.3", "==1.2.3"),
        ("==1.2.3", "==1.2.3"),
        ("= 1.2.3", "==1.2.3"),
        (">= 1.2, < 1.5", ">=1.2,<1.5"),
        (">=1.2 <1.5", ">=1.2,<1.5"),
        (">=1,!=1.3", ">=1,!=1.3"),
        ("^v1.2", ">=1.2,<2.0"),
        ("^1.0 || *", ""),
    ],
)
def test_one_constraint(written: str, meant: str) -> None:
    found = specifier(written)
    assert (found.text, found.dropped) == (meant, ())


def test_of_alternatives_the_newest() -> None:
    found = specifier("^3.0 || ^2.5|1.0")
    assert (found.text, found.dropped) == (">=3.0,<4.0", ("^2.5", "1.0"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("^3.11", ">=3.11,<4.0"),
        ("~2.7 || ^3.6", ">=2.7,<4.0"),
        ("^3.9 || ~3.7", ">=3.7,<4.0"),
        ("3.11.* || 3.12.*", ">=3.11"),
        (">=3.9", ">=3.9"),
        ("*", ""),
    ],
)
def test_of_pythons_all_alternatives(written: str, meant: str) -> None:
    assert hull(written) == meant


@pytest.mark.parametrize("written", ["", "^x", "^", "=>1", ">=one", "1 @ 2"])
def test_what_is_none(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        specifier(written)
