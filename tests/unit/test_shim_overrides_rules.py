from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime_shim.overrides.rules import (
    LONGEST_CHAIN,
    OverridesError,
    Rule,
    follow,
    rules,
    show,
    wanted,
)

DOCUMENT = {
    "A": {
        "1.1.1": {
            "B": {"2.2.2": {"C": {"3.3.3": {}}}},
            "D": {"0.1.0": {"C": {"4.4.4": {}}}},
        }
    },
    "B": {"2.2.2": {"C": {"4.4.4": {}}}},
}
A, B, D = ("A", "1.1.1"), ("B", "2.2.2"), ("D", "0.1.0")


def refusal(data: Any) -> str:
    with pytest.raises(OverridesError) as caught:
        rules(data)
    return str(caught.value)


def test_the_flat_form() -> None:
    assert rules({"A": {"2.2.2": {"C": "1.1.1"}}}) == (Rule((("a", "2.2.2"),), "c", "1.1.1"),)


def test_a_string_is_an_object_of_one_version() -> None:
    assert rules({"A": {"2.2.2": {"C": "1.1.1"}}}) == rules({"A": {"2.2.2": {"C": {"1.1.1": {}}}}})


def test_the_rules_of_the_nested_form() -> None:
    assert [str(rule) for rule in rules(DOCUMENT)] == [
        "a 1.1.1 → b 2.2.2",
        "a 1.1.1 → d 0.1.0",
        "a 1.1.1 → b 2.2.2 → c 3.3.3",
        "a 1.1.1 → d 0.1.0 → c 4.4.4",
        "b 2.2.2 → c 4.4.4",
    ]


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ([A], {"b": "2.2.2", "d": "0.1.0"}),
        ([A, B], {"c": "3.3.3"}),
        ([A, D], {"c": "4.4.4"}),
        ([B], {"c": "4.4.4"}),
        ([("project", "1"), B], {"c": "4.4.4"}),
        ([D], {}),
        ([("A", "2.0"), B], {"c": "4.4.4"}),
        ([A, ("E", "1"), B], {"c": "4.4.4"}),
        ([("project", "1"), A, B], {"c": "3.3.3"}),
        ([], {}),
    ],
)
def test_the_two_branches_of_the_documents(chain: list[tuple[str, str]], expected: dict[str, str]) -> None:
    """C 3.3.3 under A→B, C 4.4.4 under A→D, and C 4.4.4 for B when B is used directly."""
    assert wanted(rules(DOCUMENT), chain) == expected


def test_the_longest_branch_wins_whatever_the_order() -> None:
    data = {
        "B": {"1": {"C": "1"}},
        "Z": {"1": {"A": {"1": {"B": {"1": {"C": "3"}}}}}},
        "A": {"1": {"B": {"1": {"C": "2"}}}},
    }
    for one in (data, dict(reversed(data.items()))):
        assert wanted(rules(one), [("b", "1")]) == {"c": "1"}
        assert wanted(rules(one), [("a", "1"), ("b", "1")]) == {"c": "2"}
        assert wanted(rules(one), [("z", "1"), ("a", "1"), ("b", "1")]) == {"c": "3"}


def test_spelling_does_not_matter() -> None:
    found = rules({"Dep.A": {"1.0": {"dep_C": "2.0RC1"}}, "dep-a": {"1": {"Dep-C": "2.0.0rc1", "D": "1"}}})
    assert [str(rule) for rule in found] == ["dep-a 1.0 → dep-c 2.0RC1", "dep-a 1.0 → d 1"]
    assert wanted(found, [("DEP_A", "1.0.0")]) == {"dep-c": "2.0RC1", "d": "1"}


def test_several_versions_at_the_root_are_several_conditions() -> None:
    found = rules({"A": {"1": {"C": "1"}, "2": {"C": "2"}}})
    assert wanted(found, [("a", "1")]) == {"c": "1"}
    assert wanted(found, [("a", "2")]) == {"c": "2"}
    assert wanted(found, [("a", "3")]) == {}


