"""Sets inside another one are found as by going through all of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.grouping.sets_within import SetsWithin, innermost

MEMBERS = st.frozensets(st.integers(0, 70), max_size=5)
SETS = st.lists(MEMBERS, max_size=12)


@given(SETS, st.lists(st.frozensets(st.integers(0, 70)) | MEMBERS, max_size=6))
def test_those_inside(sets: list[frozenset[int]], asked: list[frozenset[int]]) -> None:
    """The smallest, and of equally small ones the first; also after more have come."""
    collection = SetsWithin(sets[:6])
    for each in sets[6:]:
        collection.add(each)
    for members in (*asked, *sets):
        inside = sorted(
            (each for each in sets if each <= members), key=lambda each: (len(each), sorted(each))
        )
        assert collection.smallest(members) == next(iter(inside), None)
        assert collection.any(members) == bool(inside)


@given(SETS)
def test_innermost(sets: list[frozenset[int]]) -> None:
    """Those that hold no other, once each."""
    expected = {each for each in sets if not any(other < each for other in sets)}
    found = innermost(sets)
    assert len(found) == len(expected)
    assert set(found) == expected
    assert [len(each) for each in found] == sorted(map(len, found))
