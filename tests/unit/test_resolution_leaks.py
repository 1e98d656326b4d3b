from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.resolution.leaks import Leak, defaults, find_leak
from orchestrator.resolution.outcome import Groups
from orchestrator.uv.model import Demand
from runtime_shim.overrides.rules import rules
from tests.unit.plan_values import group, resolved

if TYPE_CHECKING:
    from orchestrator.uv.model import Resolution

PROJECT = ("my-app", "1.0")
OVERRIDE = {"a": {"2": {"c": "1"}}}
BEFORE = {(name, "c"): {"4"} for name in ("a", "b", "top", "x")}


def leak(resolution: Resolution, *names: str, data: Any = OVERRIDE, split: str = "") -> Leak | None:
    members = [Demand(name, name, (PROJECT,), bare="2" if name == split else "") for name in names]
    members = [
        Demand(each.text, each.name, (PROJECT, (split, "2"))) if split and each.name != split else each
        for each in members
    ]
    return find_leak(resolution, members, rules(data), BEFORE)


def test_a_neighbour_keeps_its_version() -> None:
    found = leak(resolved("a==2 b==1 c==1", a="c", b="c"), "a", "b")
    assert found == Leak("a", "b", "c", "4")
    assert leak(resolved("a==2 c==1", a="c"), "a") is None


def test_those_above_and_below_pass_objects_to_it() -> None:
    assert leak(resolved("a==2 c==1 top==1", a="c", top="a c"), "top") is None
    assert leak(resolved("a==2 c==1 x==1", a="c x", x="c"), "a") is None
    assert leak(resolved("a==2 b==1 c==1 top==1", a="c", b="c", top="a b"), "top") == Leak("a", "b", "c", "4")


def test_what_hangs_below_a_split_distribution_is_below_it() -> None:
    assert leak(resolved("a==2 c==1 x==1", x="c"), "a", "c", "x", split="a") is None


def test_who_is_overridden_as_well_is_no_neighbour() -> None:
    both = {**OVERRIDE, "b": {"1": {"c": "1"}}}
    assert leak(resolved("a==2 b==1 c==1", a="c", b="c"), "a", "b", data=both) is None


def test_the_version_it_has_anyway_does_no_harm() -> None:
    data = {"a": {"2": {"c": "4"}}}
    assert leak(resolved("a==2 b==1 c==4", a="c", b="c"), "a", "b", data=data) is None


def test_defaults() -> None:
    one = group("a", resolved("a==2 c==4", a="c"))
    other = group("b", resolved("b==1 c==3", b="c"))
    found = Groups((one, other), (), 2, proved=True)
    assert defaults(found) == {("a", "c"): {"4"}, ("b", "c"): {"3"}}
    assert defaults(found, ["c"]) == {}
