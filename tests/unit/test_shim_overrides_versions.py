from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import VERSION_PATTERN, InvalidVersion, Version

from runtime_shim.overrides.versions import canonical_version, same_version


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1.0.0"),
        ("1.0", "1"),
        ("2.0.0RC1", "2.0.0rc1"),
        ("1.0c1", "1.0rc1"),
        ("1.0-preview_2", "1.0rc2"),
        ("1.0a", "1.0alpha0"),
        ("1.0-1", "1.0.post1"),
        ("1.0.rev", "1.0.post0"),
        ("v01.002", "1.2"),
        ("0!1.0", "1.0"),
        ("1.0+Ubuntu-01", "1.0+ubuntu.1"),
        (" 1.0.dev ", "1.0.dev0"),
        ("0.0", "0"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert same_version(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("1.0", "1.0.1"), ("1.0", "1.0rc1"), ("1.0", "1!1.0"), ("1.0+a", "1.0+b"), ("10", "1")]
)
def test_not_the_same(one: str, other: str) -> None:
    assert not same_version(one, other)


@pytest.mark.parametrize("text", ["", "latest", "==1.0", "1.0.*", "1..0", "1.0 beta x", "1.٣"])
def test_no_version(text: str) -> None:
    assert canonical_version(text) is None


versions = st.from_regex(rf"(?xi:\A{VERSION_PATTERN}\Z)", fullmatch=True)


@given(versions, versions)
def test_as_packaging_has_it(one: str, other: str) -> None:
    """The library that everybody else uses agrees, on what is a version and on which are the same."""
    try:
        expected = Version(one) == Version(other)
    except InvalidVersion:
        return
    assert same_version(one, other) is expected
    assert same_version(one, str(Version(one)))
