from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.resolution.contexts import overridden_versions
from orchestrator.uv.model import Demand
from runtime_shim.overrides.rules import rules, wanted
from tests.unit.plan_values import resolved

PROJECT = ("my-app", "1.0")


def asked(*names: str, chain: tuple[tuple[str, str], ...] = (PROJECT,)) -> list[Demand]:
    return [Demand(name, name, chain) for name in names]


def found(data: dict[str, Any], resolution: Any, members: list[Demand]) -> dict[str, list[dict[str, str]]]:
    told = overridden_versions(resolution, members, rules(data))
    return {name: [dict(version) for version in versions] for (name, _), versions in told.items()}


def test_a_flat_rule_holds_whoever_imports() -> None:
    resolution = resolved("a==2 b==1 c==1", a="c", b="a")
    assert found({"a": {"2": {"c": "1"}}}, resolution, asked("a", "b")) == {"a": [{"c": "1"}]}
    assert found({"a": {"3": {"c": "1"}}}, resolution, asked("a", "b")) == {}


def test_the_documents_two_branches() -> None:
    data = {
        "a": {"1.1.1": {"b": {"2.2.2": {"c": "3.3.3"}}, "d": {"0.1.0": {"c": "4.4.4"}}}},
        "b": {"2.2.2": {"c": "4.4.4"}},
    }
    below = {"b": "c", "d": "c"}
    through_a = found(data, resolved("a==1.1.1 b==2.2.2 c==3.3.3 d==0.1.0", a="b d", **below), asked("a"))
    assert through_a == {"a": [{"b": "2.2.2", "d": "0.1.0"}], "b": [{"c": "3.3.3"}], "d": [{"c": "4.4.4"}]}
    directly = found(data, resolved("b==2.2.2 c==4.4.4 d==0.1.0", **below), asked("b", "d"))
    assert directly == {"b": [{"c": "4.4.4"}]}


def test_two_chains_to_one_release_are_told_apart() -> None:
    data = {"a": {"1": {"b": {"1": {"c": "3"}}}}}
    resolution = resolved("a==1 b==1 c==3", a="b", b="c")
    assert found(data, resolution, asked("a"))["b"] == [{"c": "3"}]
    assert sorted(map(len, found(data, resolution, asked("a", "b"))["b"])) == [0, 1]


def test_the_chain_of_a_split_distribution_goes_on() -> None:
    data = {"a": {"1": {"b": {"1": {"c": "3"}}}}}
    members = asked("b", chain=(PROJECT, ("a", "1")))
    assert found(data, resolved("b==1 c==3", b="c"), members) == {"b": [{"c": "3"}]}


def test_the_project_begins_every_chain() -> None:
    data = {"my-app": {"1.0": {"a": {"1": {"c": "3"}}}}}
    resolution = resolved("a==1 b==1 c==3", a="c", b="a")
    assert found(data, resolution, asked("a"))["a"] == [{"c": "3"}]
    assert "a" not in found(data, resolution, asked("b"))


def test_circles_end() -> None:
    resolution = resolved("a==1 b==1", a="b", b="a")
    assert found({"b": {"1": {"a": "1"}}}, resolution, asked("a")) == {"b": [{"a": "1"}]}


NAMES = "abcd"
LEAVES = st.dictionaries(st.sampled_from(NAMES), st.just("1"), max_size=2)


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, str]:
    """Return who requires whom: only later letters."""
    return {
        name: " ".join(draw(st.sets(st.sampled_from(NAMES[number + 1 :] or "d"))) - {name})
        for number, name in enumerate(NAMES)
    }


@given(acyclic(), st.lists(st.text(NAMES, min_size=2, max_size=3), max_size=4))
def test_every_chain_is_seen(requires: dict[str, str], branches: list[str]) -> None:
    """The demands are those of all chains, walked one by one."""
    data: dict[str, Any] = {}
    for branch in branches:
        if list(branch) != sorted(set(branch)):
            continue
        place = data
        for name in branch:
            place = place.setdefault(name, {}).setdefault("1", {})
    told = rules(data)
    resolution = resolved(" ".join(f"{name}==1" for name in NAMES), **requires)
    expected: dict[str, set[tuple[tuple[str, str], ...]]] = {}
    waiting: list[tuple[tuple[tuple[str, str], ...], str]] = [((PROJECT,), name) for name in "ab"]
    while waiting:
        above, name = waiting.pop()
        chain = (*above, (name, "1"))
        expected.setdefault(name, set()).add(tuple(sorted(wanted(told, chain).items())))
        waiting += [(chain, other) for other in requires[name].split()]
    seen = {
        name: {tuple(sorted(version.items())) for version in versions}
        for (name, _), versions in overridden_versions(resolution, asked("a", "b"), told).items()
    }
    assert seen == {name: versions for name, versions in expected.items() if any(versions)}
