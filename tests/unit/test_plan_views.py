from __future__ import annotations

from dataclasses import replace

from orchestrator.plan.model import PlannedEnvironment
from orchestrator.plan.views import application_view, environment_view, path_order
from orchestrator.uv.model import Pin
from tests.unit.plan_values import group, holds, known, plan_of, resolved

KNOWN = known(
    holds("a==1", "a"),
    holds("b==1", "b"),
    holds("c==1", "c"),
    holds("low==1", "low"),
    holds("low==2", "low"),
    holds("low==3", "low"),
    holds("kit==1", "kit kit_tools"),
    holds("gear==1", "gear"),
    holds("gear==2", "gear"),
)
BORROWING = plan_of(
    group("a", resolved("a==1 gear==1 kit==1 low==1", a="kit low", kit="gear")),
    group("b", resolved("b==1 gear==1 kit==1 low==2", b="kit low", kit="gear")),
    group("c", resolved("c==1 gear==2 low==3", c="gear low")),
    knowledge=KNOWN,
)


def test_an_environment_sees_its_own_and_what_it_borrows() -> None:
    views = {each.name: environment_view(each, BORROWING, KNOWN) for each in BORROWING.environments}
    assert views["a"].imports == {"a": "a", "gear": "a", "kit": "a", "kit_tools": "a", "low": "a"}
    assert views["b"].imports == {"b": "b", "gear": "a", "kit": "a", "kit_tools": "a", "low": "b"}
    assert views["b"].borrowed == {"gear": "a", "kit": "a"}
    assert views["c"].imports == {"c": "c", "gear": "c", "low": "c"}


def test_the_application_sees_what_it_requires_and_what_is_unambiguous() -> None:
    """`kit` is no direct requirement, but there is only one; of `low` and `gear` there are several."""
    view = application_view(BORROWING, KNOWN, ["a", "b", "c"])
    assert view.imports == {"a": "a", "b": "b", "c": "c", "kit": "a", "kit_tools": "a"}
    assert view.borrowed == {"a": "a", "b": "b", "c": "c", "kit": "a"}
    assert view.hidden == ()


def test_the_application_sees_the_version_it_requires() -> None:
    plan = plan_of(
        group("a", resolved("a==1 low==1", a="low")),
        group("low b", resolved("b==1 low==2", b="low")),
        knowledge=KNOWN,
    )
    assert application_view(plan, KNOWN, ["a", "low", "b"]).imports["low"] == "low"


def test_the_first_in_pyproject_wins_a_name_and_the_others_are_told() -> None:
    knowledge = known(holds("one==1", "rpc own_one"), holds("two==1", "rpc own_two"), clashes="one|two")
    plan = plan_of(group("one", resolved("one==1")), group("two", resolved("two==1")), knowledge=knowledge)
    view = application_view(plan, knowledge, ["two", "one"])
    assert view.imports == {"own_one": "one", "own_two": "two", "rpc": "two"}
    assert view.hidden == (("rpc", ("two", "one")),)
    assert application_view(plan, knowledge, ["one", "two"]).imports["rpc"] == "one"


def test_a_clash_that_the_application_did_not_ask_for_is_not_told() -> None:
    knowledge = known(
        *(holds("one==1", "rpc"), holds("two==1", "rpc"), holds("a==1", "a"), holds("b==1", "b")),
        clashes="one|two",
    )
    plan = plan_of(
        group("a", resolved("a==1 one==1", a="one")),
        group("b", resolved("b==1 two==1", b="two")),
        knowledge=knowledge,
    )
    view = application_view(plan, knowledge, ["a", "b"])
    assert view.hidden == ()
    assert view.imports["a"] == "a"


def test_a_namespace_package_is_named_by_portion_only_where_it_must_be() -> None:
    knowledge = known(
        *(
            holds("net==1", "cloud.net"),
            holds("disk==1", "cloud.disk cloud.deep.disk"),
            holds("low==1", "low"),
        ),
        holds("low==2", "low"),
    )
    plan = plan_of(
        group("net", resolved("net==1 low==1", net="low")),
        group("disk", resolved("disk==1 low==2", disk="low")),
        knowledge=knowledge,
    )
    view = application_view(plan, knowledge, ["net", "disk"])
    assert view.imports == {"cloud.deep.disk": "disk", "cloud.disk": "disk", "cloud.net": "net"}
    assert environment_view(plan.environments[1], plan, knowledge).imports == {"cloud": "disk", "low": "disk"}


def test_what_is_not_known_has_no_names() -> None:
    plan = plan_of(group("a", resolved("a==1 low==1", a="low")), group("b", resolved("b==1 low==2", b="low")))
    assert application_view(plan, known(), ["a", "b"]).imports == {}


def test_views_are_sorted() -> None:
    for environment in BORROWING.environments:
        imports = environment_view(environment, BORROWING, KNOWN).imports
        assert list(imports) == sorted(imports)


def test_a_search_path_meets_first_what_is_borrowed_from_there() -> None:
    """`a` borrows `kit` 2 from `two`, and `low` from `one`, which has a `kit` of its own."""
    held = {"one": {"kit", "low"}, "two": {"kit"}, "three": {"free"}}
    places = [
        PlannedEnvironment(name, (), {each: Pin(each, "1", f"{each}==1") for each in sorted(pins)})
        for name, pins in held.items()
    ]
    borrowed = {"free": "three", "low": "one", "kit": "two"}
    asking = PlannedEnvironment("a", (), {}, borrowed=borrowed)
    plan = replace(plan_of(), environments=(*places, asking))
    assert path_order(asking, plan) == ("three", "two", "one")


def test_a_search_path_that_cannot_be_right_has_everything() -> None:
    pins = {each: Pin(each, "1", f"{each}==1") for each in ("kit", "low")}
    places = [PlannedEnvironment(name, (), pins) for name in ("one", "two")]
    asking = PlannedEnvironment("a", (), {}, borrowed={"kit": "one", "low": "two"})
    plan = replace(plan_of(), environments=(*places, asking))
    assert path_order(asking, plan) == ("one", "two")
