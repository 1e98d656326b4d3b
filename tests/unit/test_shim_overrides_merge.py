from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime_shim.overrides.merge import ContradictionError, merge
from runtime_shim.overrides.rules import OverridesError, rules

BASE = {"A": {"1": {"B": "1", "C": {"1": {"D": "1"}}}}, "B": {"2": {"C": "1"}}}


def test_only_one_has_changed() -> None:
    changed = {"A": {"1": {"B": "2"}}}
    assert merge(BASE, changed, BASE) is changed
    assert merge(BASE, BASE, changed) is changed
    same = {"A": {"1": {"B": "2"}}}
    assert merge(BASE, changed, same) is changed


def test_a_change_of_spelling_alone_is_none() -> None:
    spelled = {"a": {"1.0": {"b": {"1.0": {}}, "c": {"1": {"d": "1.0.0"}}}}, "B": {"2": {"C": "1"}}}
    changed = {"A": {"1": {"B": "2"}}}
    assert merge(BASE, spelled, changed) is changed
    assert merge(BASE, changed, spelled) is changed
    assert merge(BASE, spelled, BASE) is spelled


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            {"X": {"1": {"Y": "1"}}},
            {"Z": {"1": {"Y": "1"}}},
            {"X": {"1": {"Y": "1"}}, "Z": {"1": {"Y": "1"}}},
        ),
        ({"A": {"1": {"X": "1"}}}, {"a": {"1.0": {"Y": "1"}}}, {"A": {"1": {"X": "1", "Y": "1"}}}),
        ({"A": {"1": {"X": "1"}}}, {"a": {"2": {"X": "1"}}}, {"A": {"1": {"X": "1"}, "2": {"X": "1"}}}),
        (
            {"A": {"1": {"X": {"1": {"P": "1"}}}}},
            {"A": {"1": {"X": {"1": {"Q": "1"}}}}},
            {"A": {"1": {"X": {"1": {"P": "1", "Q": "1"}}}}},
        ),
        (
            {"A": {"1": {"X": "1"}}},
            {"A": {"1": {"X": {"1": {"Q": "1"}}}}},
            {"A": {"1": {"X": {"1": {"Q": "1"}}}}},
        ),
    ],
)
def test_both_have_added(one: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]) -> None:
    assert merge({}, one, other) == expected
    assert set(rules(merge({}, other, one))) == set(rules(expected))


def test_one_has_removed_and_the_other_added() -> None:
    removed = {"A": BASE["A"]}
    added = {**BASE, "X": {"1": {"Y": "1"}}}
    assert merge(BASE, removed, added) == {"A": BASE["A"], "X": {"1": {"Y": "1"}}}
    assert merge(BASE, added, removed) == {"A": BASE["A"], "X": {"1": {"Y": "1"}}}


@pytest.mark.parametrize(
    ("base", "one", "other", "key", "values"),
    [
        ({"C": "1"}, {"C": "2"}, {"C": "3"}, ("A", "1", "C"), ("2", "3")),
        ({}, {"C": "2"}, {"c": "3"}, ("A", "1", "C"), ("2", "3")),
        ({"C": "1"}, {}, {"C": "3"}, ("A", "1"), (None, {"C": "3"})),
        ({"C": "1", "D": "1"}, {"D": "1"}, {"C": "3", "D": "1"}, ("A", "1", "C"), (None, "3")),
        ({"C": "1", "D": "1"}, {"D": "1", "C": "3"}, {"D": "1"}, ("A", "1", "C"), ("3", None)),
        (
            {"C": "1"},
            {"C": "2"},
            {"C": {"1": {"D": "1"}}},
            ("A", "1", "C"),
            ("2", {"1": {"D": "1"}}),
        ),
    ],
)
def test_both_have_changed_the_same(
    base: dict[str, Any],
    one: dict[str, Any],
    other: dict[str, Any],
    key: tuple[str, ...],
    values: tuple[Any, ...],
) -> None:
    whole: list[dict[str, Any]] = [{"A": {"1": uses}} if uses else {"A": {}} for uses in (base, one, other)]
    with pytest.raises(ContradictionError) as caught:
        merge(*whole)
    assert (caught.value.key, (caught.value.one, caught.value.other)) == (key, values)


NAMES, VERSIONS = st.sampled_from("abc"), st.sampled_from(["1", "2"])
uses = st.recursive(
    st.dictionaries(NAMES, VERSIONS, max_size=2),
    lambda inner: st.dictionaries(
        NAMES, VERSIONS | st.builds(lambda version, below: {version: below}, VERSIONS, inner), max_size=2
    ),
    max_leaves=4,
)
overrides = st.dictionaries(NAMES, st.dictionaries(VERSIONS, uses, min_size=1, max_size=2), max_size=2)


def valid(data: dict[str, Any]) -> bool:
    try:
        rules(data)
    except OverridesError:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(*[overrides.filter(valid)] * 3)
def test_nothing_is_lost(base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]) -> None:
    """What either has added is in the result, what either has removed is not; or else it is an error."""
    before, first, second = ({rule: rule for rule in rules(data)} for data in (base, one, other))
    try:
        result = set(rules(merge(base, one, other)))
    except (ContradictionError, OverridesError):
        return
    assert first.keys() - before.keys() <= result
    assert second.keys() - before.keys() <= result
    kept = before.keys() & first.keys() & second.keys()
    assert kept <= result <= kept | (first.keys() - before.keys()) | (second.keys() - before.keys())


@settings(max_examples=200, deadline=None)
@given(*[overrides.filter(valid)] * 3)
def test_the_order_of_the_copies_does_not_matter(
    base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    def outcome(first: dict[str, Any], second: dict[str, Any]) -> object:
        try:
            return set(rules(merge(base, first, second)))
        except ContradictionError:
            return ContradictionError
        except OverridesError:
            return OverridesError

    assert outcome(one, other) == outcome(other, one)
