"""Whether a project is one to install, and what makes it another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.config.package import read_package

if TYPE_CHECKING:
    from orchestrator.config.faults import Fault

PROJECT: dict[str, Any] = {"project": {"name": "x"}, "build-system": {"requires": []}}


def package(data: dict[str, Any]) -> str:
    faults: list[Fault] = []
    found = read_package(data, faults)
    assert not faults
    return found


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        ({"project": {}}, False),
        (PROJECT, True),
        ({**PROJECT, "tool": {"uv": {"package": False}}}, False),
        ({"project": {}, "tool": {"uv": {"package": True}}}, True),
        ({**PROJECT, "tool": {"uv": {}}}, True),
        ({**PROJECT, "tool": {"poetry": {"package-mode": False}}}, False),
        ({**PROJECT, "tool": {"poetry": {"packages": []}}}, True),
    ],
)
def test_uvs_rule(data: dict[str, Any], is_one: bool) -> None:
    assert bool(package(data)) is is_one


@pytest.mark.parametrize(
    ("other", "is_another"),
    [
        ({"tool": {"ruff": {"line-length": 99}}}, False),
        ({"tool": {"mvenv": {"isolate": ["x"]}}}, False),
        ({"dependency-groups": {"dev": ["x"]}}, False),
        ({"tool": {"hatch": {"version": "1"}}}, True),
        ({"project": {"name": "x", "dependencies": ["y"]}}, True),
        ({"build-system": {"requires": ["hatchling"]}}, True),
    ],
)
def test_what_makes_it_another(other: dict[str, Any], is_another: bool) -> None:
    assert (package({**PROJECT, **other}) != package(PROJECT)) is is_another


@pytest.mark.parametrize("value", [3, "yes", []])
def test_no_truth_value(value: object) -> None:
    faults: list[Fault] = []
    assert read_package({**PROJECT, "tool": {"uv": {"package": value}}}, faults) == ""
    assert [fault.key for fault in faults] == [("tool", "uv", "package")]
