from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given

from orchestrator.plan.model import APPLICATION
from orchestrator.resolution.outcome import Part, ResolvedGroup
from tests.unit.plan_values import group, holds, known, plan_of, resolved
from tests.unit.test_plan_versioned import universes

if TYPE_CHECKING:
    from orchestrator.plan.model import Plan
    from orchestrator.uv.model import Resolution


def layout(plan: Plan) -> dict[str, str]:
    """Return environment → what is installed in it."""
    return {
        each.name: " ".join(f"{name}=={pin.version}" for name, pin in each.pins.items())
        for each in plan.everywhere()
    }


def test_one_group_is_all_in_the_application() -> None:
    plan = plan_of(group("a", resolved("a==1 b==1", a="b")))
    assert layout(plan) == {APPLICATION: "a==1 b==1"}
    assert not plan.is_divided
    assert plan.versioned == {}


def test_no_groups_at_all() -> None:
    plan = plan_of()
    assert layout(plan) == {APPLICATION: ""}
    assert not plan.is_divided


def test_versioned_ones_are_apart_and_the_rest_is_shared() -> None:
    plan = plan_of(
        group("a", resolved("a==1 free==1 low==1", a="low free")),
        group("b", resolved("b==1 free==1 low==2 own==1", b="low free own")),
    )
    assert layout(plan) == {APPLICATION: "free==1 own==1", "a": "a==1 low==1", "b": "b==1 low==2"}
    assert plan.versioned == {"a": ("1",), "b": ("1",), "low": ("1", "2")}
    assert plan.is_divided


def test_versions_ascend_as_versions_do() -> None:
    plan = plan_of(
        *(
            group(name, resolved(f"{name}==1 low=={low}", **{name: "low"}))
            for name, low in zip("abc", ("10.0", "9.0", "odd"), strict=True)
        )
    )
    assert plan.versioned["low"] == ("odd", "9.0", "10.0")


def test_an_instance_is_installed_once_and_borrowed() -> None:
    first = group("a", resolved("a==1 gear==1 kit==1 low==1", a="kit low", kit="gear"))
    second = group("b", resolved("b==1 gear==1 kit==1 low==2", b="kit low", kit="gear"))
    third = group("c", resolved("c==1 gear==2 low==3", c="gear low"))
    plan = plan_of(first, second, third)
    assert layout(plan) == {
        APPLICATION: "",
        "a": "a==1 gear==1 kit==1 low==1",
        "b": "b==1 low==2",
        "c": "c==1 gear==2 low==3",
    }
    assert [environment.borrowed for environment in plan.environments] == [{}, {"gear": "a", "kit": "a"}, {}]
    assert all(not environment.copied for environment in plan.environments)


def test_another_closure_is_another_instance() -> None:
    """`kit` is the same version in both, and finds another `low`: installed twice, never as one file."""
    plan = plan_of(
        group("a", resolved("a==1 kit==1 low==1", a="kit", kit="low")),
        group("b", resolved("b==1 kit==1 low==2", b="kit", kit="low")),
    )
    assert layout(plan) == {APPLICATION: "", "a": "a==1 kit==1 low==1", "b": "b==1 kit==1 low==2"}
    assert [environment.copied for environment in plan.environments] == [frozenset(), {"kit"}]


def test_the_closure_counts_to_any_depth() -> None:
    plan = plan_of(
        group("a", resolved("a==1 top==1 kit==1 low==1", a="top", top="kit", kit="low")),
        group("b", resolved("b==1 top==1 kit==1 low==2", b="top", top="kit", kit="low")),
    )
    assert plan.environments[1].copied == {"kit", "top"}


def test_a_circle_of_dependencies() -> None:
    plan = plan_of(
        group("a", resolved("a==1 x==1 y==1 low==1", a="x low", x="y", y="x")),
        group("b", resolved("b==1 x==1 y==2 low==2", b="x low", x="y", y="x")),
    )
    assert layout(plan)["a"] == "a==1 low==1 x==1 y==1"
    assert layout(plan)["b"] == "b==1 low==2 x==1 y==2"


def test_environments_are_named_after_their_first_versioned_requirement() -> None:
    plan = plan_of(
        group("free a", resolved("a==1 free==1 low==1", a="low")),
        group("b other", resolved("b==1 other==1 low==2", b="low", other="low")),
    )
    assert [environment.name for environment in plan.environments] == ["a", "b"]


def test_names_are_never_taken_twice() -> None:
    knowledge = known(clashes="x|y")
    plan = plan_of(
        group("application", resolved("application==1 low==1", application="low")),
        group("a", resolved("a==1 low==2", a="low")),
        group("a", resolved("a==2 low==3", a="low")),
        knowledge=knowledge,
    )
    assert [environment.name for environment in plan.environments] == ["application-2", "a", "a-2"]


def test_a_group_that_needs_nothing_of_its_own_has_no_environment() -> None:
    plan = plan_of(
        group("a", resolved("a==1 low==1", a="low")),
        group("b", resolved("b==1 low==2", b="low")),
        group("free", resolved("free==1")),
    )
    assert [environment.name for environment in plan.environments] == ["a", "b"]
    assert layout(plan)[APPLICATION] == "free==1"


def test_the_application_has_all_requirements() -> None:
    plan = plan_of(
        group("a free", resolved("a==1 free==1 low==1", a="low")),
        group("b", resolved("b==1 low==2", b="low")),
    )
    assert plan.application.requirements == ("a", "free", "b")


