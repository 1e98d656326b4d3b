from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.editing.overrides import override, remove
from orchestrator.errors import ConfigError

A, B, C = ("a", "2.2.2"), ("b", "1.0"), ("c", "1.1.1")


@pytest.mark.parametrize(
    ("data", "chain", "expected"),
    [
        ({}, [A, C], {"a": {"2.2.2": {"c": "1.1.1"}}}),
        ({}, [A, B, C], {"a": {"2.2.2": {"b": {"1.0": {"c": "1.1.1"}}}}}),
        (
            {"Z": {"1": {"Y": "1"}}, "A": {"2.2.2.0": {"X": "1"}}},
            [A, C],
            {"Z": {"1": {"Y": "1"}}, "A": {"2.2.2.0": {"X": "1", "c": "1.1.1"}}},
        ),
        ({"A": {"1": {"C": "1"}}}, [A, C], {"A": {"1": {"C": "1"}, "2.2.2": {"c": "1.1.1"}}}),
        ({"A": {"2.2.2": {"B": "1"}}}, [A, B, C], {"A": {"2.2.2": {"B": {"1": {"c": "1.1.1"}}}}}),
        ({"A": {"2.2.2": {"C": {"1.1.1": {}}}}}, [A, C], {"A": {"2.2.2": {"C": "1.1.1"}}}),
    ],
)
def test_override(data: dict[str, Any], chain: list[Any], expected: dict[str, Any]) -> None:
    """Spelling and order stay; JSON equality would not see the order, so the texts are compared."""
    edited = override(data, tuple(chain))
    assert edited.text == json.dumps(expected, indent=2) + "\n"


def test_another_version_is_replaced_and_said() -> None:
    data = {"A": {"2.2.2": {"C": "3", "B": {"7": {"C": "1"}}}}}
    assert override(data, (A, C)).said == ("a 2.2.2 → c 1.1.1 (instead of c 3)",)
    edited = override(data, (A, B, C))
    assert edited.said == ("a 2.2.2 → b 1.0 → c 1.1.1 (instead of b 7)",)
    assert json.loads(edited.text) == {"A": {"2.2.2": {"C": "3", "B": {"1.0": {"c": "1.1.1"}}}}}


@pytest.mark.parametrize(
    ("data", "chain", "expected"),
    [
        ({"A": {"2.2.2": {"C": "1.1.1"}}}, [A, C], {}),
        ({"A": {"2.2.2": {"C": "1.1.1"}, "1": {"C": "1"}}}, [A, C], {"A": {"1": {"C": "1"}}}),
        ({"A": {"2.2.2": {"B": {"1": {"C": "1.1.1"}}}}}, [A, B, C], {"A": {"2.2.2": {"B": "1"}}}),
        ({"A": {"2.2.2": {"B": {"1": {"C": "1.1.1"}}}}}, [A, B], {}),
        ({"A": {"2.2.2": {"C": "1.1.1", "B": "1"}}}, [A, C], {"A": {"2.2.2": {"B": "1"}}}),
    ],
)
def test_remove(data: dict[str, Any], chain: list[Any], expected: dict[str, Any]) -> None:
    assert json.loads(remove(data, tuple(chain)).text) == expected


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        ({}, "it has no a there"),
        ({"A": {"1": {"C": "1.1.1"}}}, "it has a 1 there"),
        ({"A": {"2.2.2": {"B": "1"}}}, "it has no c there"),
        ({"A": {"2.2.2": {"C": "3"}}}, "it has c 3 there"),
    ],
)
def test_remove_what_is_not_there(data: dict[str, Any], cause: str) -> None:
    with pytest.raises(ConfigError) as caught:
        remove(data, (A, C))
    assert caught.value.message == "`custom_dependencies_versions.json` does not say a 2.2.2 → c 1.1.1"
    assert caught.value.causes == (cause,)