@pytest.mark.parametrize("data", [{}, {"A": {"1": {}}}, {"A": {"1": {}, "2": {}}}])
def test_conditions_alone_say_nothing(data: dict[str, Any]) -> None:
    assert rules(data) == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"A": {"1": {"B": {"1": {}, "2": {}}}}}, '"A"."1"."B": a 1 cannot use both b 1 and 2'),
        (
            {"A": {"1": {"B": "1"}}, "a": {"1.0": {"b": "2"}}},
            '"A"."1"."B" and "a"."1.0"."b": a 1 cannot use both b 1 and 2',
        ),
        (
            {"A": {"1": {"B": {"1": {"C": "1"}}, "b": {"1.0": {"C": "2"}}}}},
            '"A"."1"."B"."1"."C" and "A"."1"."b"."1.0"."C": a 1 → b 1 cannot use both c 1 and 2',
        ),
        ({"A": "1"}, '"A": does not say what this version uses'),
        ({"A": {"1": "B"}}, '"A"."1": must be an object {dependency: version}'),
        ({"A": {"1": {"B": {}}}}, '"A"."1"."B": names no version'),
        ({"A": {"1": {"B": 2}}}, '"A"."1"."B": must be an object or a string'),
        ({"A": {"1": {"B": "latest"}}}, '"A"."1"."B": `latest` is not a version'),
        ({"A": {"*": {"B": "1"}}}, '"A"."*": `*` is not a version'),
        ({"A": {"1": {"B": {">=2": {}}}}}, '"A"."1"."B".">=2": `>=2` is not a version'),
        ({"A[x]": {"1": {"B": "1"}}}, '"A[x]": `A[x]` is not the name of a distribution'),
        ({"": {}}, '"": `` is not the name of a distribution'),
        ([], "must be an object {dependency: version}"),
    ],
)
def test_what_makes_no_sense(data: Any, said: str) -> None:
    assert refusal(data) == said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"A": {"1.0": {"B": "2.0"}}, "B": {"2": {"A": "1.0.0"}}},
            '"B"."2"."A": the overrides form a cycle: a 1.0 → b 2.0 → a 1.0',
        ),
        (
            {"A": {"1": {"B": {"1": {"C": {"1": {"B": "1.0"}}}}}}},
            '"A"."1"."B"."1"."C"."1"."B": the overrides form a cycle: b 1 → c 1 → b 1',
        ),
        (
            {"X": {"1": {"A": "1"}}, "A": {"1": {"B": "1"}}, "B": {"1": {"C": "1"}}, "C": {"1": {"A": "1"}}},
            '"C"."1"."A": the overrides form a cycle: a 1 → b 1 → c 1 → a 1',
        ),
        ({"A": {"1": {"a": "2"}}}, '"A"."1"."a": a distribution cannot use itself: a 1 → a 2'),
        ({"A": {"1": {"A": "1"}}}, '"A"."1"."A": a distribution cannot use itself: a 1 → a 1'),
    ],
)
def test_cycles(data: dict[str, Any], said: str) -> None:
    assert refusal(data) == said


def test_other_versions_make_no_cycle() -> None:
    assert len(rules({"A": {"1": {"B": "1"}}, "B": {"1": {"A": "2"}}})) == 2
    assert len(rules({"A": {"1": {"B": "1", "C": "1"}}, "B": {"1": {"D": "1"}}, "C": {"1": {"D": "1"}}})) == 4


def nested(depth: int) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for number in range(depth):
        data = {f"n{number}": {"1": data}}
    return data


def test_depth_has_a_limit() -> None:
    assert len(rules(nested(LONGEST_CHAIN))) == LONGEST_CHAIN - 1
    assert f"a chain of more than {LONGEST_CHAIN} distributions" in refusal(nested(5000))


releases = st.tuples(st.sampled_from("abcd"), st.sampled_from("12"))
chains = st.lists(releases, max_size=6)


@st.composite
def some_rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    paths = draw(st.lists(st.lists(releases, min_size=1, max_size=3), max_size=6))
    found = [Rule(tuple(path), draw(st.sampled_from("xy")), str(number)) for number, path in enumerate(paths)]
    return tuple({rule.choice: rule for rule in found}.values())


@settings(max_examples=200)
@given(some_rules(), chains)
def test_a_context_keeps_what_matters(found: tuple[Rule, ...], chain: list[tuple[str, str]]) -> None:
    """Following a chain release by release gives a context that every rule treats like the whole chain."""
    context: tuple[tuple[str, str], ...] = ()
    for release in chain:
        context = follow(found, context, release)
    assert wanted(found, context) == wanted(found, chain)
    assert tuple(chain)[len(chain) - len(context) :] == context


@settings(max_examples=200)
@given(some_rules(), chains)
def test_the_longest_fitting_path_decides(found: tuple[Rule, ...], chain: list[tuple[str, str]]) -> None:
    answer = wanted(found, chain)
    for dependency in "xy":
        fitting = [
            rule
            for rule in found
            if rule.dependency == dependency
            and tuple(chain)[max(0, len(chain) - len(rule.path)) :] == rule.path
        ]
        longest = max(fitting, key=lambda rule: len(rule.path), default=None)
        assert answer.get(dependency) == (longest and longest.version)


def test_show() -> None:
    assert show([("a", "1.0"), ("b", "2")]) == "a 1.0 → b 2"
