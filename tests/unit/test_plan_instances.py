"""One instance or several: equal ones are one, doubled ones are one for each side."""

from __future__ import annotations

from orchestrator.plan.model import APPLICATION
from tests.unit.plan_values import group, holds, known, plan_of, resolved
from tests.unit.test_plan_homes import layout

PLUGIN = (
    group("a", resolved("a==1 kit==1 register==1 free==1", a="kit free", kit="register")),
    group("b", resolved("b==1 kit==2 register==1 free==1", b="kit free", kit="register")),
)
REGISTERING = known(
    holds("kit==1", "kit", registers="register"), holds("kit==2", "kit", registers="register")
)


def test_of_equal_version_and_equal_dependencies_there_is_one() -> None:
    """So its types are the same types in both groups, however much of it is versioned."""
    plan = plan_of(
        group("a", resolved("a==1 top==1 kit==1 low==1 x==1", a="top x", top="kit", kit="low")),
        group("b", resolved("b==1 top==1 kit==1 low==1 x==2", b="top x", top="kit", kit="low")),
        group("c", resolved("c==1 low==2", c="low")),
    )
    places = [each.name for each in plan.everywhere() for name in each.pins if name in ("top", "kit")]
    assert places == ["a", "a"]
    assert plan.homes[1]["top"] == plan.homes[1]["kit"] == plan.homes[1]["low"] == "a"


def test_where_nobody_registers_one_does_for_all() -> None:
    plan = plan_of(*PLUGIN)
    assert layout(plan) == {APPLICATION: "free==1 register==1", "a": "a==1 kit==1", "b": "b==1 kit==2"}
    assert plan.doubled == {}


def test_each_side_that_registers_has_a_register_of_its_own() -> None:
    """With files of its own: glibc tells two links to one extension file not apart."""
    plan = plan_of(*PLUGIN, knowledge=REGISTERING)
    assert layout(plan) == {
        APPLICATION: "free==1",
        "a": "a==1 kit==1 register==1",
        "b": "b==1 kit==2 register==1",
    }
    assert [each.copied for each in plan.environments] == [frozenset(), {"register"}]
    assert plan.doubled == {"register": {"kit"}}


def test_what_depends_on_a_doubled_one_is_doubled_with_it() -> None:
    """`core` is the same for both, and would hand one side's register to the other."""
    plan = plan_of(
        group("a", resolved("a==1 core==1 kit==1 register==1", a="kit", kit="core", core="register")),
        group("b", resolved("b==1 core==1 kit==2 register==1", b="kit", kit="core", core="register")),
        knowledge=REGISTERING,
    )
    assert layout(plan)["a"] == "a==1 core==1 kit==1 register==1"
    assert layout(plan)["b"] == "b==1 core==1 kit==2 register==1"


def test_one_version_of_two_that_registers_needs_no_doubling() -> None:
    """`register` would be isolated for nothing, and see the first side's `kit` where the second's is meant."""
    plan = plan_of(
        *PLUGIN, knowledge=known(holds("kit==1", "kit"), holds("kit==2", "kit", registers="register"))
    )
    assert layout(plan)[APPLICATION] == "free==1 register==1"
    assert plan.doubled == {}


def test_one_copy_of_what_registers_needs_no_doubling() -> None:
    plan = plan_of(
        group("a", resolved("a==1 kit==1 low==1 register==1", a="low", kit="register")),
        group("b", resolved("b==1 kit==1 low==2 register==1", b="low", kit="register")),
        knowledge=REGISTERING,
    )
    assert "kit==1 register==1" in layout(plan)[APPLICATION]


def test_two_copies_in_one_version_need_it_too() -> None:
    """`kit` is there twice, since it finds another `low` on each side."""
    plan = plan_of(
        group("a", resolved("a==1 kit==1 low==1 register==1", a="kit", kit="register low")),
        group("b", resolved("b==1 kit==1 low==2 register==1", b="kit", kit="register low")),
        knowledge=REGISTERING,
    )
    assert layout(plan)["a"] == "a==1 kit==1 low==1 register==1"
    assert layout(plan)["b"] == "b==1 kit==1 low==2 register==1"


def test_a_side_without_a_registrant_shares_the_first() -> None:
    """No more copies than sides: `c` uses the register and brings nothing that clashes in it."""
    plan = plan_of(
        group("c", resolved("c==1 register==1 x==1", c="register x")),
        *PLUGIN,
        group("d", resolved("d==1 register==1 x==2", d="register x")),
        knowledge=REGISTERING,
    )
    assert sum("register" in each.pins for each in plan.environments) == 2
    assert plan.homes[0]["register"] == plan.homes[1]["register"] == plan.homes[3]["register"]
    assert plan.homes[2]["register"] == "b"


def test_a_side_whose_registrant_is_the_same_shares_it() -> None:
    plan = plan_of(
        *PLUGIN,
        group("e", resolved("e==1 kit==2 register==1 free==2", e="kit free", kit="register")),
        knowledge=REGISTERING,
    )
    assert plan.homes[2]["register"] == plan.homes[1]["register"] == "b"
    assert plan.homes[2]["kit"] == "b"


def test_versions_that_differ_anyway_are_shared_as_ever() -> None:
    plan = plan_of(
        group("a", resolved("a==1 kit==1 register==2", a="kit", kit="register")),
        group("b", resolved("b==1 kit==2 register==1", b="kit", kit="register")),
        group("c", resolved("c==1 register==1 x==1", c="register x")),
        group("d", resolved("d==1 x==2", d="x")),
        knowledge=REGISTERING,
    )
    assert [plan.homes[number]["register"] for number in (0, 1, 2)] == ["a", "b", "b"]


def test_what_is_doubled_may_itself_register() -> None:
    """`mid` is doubled for the sake of `register`; there are two of it now, and they register in `base`."""
    knowledge = known(
        *REGISTERING.contents.values(),
        holds("mid==1", "mid", registers="base"),
    )
    plan = plan_of(
        group(
            "a", resolved("a==1 kit==1 mid==1 register==1 base==1", a="kit", kit="mid", mid="register base")
        ),
        group(
            "b", resolved("b==1 kit==2 mid==1 register==1 base==1", b="kit", kit="mid", mid="register base")
        ),
        knowledge=knowledge,
    )
    assert plan.doubled == {"base": {"mid"}, "register": {"kit"}}
    assert layout(plan)["b"] == "b==1 base==1 kit==2 mid==1 register==1"


def test_the_user_isolates_what_registers() -> None:
    plan = plan_of(*PLUGIN, knowledge=REGISTERING, isolated="kit")
    homes = [
        next(each.name for each in plan.environments if each.pins.get("kit") == pin)
        for pin in (plan.groups[0].resolution.pins["kit"], plan.groups[1].resolution.pins["kit"])
    ]
    assert homes == ["kit", "kit-2"]
    assert [plan.homes[number]["register"] for number in (0, 1)] == ["a", "b"]
