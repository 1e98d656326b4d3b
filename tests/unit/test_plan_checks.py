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
    found = imports_to_check(plan_of(main, side), KNOWN, {})
    assert [checks.modules for checks in found] == [
        {"top": ["top"]},
        {"low_new": ["low@2", "low_extra@2"], "top": ["space@1.far"]},
    ]
    assert found[1].distributions == {"low@2": "low", "low_extra@2": "low", "space@1.far": "far"}


def test_commands_come_last_and_once() -> None:
    """What an entry point names need not be importable by the name of the distribution, or public."""
    main = group("top low", resolved("top==1 low==1", top="low"))
    side = ResolvedGroup((), (), resolved("low==2"), aliases={"low_new": "low==2"})
    commands = {
        ("top", "1"): ["top", "top._cli.main", "top:main"],
        ("low", "2"): ["low.__main__", "low_extra", "low:cli.main"],
        ("low", "1"): [],
    }
    found = imports_to_check(plan_of(main, side), KNOWN, commands)
    assert [checks.modules for checks in found] == [
        {"top": ["top"], "low": ["low"]},
        {"low_new": ["low@2", "low_extra@2"]},
    ]
    assert [checks.commands for checks in found] == [
        {"top": ["top._cli.main", "top:main"]},
        {"low_new": ["low@2.__main__", "low@2:cli.main"]},
    ]
    assert found[1].distributions["low@2.__main__"] == "low"


def test_private_modules_and_unknown_ones_are_left_out() -> None:
    (found,) = imports_to_check(
        plan_of(group("low ghost", resolved("low==1"))), KNOWN, {("low", "1"): ["low"]}
    )
    assert (found.modules, found.commands) == ({"low": ["low"]}, {})


def test_what_is_not_versioned_has_no_versioned_name() -> None:
    main = replace(group("torn", resolved("torn==1 low==1", torn="low")), redirects={"torn": {"far": 1}})
    side = ResolvedGroup((), (), resolved("far==1 low==2"), parts=(Part("far", "far", ("torn", "1")),))
    assert imports_to_check(plan_of(main, side), KNOWN, {})[1].modules == {"torn": ["space.far"]}
