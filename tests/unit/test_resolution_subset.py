"""What some requirements reach of the groups of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.config.model import DirectRequirement
from orchestrator.resolution.outcome import (
    ConflictMember,
    Groups,
    Part,
    ResolvedConflict,
    ResolvedGroup,
    Setback,
)
from orchestrator.resolution.subset import Subsets, subset
from tests.unit.plan_values import conflict, group, resolved

if TYPE_CHECKING:
    import pytest

PROJECT = ("project",)
DEV = ("group:dev",)


def wanted(text: str, *sections: str, additions: tuple[str, ...] = (), alias: str = "") -> DirectRequirement:
    return DirectRequirement(text, text.partition("=")[0], "", (), additions, alias, sections or PROJECT)


def found(*groups: ResolvedGroup, conflicts: tuple[ResolvedConflict, ...] = ()) -> Groups:
    return Groups(groups, conflicts, len(groups), proved=True)


def pins(groups: Groups) -> list[str]:
    return [
        " ".join(f"{name}=={pin.version}" for name, pin in each.resolution.pins.items())
        for each in groups.groups
    ]


A = group("a tool", resolved("a==1 low==1 tool==1 more==1", a="low", tool="low more", low="", more=""))
B = group("b", resolved("b==1 low==2", b="low"))


def test_all_of_it_is_what_it_was() -> None:
    whole = found(A, B)
    assert subset(whole, [wanted("a"), wanted("tool", *DEV), wanted("b")], {*PROJECT, *DEV}) is whole


def test_what_nobody_needs_is_left_out() -> None:
    some = subset(found(A, B), [wanted("a"), wanted("b")], PROJECT)
    assert pins(some) == ["a==1 low==1", "b==1 low==2"]
    assert some.groups[0].requirements == some.groups[0].direct == ("a",)
    assert some.groups[0].resolution.requires == {"a": frozenset(["low"]), "low": frozenset()}
    assert some.groups[0].resolution.roots == {"a"}


def test_a_group_of_which_nothing_is_needed_goes() -> None:
    some = subset(found(A, B), [wanted("b")], PROJECT)
    assert pins(some) == ["b==1 low==2"]
    assert (some.lower_bound, some.proved, some.conflicts) == (1, True, ())
    assert subset(found(A, B), [], ()).groups == ()
    assert subset(found(A, B), [], ()).proved


def test_additions_are_needed() -> None:
    some = subset(found(A, B), [wanted("a", additions=("more>=1",))], PROJECT)
    assert pins(some) == ["a==1 low==1 more==1"]


def test_an_alias_is_chosen_by_its_name() -> None:
    side = replace(group("c", resolved("c==1 low==3")), aliases={"old": "low==3"})
    whole = found(A, side)
    some = subset(whole, [wanted("low==3", alias="old")], PROJECT)
    assert pins(some) == ["low==3"]
    assert (some.groups[0].aliases, some.groups[0].direct) == ({"old": "low==3"}, ())
    assert subset(whole, [wanted("c")], PROJECT).groups[0].aliases == {}


TORN = (
    group("first", resolved("first==1")),
    replace(
        group("big far", resolved("big==1 far==1 low==1", big="low", far="big")),
        redirects={"big": {"odd": 2}, "far": {"x": 0}},
    ),
    ResolvedGroup(
        (),
        (),
        resolved("odd==3 low==2 side==1", odd="low"),
        parts=(Part("odd>=2", "odd", ("big", "1")), Part("side", "side", ("gone", "1"))),
    ),
)


def test_what_is_found_in_another_group_comes_along() -> None:
    some = subset(found(*TORN), [wanted("big")], PROJECT)
    assert pins(some) == ["big==1 low==1", "low==2 odd==3"]
    assert some.groups[0].redirects == {"big": {"odd": 1}}
    assert some.groups[1].parts == TORN[2].parts[:1]
    assert some.groups[1].resolution.roots == {"odd"}
    assert pins(subset(found(*TORN), [wanted("first")], PROJECT)) == ["first==1"]


def test_an_extra_that_somebody_else_asks_for() -> None:
    """Edges do not tell for whose sake they are; what uv has said of a section does."""
    both = replace(
        group("black black[d]", resolved("black==1 click==1 aio==1 yarl==1", black="click aio", aio="yarl")),
        direct=("black", "black"),
        reaches={"project": frozenset(["black", "click"])},
    )
    other = group("z", resolved("z==1"))
    plain, with_extra = wanted("black"), wanted("black[d]", *DEV)
    with_extra = replace(with_extra, name="black")
    chosen = subset(found(both, other), [plain], PROJECT)
    assert pins(chosen) == ["black==1 click==1"]
    assert chosen.groups[0].reaches == {}
    assert pins(subset(found(both, other), [with_extra], DEV)) == ["aio==1 black==1 click==1 yarl==1"]
    assert pins(subset(found(both, other), [plain, with_extra], {*PROJECT, *DEV})) == [
        "aio==1 black==1 click==1 yarl==1"
    ]


def test_what_two_sections_ask_for_is_reached_by_either() -> None:
    both = [wanted("a", "project", "group:dev")]
    assert pins(subset(found(A, B), both, DEV)) == pins(subset(found(A, B), both, PROJECT)) == ["a==1 low==1"]


C = group("c", resolved("c==1"))


def test_what_the_remaining_conflicts_prove() -> None:
    conflicts = (conflict("a", "b"), conflict("a", "c"), conflict("b", "c"), conflict("a", "tool", "b"))
    three = found(A, B, C, conflicts=conflicts)
    two = subset(three, [wanted("a"), wanted("b")], PROJECT)
    assert (two.lower_bound, two.proved, two.conflicts) == (2, True, conflicts[:1])
    # Apart from the third only: that they are apart is nothing that these two prove.
    apart = found(A, B, C, conflicts=conflicts[1:3])
    unproved = subset(apart, [wanted("a"), wanted("b")], PROJECT)
    assert (unproved.lower_bound, unproved.proved) == (1, False)


def test_groups_that_nothing_keeps_apart_any_more_are_one() -> None:
    agreeing = group("c both", resolved("c==1 low==1 more==1 both==1", c="low", low="more"))
    whole = found(A, agreeing, B, conflicts=(conflict("tool", "both"),))
    chosen = [wanted("a"), wanted("c")]
    some = subset(whole, chosen, PROJECT)
    assert pins(some) == ["a==1 c==1 low==1 more==1"]
    assert some.groups[0].requirements == some.groups[0].direct == ("a", "c")
    assert some.groups[0].resolution.requires["low"] == {"more"}
    assert (some.lower_bound, some.proved) == (1, True)
    # Not so with distributions that install the same modules, or where a conflict is left.
    assert len(subset(whole, chosen, PROJECT, [frozenset(["a", "c"])]).groups) == 2
    assert len(subset(whole, chosen, PROJECT, [frozenset(["c", "low"])]).groups) == 1
    assert len(subset(replace(whole, conflicts=(conflict("a", "c"),)), chosen, PROJECT).groups) == 2


def test_conflicts_of_parts_and_of_what_stays_together() -> None:
    part = conflict("first", ConflictMember("odd>=2", ("big", "1")))
    pair = conflict("first", ("big", "far"))
    whole = found(*TORN, conflicts=(part, pair))
    assert subset(whole, [wanted("first"), wanted("big")], PROJECT).conflicts == (part,)
    assert subset(whole, [wanted("far"), wanted("big")], PROJECT).conflicts == ()


def test_setbacks_of_what_is_there() -> None:
    setbacks = (Setback("a", "1", "2"), Setback("tool", "1", "2"))
    assert subset(replace(found(A, B), setbacks=setbacks), [wanted("a")], PROJECT).setbacks == setbacks[:1]


def test_each_part_is_coloured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def counted(conflicts: object, deadline: object) -> int:
        asked.append(deadline)
        return 1

    monkeypatch.setattr("orchestrator.resolution.subset.fewest_colours", counted)
    low = group("c low", resolved("c==1 low==1", c="low"))
    whole, subsets, chosen = found(A, low), Subsets(), [wanted("a"), wanted("c")]
    first = subsets.of(whole, chosen, PROJECT, (), None)
    assert first == subset(whole, chosen, PROJECT)
    assert pins(first) == ["a==1 c==1 low==1"]
    clash = frozenset({"a", "c"})
    assert subsets.of(whole, chosen, PROJECT, {clash}, None) == subset(whole, chosen, PROJECT, {clash})
    assert len(subsets.of(whole, chosen, PROJECT, {clash}, None).groups) == 2
    assert len(asked) == 3  # once, and each time that it is asked without memory
    subsets.of(whole, chosen[:1], PROJECT, (), None)
    assert len(asked) == 4
