"""The answer, from the record that a build would leave of a small plan."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from orchestrator.config.model import DirectRequirement, ImportAlias
from orchestrator.manifest.remembered import remember
from orchestrator.plan.homes import make_plan
from orchestrator.plan.views import application_view
from orchestrator.reports.graph.built import BuiltProject, read
from orchestrator.reports.graph.document import graph_document
from orchestrator.reports.why.explain import MOST_CHAINS, explain
from orchestrator.reports.why.model import (
    Apart,
    AskedRequirement,
    Cut,
    Explained,
    ExplainedCopy,
    Release,
    WhyAnswer,
    WrittenAt,
)
from orchestrator.reports.why.places import WrittenPlaces
from orchestrator.resolution.outcome import ConflictMember, Groups, ResolvedConflict, ResolvedGroup
from tests.unit.built_values import PROJECT, ROOT, SPLIT, built
from tests.unit.plan_values import conflict, group, holds, known, resolved

A = WrittenAt("pyproject.toml", 5, "project.dependencies[0]")
PLACES = WrittenPlaces({(A.entry, "a"): A})

GROUPS = (
    group("a free top", resolved("a==1 free==1 kit==1 low==1 top==1", a="kit low", kit="gear", top="a")),
    group("b", resolved("b==1 free==1 kit==2 low==2 odd==1", b="kit low free", kit="free")),
    group("c", resolved("c==1 free==1 low==1 mid==1", c="low mid", mid="low")),
)
KNOWLEDGE = known(
    *(holds("low==1", "low"), holds("low==2", "low low_extra"), holds("free==1", "free_of_charge")),
    *(holds("odd==1", "odd", uses="low"), holds("mid==1", "google.cloud"), holds("gone==1", "gone")),
    holds("c==1", "google.api"),
)
CONFLICTS = (
    conflict("a", "b", reason="a 1 needs low<2, b 1 needs low>=2", about="a b low"),
    conflict("b", "c", reason="b 1 needs low>=2, c 1 needs low<2", about="b c low"),
)


def project(conflicts: tuple[ResolvedConflict, ...] = CONFLICTS) -> BuiltProject:
    plan = make_plan(Groups(tuple(GROUPS), tuple(conflicts), 2, proved=True), KNOWLEDGE)
    view = application_view(plan, KNOWLEDGE, ["a", "free", "top", "b", "c"])
    folders = {place.name: ROOT / "py_modules" / place.name for place in plan.everywhere()}
    graph = graph_document(plan, PROJECT, folders, view.borrowed)
    return read(graph, remember(KNOWLEDGE))


def answer(name: str) -> WhyAnswer:
    return explain(name, project(), PLACES)


def copies(name: str) -> tuple[ExplainedCopy, ...]:
    (explained,) = answer(name).distributions
    return explained.copies


def names(name: str) -> list[str]:
    return [explained.name for explained in answer(name).distributions]


def test_each_copy_with_those_that_require_it() -> None:
    one, other = copies("low")
    assert (one.version, one.environment, one.path) == ("1", "a", "py_modules/a")
    chains = [
        (chain.asked.requirement, [f"{x.name} {x.version}" for x in chain.releases]) for chain in one.chains
    ]
    assert chains == [
        ("a", ["a 1", "low 1"]),
        ("c", ["c 1", "low 1"]),
        ("top", ["top 1", "a 1", "low 1"]),
    ]
    assert (other.version, other.environment) == ("2", "b")
    assert [chain.asked for chain in other.chains] == [AskedRequirement("b", None)]


def test_a_borrowed_copy_is_seen_by_the_borrower() -> None:
    one, other = copies("low")
    assert one.seen_by == ("a", "c")
    assert other.seen_by == ("b",)


def test_the_application_sees_its_direct_requirements() -> None:
    assert copies("b")[0].seen_by == ("application", "b")


def test_the_conflicts_of_each_copy() -> None:
    one, other = copies("low")
    first = Apart(
        "a 1 needs low<2, b 1 needs low>=2", (AskedRequirement("a", A), AskedRequirement("b", None))
    )
    second = Apart(
        "b 1 needs low>=2, c 1 needs low<2", (AskedRequirement("b", None), AskedRequirement("c", None))
    )
    assert one.apart == (first, second)
    assert other.apart == (first, second)
    assert one.apart_over_it and other.apart_over_it


def test_a_conflict_over_something_else() -> None:
    """`kit` is in two versions because its groups are apart over `low`."""
    one, _ = copies("kit")
    assert [apart.reason for apart in one.apart] == ["a 1 needs low<2, b 1 needs low>=2"]
    assert not one.apart_over_it


def test_what_follows_from_a_dependency() -> None:
    (only,) = copies("mid")
    assert only.follows == ("it requires low 1",)
    assert copies("low")[0].follows == ()


def test_what_follows_from_an_undeclared_import() -> None:
    (only,) = copies("odd")
    assert only.follows == ("it imports low 2",)
    assert only.chains == ()


def test_what_follows_from_a_shared_import_name() -> None:
    found = known(
        *(holds(f"{name}==1", f"space.{name}") for name in "xy"), holds("z==1", "z"), holds("z==2", "z")
    )
    groups = (group("x y", resolved("x==1 y==1 z==1", x="z")), group("z", resolved("z==2")))
    (copy,) = only("y", built(*groups, knowledge=found)).copies
    assert copy.follows == ("it shares the import name `space` with x",)


def test_what_follows_from_a_clash() -> None:
    found = known(holds("x==1", "same"), holds("y==1", "same"), clashes="x|y")
    groups = (group("x", resolved("x==1")), group("y", resolved("y==1")))
    fight = conflict("x", "y", reason="x and y install the same modules", about="x y")
    project = built(*groups, knowledge=found, conflicts=(fight,))
    found_by_import = explain("same", project, WrittenPlaces()).distributions
    assert [explained.name for explained in found_by_import] == ["x", "y"]
    (copy,) = found_by_import[0].copies
    assert copy.follows[0] == "it installs the same modules as y"
    assert [apart.reason for apart in copy.apart] == [fight.reason]


def test_an_unversioned_distribution() -> None:
    (explained,) = answer("free").distributions
    (only,) = explained.copies
    assert not explained.versioned
    assert (only.environment, only.path) == ("application", ".venv")
    assert [chain.asked.requirement for chain in only.chains] == ["free", "b"]
    assert (only.apart, only.follows) == ((), ())
    assert only.seen_by == ("application", "a", "b", "c")


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("low", ["low"]),
        ("LOW", ["low"]),
        ("low_extra", ["low"]),
        ("low.sub.module", ["low"]),
        ("free_of_charge", ["free"]),
        ("google", ["c", "mid"]),
        ("google.cloud", ["mid"]),
        ("google.cloud.storage", ["mid"]),
        ("goo", []),
        ("gone", []),  # an earlier build knew it
        ("", []),
    ],
)
def test_names(asked: str, meant: list[str]) -> None:
    assert names(asked) == meant


def test_all_names_can_be_asked_about() -> None:
    known = project().known_names()
    assert {"a", "low", "low_extra", "google.cloud"} <= set(known)
    assert "gone" not in known
    assert all(names(name) for name in known)


def test_many_chains() -> None:
    direct = [f"d{number}" for number in range(9)]
    pins = " ".join(f"{name}==1" for name in (*direct, "low"))
    found = built(group(" ".join(direct), resolved(pins, **dict.fromkeys(direct, "low"))))
    (copy,) = only("low", found).copies
    assert (len(copy.chains), copy.more_chains) == (MOST_CHAINS, 9 - MOST_CHAINS)


def only(name: str, project: BuiltProject, places: WrittenPlaces | None = None) -> Explained:
    (explained,) = explain(name, project, places or WrittenPlaces()).distributions
    return explained


def chains(copy: ExplainedCopy) -> list[str]:
    return [" → ".join(f"{each.name} {each.version}" for each in chain.releases) for chain in copy.chains]


LOW_OF_BIG = ConflictMember("low<2", ("big", "1"))
ODD_OF_BIG = ConflictMember("odd>=2", ("big", "1"))
WHY_SPLIT = conflict(
    LOW_OF_BIG, ODD_OF_BIG, reason="odd 3 needs low>=2, big 1 needs low<2", about="odd low big"
)


def test_a_part_of_a_split_requirement() -> None:
    (copy,) = only("odd", built(*SPLIT, conflicts=(WHY_SPLIT,))).copies
    assert chains(copy) == ["big 1 → odd 3", "far 1 → big 1 → odd 3"]
    assert copy.cuts == (Cut("odd>=2", Release("big", "1"), (WHY_SPLIT.reason,)),)


def test_a_part_without_a_recorded_reason() -> None:
    (copy,) = only("odd", built(*SPLIT)).copies
    assert copy.cuts == (Cut("odd>=2", Release("big", "1"), ()),)


def test_both_sides_of_a_split() -> None:
    """The chain to what a part brings goes through the importer's group; both sides have the reason."""
    one, other = only("low", built(*SPLIT, conflicts=(WHY_SPLIT,))).copies
    assert chains(one) == ["big 1 → low 1", "far 1 → big 1 → low 1"]
    assert chains(other) == ["big 1 → odd 3 → low 2", "far 1 → big 1 → odd 3 → low 2"]
    assert [each.reason for each in one.apart] == [each.reason for each in other.apart] == [WHY_SPLIT.reason]
    assert one.apart[0].requirements == (
        AskedRequirement("low<2 (for big 1)", None),
        AskedRequirement("odd>=2 (for big 1)", None),
    )
    assert one.cuts == other.cuts == ()


