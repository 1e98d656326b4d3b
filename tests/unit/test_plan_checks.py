from __future__ import annotations

from dataclasses import replace

from orchestrator.plan.checks import imports_to_check
from orchestrator.resolution.outcome import Part, ResolvedGroup
from tests.unit.plan_values import group, holds, known, plan_of, resolved

KNOWN = known(
    holds("torn==1", "torn"),
    holds("top==1", "top"),
    holds("low==1", "low _low"),
    holds("low==2", "low low_extra"),
    holds("far==1", "space.far"),
)


def test_what_is_asked_of_each_group() -> None:
    main = replace(
        group("top", resolved("top==1 torn==1 low==1", top="torn", torn="low")),
        redirects={"torn": {"far": 1}},
    )
    side = ResolvedGroup(
        (),
        (),
        resolved("far==1 low==2", far="low"),
        parts=(Part("far", "far", ("torn", "1")),),
        aliases={"low_new": "low==2"},
    )
    assert imports_to_check(plan_of(main, side), KNOWN) == [
        {"top": ["top"]},
        {"low_new": ["low@2", "low_extra@2"], "top": ["space@1.far"]},
    ]


def test_private_modules_and_unknown_ones_are_left_out() -> None:
    assert imports_to_check(plan_of(group("low ghost", resolved("low==1"))), KNOWN) == [{"low": ["low"]}]


def test_what_is_not_versioned_has_no_versioned_name() -> None:
    main = replace(group("torn", resolved("torn==1 low==1", torn="low")), redirects={"torn": {"far": 1}})
    side = ResolvedGroup((), (), resolved("far==1 low==2"), parts=(Part("far", "far", ("torn", "1")),))
    assert imports_to_check(plan_of(main, side), KNOWN)[1] == {"torn": ["space.far"]}