def test_undeclared_use_keeps_instances_apart() -> None:
    groups = (
        group("a", resolved("a==1 jobs==1 low==1", a="jobs low")),
        group("b", resolved("b==1 jobs==1 low==2", b="jobs low")),
    )
    assert layout(plan_of(*groups))[APPLICATION] == "jobs==1"
    learned = known(holds("jobs==1", "jobs", uses="low"))
    assert layout(plan_of(*groups, knowledge=learned))[APPLICATION] == ""


@given(universes())
def test_every_group_finds_everything_it_resolved_to_exactly_once(resolutions: list[Resolution]) -> None:
    """The invariant the shim relies on: own, borrowed or shared; and a borrowed one is the very same version."""
    groups = [group(next(iter(resolution.pins)), resolution) for resolution in resolutions]
    plan = plan_of(*groups)
    by_name = {environment.name: environment for environment in plan.environments}
    assert len(by_name) == len(plan.environments)
    specifications: list[tuple[str, str]] = []
    for environment in plan.environments:
        specifications += [
            (name, pin.version) for name, pin in environment.pins.items() if name not in environment.copied
        ]
        assert not plan.application.pins.keys() & environment.pins.keys()
    assert len(set(specifications)) == len(specifications), "installed twice, and not marked as a copy"
    for homes, resolution in zip(plan.homes, resolutions, strict=True):
        for name, pin in resolution.pins.items():
            assert (name in homes) == (name in plan.versioned)
            assert (name in plan.application.pins) != (name in homes)
            if name not in homes:
                assert plan.application.pins[name] == pin
                continue
            home = by_name[homes[name]]
            assert home.pins[name] == pin
            for needed in resolution.requires[name]:
                if needed in homes:
                    seen = home.pins.get(needed) or by_name[home.borrowed[needed]].pins[needed]
                else:
                    seen = plan.application.pins[needed]
                assert seen == resolution.pins[needed]


def split_from(importer: str, version: str, *dependencies: str) -> tuple[Part, ...]:
    return tuple(Part(name, name, (importer, version)) for name in dependencies)


def test_what_was_cut_from_a_distribution_is_borrowed() -> None:
    main = replace(
        group("torn", resolved("torn==1 low==1 mid==1", torn="mid", mid="low")),
        redirects={"torn": {"far": 1}},
    )
    side = ResolvedGroup((), (), resolved("far==1 low==2", far="low"), split_from("torn", "1", "far"))
    plan = plan_of(main, side)
    assert layout(plan) == {APPLICATION: "", "torn": "low==1 mid==1 torn==1", "far": "far==1 low==2"}
    assert plan.environments[0].borrowed == {"far": "far"}
    assert plan.environments[1].borrowed == {}


def test_its_own_group_has_another_version_of_what_was_cut() -> None:
    """`torn` sees `low` 2, and everybody else in its group the `low` that is there."""
    main = replace(
        group("torn", resolved("torn==1 low==1 mid==1", torn="mid", mid="low")),
        redirects={"torn": {"low": 1}},
    )
    side = ResolvedGroup((), (), resolved("low==2"), split_from("torn", "1", "low"))
    plan = plan_of(main, side)
    assert layout(plan) == {APPLICATION: "", "torn": "low==1 mid==1", "torn-2": "torn==1", "low": "low==2"}
    by_name = {environment.name: environment for environment in plan.environments}
    assert by_name["torn-2"].borrowed == {"low": "low", "mid": "torn"}
    assert by_name["torn"].borrowed == {"torn": "torn-2"}


def test_what_was_cut_and_is_the_same_for_all_is_shared() -> None:
    main = replace(group("torn", resolved("torn==1 low==1", torn="low")), redirects={"torn": {"far": 1}})
    side = ResolvedGroup(
        (), (), resolved("far==1 extra==1 low==2", extra="low"), split_from("torn", "1", "far")
    )
    plan = plan_of(main, side)
    assert "far==1" in layout(plan)[APPLICATION].split()
    assert plan.environments[0].borrowed == {}


def test_the_isolated_have_an_environment_of_their_own() -> None:
    plan = plan_of(group("a b", resolved("a==1 b==1 low==1 free==1", a="low free", b="low")), isolated="low")
    assert layout(plan) == {APPLICATION: "free==1", "a": "a==1 b==1", "low": "low==1"}
    assert plan.environments[0].borrowed == {"low": "low"}
    assert plan.environments[1].borrowed == {"a": "a", "b": "a"}


def test_nothing_is_isolated_that_is_not_there() -> None:
    plan = plan_of(group("a", resolved("a==1")), isolated="b")
    assert not plan.is_divided


def test_isolated_versions_are_numbered() -> None:
    one = group("a", resolved("a==1 low==1", a="low"))
    other = group("b", resolved("b==1 low==2", b="low"))
    assert layout(plan_of(one, other, isolated="low")) == {
        APPLICATION: "",
        "a": "a==1",
        "b": "b==1",
        "low": "low==1",
        "low-2": "low==2",
    }


def test_a_direct_requirement_that_is_isolated_leaves_its_name_to_its_own_environment() -> None:
    plan = plan_of(group("low a", resolved("a==1 low==1", a="low")), isolated="low")
    assert layout(plan) == {APPLICATION: "", "a": "a==1", "low": "low==1"}
    assert [environment.requirements for environment in plan.environments] == [("low", "a"), ("low",)]


def test_what_has_an_alias_is_versioned() -> None:
    one = replace(group("a", resolved("a==1 low==1")), aliases={"low_old": "low==1"})
    plan = plan_of(one)
    assert layout(plan) == {APPLICATION: "a==1", "low_old": "low==1"}