def test_what_the_user_isolates() -> None:
    place = WrittenAt("pyproject.toml", 9, "tool.mvenv.isolate[0]")
    found = built(group("a b", resolved("a==1 b==1", b="a")), isolated=frozenset({"a"}))
    isolated = only("a", found, WrittenPlaces(isolated={"a": place}))
    assert (isolated.isolated, isolated.isolated_at) == (True, place)
    assert isolated.copies[0].follows == ()
    dependant = only("b", found, WrittenPlaces(isolated={"a": place}))
    assert (dependant.isolated, dependant.isolated_at) == (False, None)
    assert dependant.copies[0].follows == ("it requires a 1",)


def test_an_alias() -> None:
    """`import a_old` is asked about like any import name; the requirement is written elsewhere."""
    alias = ImportAlias(DirectRequirement("a==1", "a", "tool.mvenv.aliases.a_old", (), (), "a_old"), "")
    written = WrittenAt("pyproject.toml", 9, "tool.mvenv.aliases.a_old")
    found = built(
        group("a", resolved("a==2")),
        ResolvedGroup((), (), resolved("a==1"), aliases={"a_old": "a==1"}),
        project=dataclasses.replace(PROJECT, aliases=(alias,)),
    )
    places = WrittenPlaces({(written.entry, "a==1"): written})
    assert explain("a_old.sub", found, places).distributions == (only("a", found, places),)
    one, other = only("a", found, places).copies
    assert (one.version, one.aliases) == ("2", ())
    assert (other.version, other.aliases) == ("1", ("a_old",))
    assert [chain.asked for chain in other.chains] == [AskedRequirement("a==1", written)]
    assert "a_old" in found.known_names()


