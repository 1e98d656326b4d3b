from __future__ import annotations

from dataclasses import replace

from orchestrator.config.model import DirectRequirement
from orchestrator.grouping import Group, Grouping, Verdict
from orchestrator.resolution.continuity import Continuity, continuity
from orchestrator.resolution.items import Item, item_of
from orchestrator.resolution.outcome import Groups, Part, ResolvedConflict, ResolvedGroup
from orchestrator.uv.model import Demand
from tests.unit.plan_values import conflict, group, resolved

PROJECT = ("my-app", "1.0")


def items(*texts: str) -> list[Item]:
    return [
        item_of((DirectRequirement(text, text.partition("=")[0], "", (), ()),), PROJECT) for text in texts
    ]


def before(*groups: ResolvedGroup, conflicts: tuple[ResolvedConflict, ...] = ()) -> Groups:
    return Groups(groups, conflicts, len(groups), proved=True)


ONE = group("a b", resolved("a==1 b==1 low==1"))
OTHER = group("c", resolved("c==1 low==2"))


def test_without_an_earlier_answer() -> None:
    assert continuity(None, items("a")) == Continuity((), (), ())


def test_items_are_found_again_in_any_order() -> None:
    found = continuity(before(ONE, OTHER), items("c", "new", "b", "a"))
    assert found.together == ((3, 2), (0,))
    assert found.pins == ({"a": "1", "b": "1", "low": "1"}, {"c": "1", "low": "2"})


def test_with_another_bound_it_is_the_same_requirement() -> None:
    assert continuity(before(ONE, OTHER), items("a==2", "c")).together == ((0,), (1,))


def test_parts_and_aliases_are_found_again() -> None:
    side = replace(
        ResolvedGroup((), (), resolved("far==1")),
        parts=(Part("far>=1", "far", ("torn", "1")),),
        aliases={"old": "low==1"},
    )
    part = Item((Demand("far>=1", "far", (PROJECT, ("torn", "1"))),))
    alias = item_of((DirectRequirement("low==2", "low", "", (), (), "old"),), PROJECT)
    assert continuity(before(side), [part, *items("low==2"), alias]).together == ((2, 0),)


def test_conflicts_among_what_is_still_there() -> None:
    conflicts = (conflict("a", "c"), conflict("b", "gone"))
    found = continuity(before(ONE, OTHER, conflicts=conflicts), items("c", "a", "b"))
    assert found.conflicts == (frozenset({0, 1}),)


def test_local_projects_have_no_version_to_keep() -> None:
    resolution = resolved("a==1 local==1")
    pins = {**resolution.pins, "local": replace(resolution.pins["local"], specification="-e folder")}
    earlier = ResolvedGroup(("a",), ("a",), replace(resolution, pins=pins))
    assert continuity(before(earlier), items("a")).pins == ({"a": "1"},)


def test_groups_keep_their_order_and_new_ones_come_last() -> None:
    earlier = continuity(before(OTHER, ONE), items("new", "b", "a", "c"))
    verdict = Verdict(satisfiable=True)
    found = Grouping(
        (Group((0,), verdict), Group((1, 2), verdict), Group((3,), verdict)),
        (),
        3,
        proved=True,
        calls=0,
        seconds=0,
    )
    assert [each.members for each in earlier.ordered(found).groups] == [(3,), (2, 1), (0,)]
