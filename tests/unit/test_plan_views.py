from __future__ import annotations

from dataclasses import replace

from orchestrator.plan.model import PlannedEnvironment
from orchestrator.plan.nearest import Candidate
from orchestrator.plan.views import View, application_view, environment_view, path_order
from orchestrator.resolution.outcome import Part, ResolvedGroup
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
    """`kit` is no direct requirement, but there is only one; `gear` is that of `c`, the others get it through `kit`;
    of `low` there are three, equally near."""
    view = application_view(BORROWING, KNOWN, ["a", "b", "c"])
    assert view.imports == {"a": "a", "b": "b", "c": "c", "gear": "c", "kit": "a", "kit_tools": "a"}
    assert view.borrowed == {"a": "a", "b": "b", "c": "c", "kit": "a", "gear": "c"}
    assert view.hidden == ()


def test_the_application_sees_the_version_it_requires() -> None:
    plan = plan_of(
        group("a", resolved("a==1 low==1", a="low")),
        group("low b", resolved("b==1 low==2", b="low")),
        knowledge=KNOWN,
    )
    assert application_view(plan, KNOWN, ["a", "low", "b"]).imports["low"] == "low"


def near(*groups: ResolvedGroup, direct: str) -> View:
    return application_view(plan_of(*groups, knowledge=KNOWN), KNOWN, direct.split())


def test_of_a_transitive_dependency_the_application_sees_the_nearest_copy() -> None:
    """`kit` requires `low` 2 itself, `a` gets `low` 1 through `gear`: as in `from botocore import …` beside boto3."""
    view = near(
        group("a", resolved("a==1 gear==1 low==1", a="gear", gear="low")),
        group("b", resolved("b==1 low==2", b="low")),
        direct="a b",
    )
    assert view.borrowed["low"] == "b"
    assert view.imports["low"] == "b"
    assert view.ties == {}


def test_what_only_one_direct_requirement_leads_to_is_seen() -> None:
    """`low` 1 is there for an alias, whose dependencies are not the application's."""
    aliased = replace(group("", resolved("c==1 low==1", c="low")), aliases={"c_old": "c==1"})
    view = near(group("b", resolved("b==1 low==2", b="low")), aliased, direct="b")
    assert view.borrowed["low"] == "b"


def test_versions_that_are_equally_near_are_a_tie() -> None:
    view = near(
        group("a c", resolved("a==1 c==1 low==1", a="low", c="low")),
        group("b", resolved("b==1 low==2", b="low")),
        direct="b c a",
    )
    assert "low" not in view.borrowed
    assert "low" not in view.imports
    assert view.ties == {"low": (Candidate("b", "2", ("b",)), Candidate("a", "1", ("c", "a")))}


def test_a_tie_is_one_of_the_whole_namespace() -> None:
    """`space-two` is there in one version, twice, each time beside another version of `space-one`."""
    knowledge = known(
        *(holds(f"space-one=={version}", "space.one") for version in "12"),
        *(holds("space-two==1", "space.two"), holds("a==1", "a"), holds("b==1", "b")),
    )
    plan = plan_of(
        group("a", resolved("a==1 space-one==1 space-two==1", a="space-one space-two")),
        group("b", resolved("b==1 space-one==2 space-two==1", b="space-one space-two")),
        knowledge=knowledge,
    )
    assert application_view(plan, knowledge, ["a", "b"]).imports == {"a": "a", "b": "b"}


def test_a_copy_that_is_farther_is_no_part_of_a_tie() -> None:
    view = near(
        group("a", resolved("a==1 low==1", a="low")),
        group("b", resolved("b==1 low==2", b="low")),
        group("c", resolved("c==1 gear==1 low==3", c="gear", gear="low")),
        direct="c a b",
    )
    assert [each.version for each in view.ties["low"]] == ["1", "2"]


def test_of_copies_in_one_version_the_application_sees_that_of_most_requirements() -> None:
    """`kit` is in one version, with another `low` on each side; `c` uses that of `b` although from afar."""
    groups = (
        group("a", resolved("a==1 kit==1 low==1", a="kit", kit="low")),
        group("b c", resolved("b==1 c==1 gear==1 kit==1 low==2", b="kit", c="gear", gear="kit", kit="low")),
    )
    assert near(*groups, direct="a b c").borrowed["kit"] == "b"
    assert near(*groups, direct="a b").borrowed["kit"] == "a"
    assert near(*groups, direct="b a").borrowed["kit"] == "b"


def test_a_direct_requirement_is_seen_where_it_was_put() -> None:
    """However near other copies of it are."""
    view = near(
        group("a", resolved("a==1 low==1", a="low")),
        group("b low", resolved("b==1 low==2", b="low")),
        direct="a b low",
    )
    assert view.borrowed["low"] == "b"


def test_what_was_cut_off_is_found_in_its_group() -> None:
    """`a` is split: its `low` is in another group."""
    split = replace(group("a", resolved("a==1 c==1", a="low")), redirects={"a": {"low": 1}})
    parts = ResolvedGroup((), (), resolved("low==2"), parts=(Part("low", "low", ("a", "1")),))
    view = near(split, parts, group("b", resolved("b==1 gear==1 low==1", b="gear", gear="low")), direct="b a")
    assert view.imports["low"] == view.borrowed["low"] == "low"


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