def test_an_alias_of_the_only_version() -> None:
    found = built(ResolvedGroup((), (), resolved("a==1"), aliases={"a_old": "a==1"}))
    assert only("a", found).copies[0].follows == ("the application imports it as `a_old`",)


OVERRIDDEN = (
    group("a", resolved("a==2.2.2 b==1 c==1.1.1", a="b c", b="c")),
    group("d", resolved("d==1 c==2", d="c")),
)


@pytest.mark.parametrize(
    ("overrides", "paths"),
    [
        ({"A": {"2.2.2.0": {"C": "1.1.1"}}}, [["a 2.2.2.0"]]),
        ({"a": {"2.2.2": {"b": {"1": {"c": "1.1.1"}}}}}, [["a 2.2.2", "b 1"]]),
        ({"my-app": {"1": {"a": {"2.2.2": {"c": "1.1.1"}}}}}, [["my-app 1", "a 2.2.2"]]),
        ({"a": {"2.2.2": {"c": "1.1.1"}}, "b": {"1": {"c": "1.1.1"}}}, [["a 2.2.2"], ["b 1"]]),
        # Another version of the importer, another version of it, a path that nobody imports along.
        ({"a": {"1": {"c": "1.1.1"}}}, []),
        ({"a": {"2.2.2": {"c": "3"}}}, []),
        ({"d": {"1": {"b": {"1": {"c": "1.1.1"}}}}}, []),
        ({}, []),
    ],
)
def test_overrides(overrides: dict[str, Any], paths: list[list[str]]) -> None:
    one, other = only("c", built(*OVERRIDDEN, overrides=overrides)).copies
    said = [[f"{each.name} {each.version}" for each in found.path] for found in one.overridden]
    assert said == paths
    assert other.overridden == ()


def test_an_override_for_the_project_itself() -> None:
    """The documents call it MAIN_ID: what the project's own code imports."""
    found = built(*OVERRIDDEN, overrides={"My_App": {"1.0": {"a": "2.2.2", "c": "1.1.1"}}})
    assert [each.path for each in only("a", found).copies[0].overridden] == [(Release("my-app", "1.0"),)]
    assert only("c", found).copies[0].overridden == ()


def test_requirements_that_stay_together_are_told_one_by_one() -> None:
    """A comma may as well be within what the user wrote."""
    groups = (
        group("a b", resolved("a==1 b==1 low==1", a="low")),
        ResolvedGroup(("c>=1, <2",), ("c",), resolved("c==1 low==2", c="low")),
    )
    fight = conflict(("a", "b"), "c>=1, <2", reason="a needs low<2, c needs low>=2", about="a c low")
    (apart,) = only("low", built(*groups, conflicts=(fight,)), PLACES).copies[0].apart
    assert apart.requirements == (
        AskedRequirement("a", A),
        AskedRequirement("b", None),
        AskedRequirement("c>=1, <2", None),
    )


def test_conflicts_of_a_part_with_others_are_not_its_importers() -> None:
    """`b` and `odd` exclude each other as well, which says nothing of why `odd` is apart from `big`."""
    groups = (SPLIT[0], SPLIT[1], group("b", resolved("b==1 low==3", b="low")))
    elsewhere = conflict("b", ODD_OF_BIG, reason="b 1 needs low>2, odd 3 needs low==2", about="b odd low")
    direct = conflict("big", ODD_OF_BIG, reason="odd 3 needs low==2, far 1 needs low<2", about="odd far low")
    found = built(*groups, conflicts=(WHY_SPLIT, elsewhere, direct))
    assert only("odd", found).copies[0].cuts[0].reasons == (WHY_SPLIT.reason, direct.reason)
    one, two, three = ([each.reason for each in copy.apart] for copy in only("low", found).copies)
    assert one == [WHY_SPLIT.reason, direct.reason]
    assert two == [WHY_SPLIT.reason, elsewhere.reason, direct.reason]
    assert three == [elsewhere.reason]
