from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.plan.model import Knowledge
from orchestrator.plan.versioned import edges, versioned_names
from orchestrator.resolution.outcome import ResolvedGroup
from orchestrator.uv.model import Pin, Resolution
from tests.unit.plan_values import holds, known, resolved

if TYPE_CHECKING:
    from collections.abc import Sequence

NOTHING = Knowledge()


def versioned(*resolutions: Resolution, knowledge: Knowledge = NOTHING) -> str:
    return " ".join(sorted(versioned_names(groups(resolutions), knowledge)))


def groups(resolutions: Sequence[Resolution]) -> list[ResolvedGroup]:
    return [ResolvedGroup((), (), resolution) for resolution in resolutions]


def test_one_group_has_nothing_versioned() -> None:
    assert versioned(resolved("a==1 b==1", a="b"), knowledge=known(clashes="a|b")) == ""
    assert versioned() == ""


def test_the_same_version_everywhere_is_not_versioned() -> None:
    assert versioned(resolved("a==1 low==1"), resolved("b==1 low==1")) == ""


def test_who_depends_on_a_versioned_one_is_versioned_to_any_depth() -> None:
    one = resolved("top==1 mid==1 low==1 free==1", top="mid free", mid="low")
    other = resolved("b==1 low==2 free==1", b="low free")
    assert versioned(one, other) == "b low mid top"


def test_a_distribution_is_versioned_if_any_group_makes_it_so() -> None:
    """`mid` has the same version in both, and what it finds differs."""
    one = resolved("mid==1 low==1", mid="low")
    other = resolved("mid==1 low==2", mid="low")
    assert versioned(one, other) == "low mid"
    assert versioned(one, resolved("mid==1 low==1 low2==1", mid="low2")) == ""


def test_importing_is_depending() -> None:
    one, other = resolved("jobs==1 low==1"), resolved("jobs==1 low==2")
    assert versioned(one, other) == "low"
    assert versioned(one, other, knowledge=known(holds("jobs==1", "jobs", uses="low"))) == "jobs low"


def test_what_it_uses_counts_only_where_it_is() -> None:
    """`jobs` would use `low` if it were there; it is not in this group."""
    knowledge = known(holds("jobs==1", "jobs", uses="low"))
    assert edges(resolved("jobs==1"), knowledge) == {"jobs": frozenset()}
    assert (
        versioned(resolved("jobs==1"), resolved("low==1"), resolved("low==2"), knowledge=knowledge) == "low"
    )


def test_sharing_an_import_name_makes_versioned() -> None:
    """In one group or across groups: `google` is one folder in an environment."""
    knowledge = known(holds("g-a==1", "google.a"), holds("g-b==1", "google.b"), holds("g-c==1", "google.c"))
    one = resolved("g-a==1 low==1", g_a="low")
    assert versioned(one, resolved("g-b==1 low==2"), knowledge=knowledge) == "g-a g-b low"
    assert versioned(one, resolved("low==2"), resolved("g-c==1"), knowledge=knowledge) == "g-a g-c low"


def test_sharing_spreads_to_dependants() -> None:
    knowledge = known(holds("g-a==1", "google.a"), holds("g-b==1", "google.b"))
    one = resolved("g-a==1 low==1", g_a="low")
    other = resolved("g-b==1 low==2 user==1", user="g-b")
    assert versioned(one, other, knowledge=knowledge) == "g-a g-b low user"


def test_both_sides_of_a_clash_are_versioned() -> None:
    one, other = resolved("a==1 user==1", user="a"), resolved("b==1")
    assert versioned(one, other, knowledge=known(clashes="a|b")) == "a b user"
    assert versioned(one, resolved("c==1"), knowledge=known(clashes="a|b")) == "", "b is not there"


def test_what_was_learned_of_another_version_does_not_count() -> None:
    one, other = resolved("jobs==2 low==1"), resolved("low==2")
    assert versioned(one, other, knowledge=known(holds("jobs==1", "jobs", uses="low"))) == "low"


def test_one_version_from_two_places_is_versioned() -> None:
    index = Resolution({"a": Pin("a", "1", "a==1")}, {"a": frozenset()}, frozenset({"a"}))
    url = Resolution({"a": Pin("a", "1", "a @ file:///a-1.whl")}, {"a": frozenset()}, frozenset({"a"}))
    assert versioned(index, url) == "a"


def test_edges_are_required_imported_and_cohabiting() -> None:
    knowledge = known(holds("a==1", "ns.a", uses="c zzz"), holds("b==1", "ns.b"), holds("c==1", "c"))
    found = edges(resolved("a==1 b==1 c==1 d==1", a="d"), knowledge)
    assert found == {
        "a": frozenset({"b", "c", "d"}),
        "b": frozenset({"a"}),
        "c": frozenset(),
        "d": frozenset(),
    }


NAMES = "abcdef"


@st.composite
def universes(draw: st.DrawFn) -> list[Resolution]:
    """Some groups over six distributions of up to two versions, with any dependencies."""
    resolutions = []
    for _ in range(draw(st.integers(2, 3))):
        members = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
        pins = " ".join(f"{name}=={draw(st.integers(1, 2))}" for name in sorted(members))
        requires = {
            name: " ".join(draw(st.lists(st.sampled_from(members), max_size=3, unique=True)))
            for name in members
        }
        resolutions.append(resolved(pins, **requires))
    return resolutions


def by_definition(resolutions: Sequence[Resolution]) -> frozenset[str]:
    """The propagation rule as "dependencies done right" states it, applied until nothing changes."""
    found: set[str] = set()
    while True:
        more = {
            name
            for resolution in resolutions
            for name, pin in resolution.pins.items()
            if name not in found
            and (
                any(name in other.pins and other.pins[name].version != pin.version for other in resolutions)
                or resolution.requires[name] & found
            )
        }
        if not more:
            return frozenset(found)
        found |= more


@given(universes())
def test_it_is_the_propagation_rule(resolutions: list[Resolution]) -> None:
    assert versioned_names(groups(resolutions), NOTHING) == by_definition(resolutions)


@pytest.mark.parametrize("name", ["a", "b"])
def test_nobody_is_its_own_neighbour(name: str) -> None:
    assert edges(resolved(f"{name}==1", **{name: name}), known(holds(f"{name}==1", "x")))[name] == frozenset()
