from __future__ import annotations

import tomllib

import pytest

from orchestrator.editing.constraints import add_bounds, constrain, unconstrain
from orchestrator.errors import ConfigError

PROJECT = '[project]\nname = "p"\nversion = "1"\ndependencies = ["dep-b"]\n'
KNOWN = PROJECT + (
    "\n[tool.mvenv.constraints]\n# measured in March\nDep_B = [\n"
    '  "numpy<1.25",  # ABI\n  "+setuptools<81",\n]\n'
)


def constraints(text: str) -> object:
    return tomllib.loads(text)["tool"]["mvenv"].get("constraints")


def test_the_first() -> None:
    edited = constrain(PROJECT, "dep-b", ["numpy<2", "+setuptools"])
    assert constraints(edited.text) == {"dep-b": ["numpy<2", "+setuptools"]}
    assert edited.said == (
        "Added `numpy<2` to tool.mvenv.constraints.dep-b",
        "Added `+setuptools` to tool.mvenv.constraints.dep-b",
    )
    assert constrain(edited.text, "dep-b", ["numpy<2"]).text == edited.text


def test_one_of_the_same_distribution_is_replaced() -> None:
    """Under the name as it is written; what is required as well is something else."""
    edited = constrain(KNOWN, "dep-b", ["NumPy<2", "setuptools<80"])
    assert constraints(edited.text) == {"Dep_B": ["NumPy<2", "+setuptools<81", "setuptools<80"]}
    assert '  "NumPy<2",  # ABI\n' in edited.text
    assert "# measured in March" in edited.text
    assert edited.said[0] == "Replaced `numpy<1.25` by `NumPy<2` in tool.mvenv.constraints.Dep_B"


@pytest.mark.parametrize("bounds", [[], ["numpy", "setuptools"], ["numpy<1.25", "+setuptools<81"]])
def test_all_are_removed(bounds: list[str]) -> None:
    edited = unconstrain(KNOWN, "dep-b", bounds)
    assert len(edited.said) == 2
    assert tomllib.loads(edited.text).get("tool", {}).get("mvenv", {}).get("constraints", {}) in (
        {},
        {"Dep_B": []},
    )


def test_one_is_removed() -> None:
    assert constraints(unconstrain(KNOWN, "dep-b", ["numpy"]).text) == {"Dep_B": ["+setuptools<81"]}


def test_what_is_not_there() -> None:
    with pytest.raises(ConfigError) as caught:
        unconstrain(KNOWN, "dep-c", [])
    assert "`dep-c` has no constraints" in str(caught.value)
    assert "`Dep_B`" in str(caught.value)
    with pytest.raises(ConfigError, match="`nunpy` is not in"):
        unconstrain(KNOWN, "dep-b", ["nunpy"])
    with pytest.raises(ConfigError, match="must be a list of strings"):
        constrain(PROJECT + "[tool.mvenv.constraints]\ndep-b = 1\n", "dep-b", ["a<1"])


@pytest.mark.parametrize(
    ("written", "found", "joined"),
    [
        ("numpy!=1.26.4", "numpy<2", "numpy!=1.26.4,<2"),
        ("numpy >=1.20, !=1.25", "numpy<2", "numpy>=1.20,!=1.25,<2"),
        ("+setuptools", "+setuptools<81", "+setuptools<81"),
        ("numpy<2", "numpy<2", "numpy<2"),
        ("NumPy[x]>=1", "numpy<2", "NumPy[x]>=1,<2"),
        ("low<1", "numpy<2", None),
    ],
)
def test_what_is_found_joins_what_is_written(written: str, found: str, joined: str | None) -> None:
    text = f'[tool.mvenv.constraints]\nPandas = ["{written}"]  # mine\n'
    edited = tomllib.loads(add_bounds(text, {"pandas": [found]}).text)["tool"]["mvenv"]["constraints"]
    assert edited == {"Pandas": [joined] if joined else [written, found]}
