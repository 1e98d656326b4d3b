from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from orchestrator.uv.core_metadata import Metadata, overridden, without_dependencies

if TYPE_CHECKING:
    from collections.abc import Mapping

MARKERS = {"python_version": "3.11", "sys_platform": "linux"}


def needing(*requires: str) -> Metadata:
    return Metadata("a", "2.2.2", requires)


def demanded(metadata: Metadata, *wishes: Mapping[str, str]) -> tuple[str, ...]:
    return overridden(metadata, wishes).requires


def names(metadata: Metadata, *extras: str) -> list[str]:
    return [requirement.name for requirement in metadata.dependencies(set(extras), MARKERS)]


def test_an_override_beats_what_the_release_says() -> None:
    assert demanded(needing("c>=3", "d"), {"c": "1.1.1"}) == ("d", "c==1.1.1")


def test_what_the_release_does_not_say_is_added() -> None:
    assert demanded(needing("d"), {"c": "1.1.1"}) == ("d", "c==1.1.1")


def test_extras_and_markers_of_the_dependency_stay() -> None:
    metadata = needing('C[fast,x]>=3 ; sys_platform == "linux"', "c[slow]")
    assert set(map(str, map(Requirement, demanded(metadata, {"c": "1"})))) == {
        'c[fast,x]==1; sys_platform == "linux"',
        "c[slow]==1",
    }


def test_chains_that_disagree_are_both_there() -> None:
    """So the resolver refuses, or finds a version that is both."""
    assert demanded(needing("c"), {"c": "1"}, {"c": "2"}) == ("c==1", "c==2")


def test_a_chain_without_a_demand_keeps_the_releases_own() -> None:
    assert demanded(needing("c>=3", "d"), {"c": "4"}, {}) == ("c>=3", "d", "c==4")


def test_a_requirement_that_nobody_can_read_stays() -> None:
    assert demanded(needing("c (>=>3)"), {"d": "1"}) == ("c (>=>3)", "d==1")


def test_what_uv_is_told() -> None:
    metadata = Metadata("a", "1", ("c",), ">=3.8", ("x",))
    assert metadata.table() == {
        "name": "a",
        "version": "1",
        "requires-dist": ["c"],
        "requires-python": ">=3.8",
        "provides-extra": ["x"],
    }
    assert without_dependencies(("a", "1")).table() == {"name": "a", "version": "1", "requires-dist": []}


@pytest.mark.parametrize(
    ("requires", "extras", "found"),
    [
        (["b", 'c; python_version < "3"', 'd; extra == "x"'], [], ["b"]),
        (["b", 'd; extra == "x"', 'e; extra == "y"'], ["x"], ["b", "d"]),
        (['a[x]; extra == "all"', 'd; extra == "x"'], ["all"], ["d"]),
        (['a[y]; extra == "x"', 'a[x]; extra == "y"', 'd; extra == "x"'], ["y"], ["d"]),
        (['d; extra == "x" and sys_platform == "win32"'], ["x"], []),
        (["not a requirement at all", "b"], [], ["b"]),
    ],
)
def test_dependencies(requires: list[str], extras: list[str], found: list[str]) -> None:
    assert names(needing(*requires), *extras) == found
