from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from orchestrator.resolution.items import Item
from orchestrator.resolution.singletons import NoSingleVersionError, common_version
from orchestrator.uv.failure import Kind
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal
from tests.unit.plan_values import resolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.resolution.resolver import Resolver


class Shelf:
    """A resolver of items that take certain versions of `low`: `"a": {1, 2}`; none at all do without it."""

    def __init__(self, takes: Mapping[str, set[int]], bound: str = "low") -> None:
        self._takes = takes
        self._bound = Requirement(bound).specifier

    def constrained(self, constraints: Sequence[str]) -> Shelf:
        [bound] = constraints
        return Shelf(self._takes, bound)

    def resolve_many(self, questions: Sequence[tuple[Sequence[Demand], Any]]) -> list[Any]:
        return [self._answer(members[0].name) for members, _ in questions]

    def _answer(self, name: str) -> Any:
        if not self._takes[name]:
            return resolved(f"{name}==1")
        versions = [version for version in self._takes[name] if str(version) in self._bound]
        if not versions:
            return Refusal("", Kind.UNSATISFIABLE)
        return resolved(f"{name}==1 low=={max(versions)}", **{name: "low"})


def common(**takes: set[int]) -> str | None:
    items = [Item((Demand(name, name, ()),)) for name in takes]
    return common_version("low", items, cast("Resolver", Shelf(takes)))


def test_the_newest_that_all_take() -> None:
    assert common(a={1, 2, 3}, b={1, 2}, c=set()) == "2"
    assert common(a={1, 3}, b={1, 2}) == "1"


def test_nobody_needs_it() -> None:
    assert common(a=set()) is None


def test_there_is_none() -> None:
    with pytest.raises(NoSingleVersionError) as caught:
        common(a={1}, b={2})
    assert {caught.value.one.demands[0].name, caught.value.other.demands[0].name} == {"a", "b"}


@given(st.dictionaries(st.sampled_from("abcd"), st.sets(st.integers(1, 6), min_size=1), min_size=1))
def test_it_is_the_newest_in_the_intersection(takes: dict[str, set[int]]) -> None:
    shared = set.intersection(*takes.values())
    if shared:
        assert common(**takes) == str(max(shared))
    else:
        with pytest.raises(NoSingleVersionError):
            common(**takes)
