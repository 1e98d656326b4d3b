"""The answer, from the record that a build would leave of a small plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config.model import Project
from orchestrator.graph.document import graph_document
from orchestrator.manifest.remembered import remember
from orchestrator.plan.homes import make_plan
from orchestrator.plan.model import PlannedConflict
from orchestrator.plan.views import application_view
from orchestrator.why.built import BuiltProject, mentions, read
from orchestrator.why.explain import MOST_CHAINS, explain, known_names
from orchestrator.why.model import Answer, Apart, Asked, Copy, Place
from tests.unit.plan_values import group, holds, known, resolved

ROOT = Path("/somewhere/project")
PROJECT = Project(ROOT, "my-app", "1", "", (), None, None, {}, ())
PLACES = {"a": Place("pyproject.toml", 5, "project.dependencies[0]")}

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
    PlannedConflict(("a", "b"), "a 1 needs low<2, b 1 needs low>=2"),
    PlannedConflict(("b", "c"), "b 1 needs low>=2, c 1 needs low<2"),
)


def project(conflicts: tuple[PlannedConflict, ...] = CONFLICTS) -> BuiltProject:
    plan = make_plan(GROUPS, conflicts, KNOWLEDGE, lower_bound=2, proved=True)
    view = application_view(plan, KNOWLEDGE, ["a", "free", "top", "b", "c"])
    folders = {place.name: ROOT / "py_modules" / place.name for place in plan.everywhere()}
    graph = graph_document(plan, PROJECT, folders, view.borrowed)
    return read({"graph": graph, "knowledge": remember(KNOWLEDGE)})


def answer(name: str) -> Answer:
    return explain(name, project(), PLACES)


def copies(name: str) -> tuple[Copy, ...]:
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
    assert [chain.asked for chain in other.chains] == [Asked("b", None)]


def test_a_borrowed_copy_is_seen_by_the_borrower() -> None:
    one, other = copies("low")
    assert one.seen_by == ("a", "c")
    assert other.seen_by == ("b",)


def test_the_application_sees_its_direct_requirements() -> None:
    assert copies("b")[0].seen_by == ("application", "b")


def test_the_conflicts_of_each_copy() -> None:
    one, other = copies("low")
    first = Apart("a 1 needs low<2, b 1 needs low>=2", (Asked("a", PLACES["a"]), Asked("b", None)))
    second = Apart("b 1 needs low>=2, c 1 needs low<2", (Asked("b", None), Asked("c", None)))
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
    plan = make_plan(groups, (), found, lower_bound=2, proved=True)
    graph = graph_document(plan, PROJECT, {place.name: ROOT for place in plan.everywhere()}, {})
    built = read({"graph": graph, "knowledge": remember(found)})
    (explained,) = explain("y", built, {}).distributions
    assert explained.copies[0].follows == ("it shares the import name `space` with x",)


def test_what_follows_from_a_clash() -> None:
    found = known(holds("x==1", "same"), holds("y==1", "same"), clashes="x|y")
    groups = (group("x", resolved("x==1")), group("y", resolved("y==1")))
    conflict = PlannedConflict(("x", "y"), "x and y install the same modules")
    plan = make_plan(groups, (conflict,), found, lower_bound=2, proved=True)
    graph = graph_document(plan, PROJECT, {place.name: ROOT for place in plan.everywhere()}, {})
    built = read({"graph": graph, "knowledge": remember(found)})
    found_by_import = explain("same", built, {}).distributions
    assert [explained.name for explained in found_by_import] == ["x", "y"]
    (copy,) = found_by_import[0].copies
    assert copy.follows[0] == "it installs the same modules as y"
    assert [apart.reason for apart in copy.apart] == [conflict.reason]


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
    known = known_names(project())
    assert {"a", "low", "low_extra", "google.cloud"} <= set(known)
    assert "gone" not in known
    assert all(names(name) for name in known)


def test_many_chains() -> None:
    direct = [f"d{number}" for number in range(9)]
    pins = " ".join(f"{name}==1" for name in (*direct, "low"))
    groups = (group(" ".join(direct), resolved(pins, **dict.fromkeys(direct, "low"))),)
    plan = make_plan(groups, (), KNOWLEDGE, lower_bound=1, proved=True)
    graph = graph_document(plan, PROJECT, {"application": ROOT / ".venv"}, {})
    built = read({"graph": graph, "knowledge": remember(KNOWLEDGE)})
    (only,) = explain("low", built, {}).distributions[0].copies
    assert (len(only.chains), only.more_chains) == (MOST_CHAINS, 9 - MOST_CHAINS)


@pytest.mark.parametrize("reason", ["a needs low<2", "low[x]>=2 is", "no version of low, and", "low"])
def test_a_reason_that_mentions_it(reason: str) -> None:
    assert mentions(reason, "low")


@pytest.mark.parametrize("reason", ["a needs low-level<2", "slow", "pre-low", "low.level", "lower", "low_2"])
def test_a_reason_that_mentions_another(reason: str) -> None:
    assert not mentions(reason, "low")
