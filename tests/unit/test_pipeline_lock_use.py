"""How a lock and a request meet: what is kept, what is compared, what is exported under which name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest

from orchestrator.config.model import Selection
from orchestrator.config.request import LockUse, Request
from orchestrator.lock.model import Lock, LockedRequirement, LockInputs
from orchestrator.lock.preferences import preferred
from orchestrator.pipeline.built_request import (
    asks_for_what_is_built,
    kept_selection,
    recorded_selection,
)
from orchestrator.pipeline.converge import meeting
from orchestrator.pipeline.dry_run import changed_environments
from orchestrator.pipeline.export import names_of_groups
from orchestrator.plan.model import Knowledge, Plan
from orchestrator.reports.graph.document import graph_document
from orchestrator.resolution.outcome import Groups
from tests.unit.built_values import PROJECT, recorded_request
from tests.unit.plan_values import group, plan_of, resolved

if TYPE_CHECKING:
    from orchestrator.state.documents import GraphDocument, NameAndVersion, Record, RecordedRequest

TWO = (
    group("a", resolved("a==1.0 low==1.0 shared==1.0", a="low shared")),
    group("b", resolved("b==1.0 low==2.0 shared==1.0", b="low shared")),
)
GROUPS = Groups(TWO, (), 2, True)
INPUTS = LockInputs("3.11", "cpython-linux-x86_64", (LockedRequirement("a"), LockedRequirement("b")))
LOCK = Lock(INPUTS, GROUPS, Knowledge())


def versions(groups: Groups) -> list[dict[str, str]]:
    return [{name: pin.version for name, pin in group.resolution.pins.items()} for group in groups.groups]


def test_what_a_new_resolution_keeps() -> None:
    assert preferred(LOCK, INPUTS, Request()) == GROUPS
    some = preferred(LOCK, INPUTS, Request(upgrade_packages=frozenset(["low", "a"])))
    assert versions(some) == [{"shared": "1.0"}, {"b": "1.0", "shared": "1.0"}]
    none = preferred(LOCK, INPUTS, Request(upgrade=True))
    assert versions(none) == [{}, {}]
    assert [group.requirements for group in none.groups] == [("a",), ("b",)]


def test_a_version_that_an_override_forced_is_not_kept() -> None:
    now = replace(INPUTS, overrides=("a 1.0 → shared 2.0", "b 1.0 → low 2.0"))
    before = replace(LOCK, inputs=replace(INPUTS, overrides=("b 1.0 → low 2.0", "x 1 → y 1 → a 1.0")))
    assert versions(preferred(before, now, Request())) == [{"low": "1.0"}, {"b": "1.0", "low": "2.0"}]


def _asking(*texts: str) -> LockInputs:
    return replace(INPUTS, requirements=tuple(map(LockedRequirement, texts)))


@pytest.mark.parametrize(
    ("before", "now", "kept"),
    [
        (
            ("a", "low==1.0"),
            ("a", "low>=1.1"),
            [None, "2.0"],
        ),  # raised: nobody is held at what is no longer allowed
        (("a",), ("a", "low>=1.1"), [None, "2.0"]),  # bounded for the first time
        (("a", "low"), ("a", "low<2"), ["1.0", None]),
        (("a", "low>=2"), ("a", "low>=2,!=2.1"), ["1.0", "2.0"]),  # it was another's choice then, and is now
        (("a", "low>=1.1"), ("a", "low>=1.1"), ["1.0", "2.0"]),
        (("a", "low==1.0"), ("a",), ["1.0", "2.0"]),
        (("a", "low==1.0", "low==2.0"), ("a", "low==2.0", "low>=3"), [None, "2.0"]),
    ],
)
def test_a_bound_that_was_moved_reaches_everybody(
    before: tuple[str, ...], now: tuple[str, ...], kept: list[str | None]
) -> None:
    """A version that the project has allowed and no longer does is not preferred in any group."""
    found = preferred(replace(LOCK, inputs=_asking(*before)), _asking(*now), Request())
    assert [pins.get("low") for pins in versions(found)] == kept
    assert [pins["shared"] for pins in versions(found)] == ["1.0", "1.0"]


PLAIN = recorded_request()
DEV = recorded_request("dev")


@pytest.mark.parametrize(
    ("request_", "built", "same"),
    [
        (Request(), PLAIN, True),
        (Request(), DEV, False),
        (Request(), {**PLAIN, "frozen": True}, False),
        (Request(Selection(("dev",))), DEV, True),
        (Request(Selection(("dev",))), PLAIN, False),
        (Request(Selection((), ("dev",))), DEV, False),
        (Request(upgrade=True), PLAIN, False),
        (Request(upgrade_packages=frozenset(["a"])), PLAIN, False),
        (Request(offline=True, solve_timeout=1.0), PLAIN, True),
        (Request(lock=LockUse.LOCKED), PLAIN, True),
        (Request(lock=LockUse.LOCKED), {**PLAIN, "frozen": True}, False),
        (Request(lock=LockUse.FROZEN), {**PLAIN, "frozen": True}, True),
        (Request(lock=LockUse.FROZEN), {**DEV, "frozen": True}, False),
        (Request(Selection(all_groups=True)), {**PLAIN, "all_groups": True}, True),
        (Request(Selection(no_groups=("dev",))), PLAIN, False),
        (Request(Selection(("test",)), LockUse.FROZEN), DEV, False),
    ],
)
def test_whether_what_is_built_is_what_is_asked_for(
    request_: Request, built: RecordedRequest, same: bool
) -> None:
    assert asks_for_what_is_built(request_, built) is same


def test_the_selection_in_a_record() -> None:
    assert recorded_selection({**DEV, "extras": ["x"]}) == Selection(("dev",), ("x",))
    told = Selection(no_groups=("dev",), only_groups=("docs",), no_default_groups=True, all_extras=True)
    recorded = {
        **PLAIN,
        "no_groups": ["dev"],
        "only_groups": ["docs"],
        "no_default_groups": True,
        "all_extras": True,
    }
    assert recorded_selection(cast("RecordedRequest", recorded)) == told


def test_what_is_kept_of_the_last_build() -> None:
    """A group that there is no more is nothing that the next command asks for."""
    assert kept_selection(None, PROJECT) == Selection()
    record = cast(
        "Record", {"request": {**DEV, "extras": ["x", "y"], "no_groups": ["gone"], "all_groups": True}}
    )
    assert kept_selection(record, PROJECT) == Selection(all_groups=True)
    project = replace(PROJECT, groups={"dev": ()}, extras={"y": ()})
    assert kept_selection(record, project) == Selection(("dev",), ("y",), all_groups=True)


def test_clashes_within_a_group() -> None:
    def pair(*names: str) -> frozenset[str]:
        return frozenset(names)

    assert meeting(GROUPS, [pair("a", "b"), pair("b", "ghost")]) == []
    assert meeting(GROUPS, [pair("low", "shared")]) == [("low", "shared")]
    assert meeting(GROUPS, [pair("a", "low")]) == []  # a adds to low's modules on purpose


def test_names_of_exported_groups() -> None:
    assert names_of_groups(plan_of(*TWO)) == ("a", "b")
    assert names_of_groups(plan_of(TWO[0])) == ("a",)
    twice = (TWO[0], group("a", resolved("a==2.0 low==2.0", a="low")), TWO[1])
    assert len(set(names_of_groups(plan_of(*twice)))) == 3


def graph(*environments: tuple[str, dict[str, str]], application: dict[str, str]) -> GraphDocument:
    """A graph document in which only that is true which a preview looks at: what is installed where."""

    def held(versions: dict[str, str]) -> list[NameAndVersion]:
        return [{"name": name, "version": version} for name, version in versions.items()]

    nothing = graph_document(plan_of(), PROJECT, {}, {})
    return {
        **nothing,
        "application": {**nothing["application"], "distributions": held(application)},
        "environments": [
            {
                "name": name,
                "path": f"py_modules/{name}-old",
                "requirements": [],
                "distributions": held(versions),
                "borrowed": {},
            }
            for name, versions in environments
        ],
    }


def previewed(built: GraphDocument | None, plan: Plan, *complete: str) -> dict[str, tuple[Any, ...]]:
    folders = {environment.name: f"py_modules/{environment.name}-new" for environment in plan.environments}
    return {
        change.name: (change.action, change.path, change.added, change.removed, change.changed)
        for change in changed_environments(built, plan, folders, frozenset(complete))
    }


def test_a_preview_of_a_first_build() -> None:
    assert previewed(None, plan_of(*TWO)) == {
        "application": ("make", ".venv", {"shared": "1.0"}, {}, {}),
        "a": ("make", "py_modules/a-new", {"a": "1.0", "low": "1.0"}, {}, {}),
        "b": ("make", "py_modules/b-new", {"b": "1.0", "low": "2.0"}, {}, {}),
    }


def test_a_preview_of_changes() -> None:
    built = graph(
        ("a", {"a": "1.0", "low": "1.0"}),
        ("b", {"b": "0.9", "gone": "1", "low": "2.0"}),
        ("c", {"c": "1"}),
        application={"shared": "1.0"},
    )
    assert previewed(built, plan_of(*TWO), "a") == {
        "application": ("keep", ".venv", {}, {}, {}),
        "a": ("keep", "py_modules/a-new", {}, {}, {}),
        "b": ("replace", "py_modules/b-new", {}, {"gone": "1"}, {"b": ("0.9", "1.0")}),
        "c": ("remove", "py_modules/c-old", {}, {"c": "1"}, {}),
    }


def test_a_preview_of_a_conflict_that_ends() -> None:
    built = graph(("a", {"a": "1.0", "low": "1.0"}), application={"shared": "1.0"})
    one = plan_of(replace(TWO[0]))
    assert previewed(built, one) == {
        "application": ("replace", ".venv", {"a": "1.0", "low": "1.0"}, {}, {}),
        "a": ("remove", "py_modules/a-old", {}, {"a": "1.0", "low": "1.0"}, {}),
    }
