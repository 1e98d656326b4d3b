"""Which of uv's refusals prove a conflict without another question, and which do not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from orchestrator.grouping import Verdict
from orchestrator.resolution.items import Item
from orchestrator.resolution.proof_check import certified, excludes
from orchestrator.uv import derivation
from orchestrator.uv.failure import Kind
from orchestrator.uv.model import Demand
from orchestrator.uv.refusal import Refusal

MESSAGES = Path(__file__).parent / "uv_messages"


def message(name: str) -> str:
    return (MESSAGES / f"{name}.txt").read_text("utf-8")


def because(*premises: str) -> str:
    text = " and ".join(premises)
    conclusion = "we can conclude that your requirements are unsatisfiable."
    return f"error: No solution found\n  cause: Because {text}, {conclusion}"


def ruled_out(stderr: str, requirements: list[str]) -> bool:
    return excludes(derivation.read(stderr), map(Requirement, requirements))


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        ("pair", ["dep-a", "dep-b"]),
        ("pair", ["Dep_A>=1", "dep.b<9"]),
        ("pinned", ["dep-a==1.0", "dep-b==1.0"]),
        ("project", ["dep-a==1.0", "low>=2"]),
        ("deep_pin", ["top", "dep-b==1.0"]),
        ("extra", ["dep-e", "dep-a"]),
    ],
)
def test_facts_that_leave_no_version(name: str, requirements: list[str]) -> None:
    assert ruled_out(message(name), requirements)


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        # One of them alone, or others: the facts must be enough for exactly these.
        ("pair", ["dep-a"]),
        ("pair", ["dep-b", "top"]),
        # What is said of other versions says nothing of these.
        ("pinned", ["dep-a==1.1", "dep-b==1.0"]),
        ("pinned", ["dep-a", "dep-b"]),
        ("pinned", ["dep-a>=1.0", "dep-b==1.0"]),
        # The project's own bound is not among them.
        ("project", ["dep-a==1.0", "other"]),
        # Needs an argument over cases, or over the versions that exist.
        ("ranges", ["dep-a", "dep-b"]),
        ("triple", ["t1", "t2", "t3"]),
        ("missing", ["needy"]),
        # Constraints are no facts about releases.
        ("constrained", ["dep-a"]),
    ],
)
def test_facts_that_prove_nothing(name: str, requirements: list[str]) -> None:
    assert not ruled_out(message(name), requirements)


@pytest.mark.parametrize(
    ("one", "other", "proof"),
    [
        ("low<2", "low>=2", True),
        ("low<2", "low>=2.0.dev1,<3", True),
        ("low<2", "low>2", True),
        ("low<=2", "low>=2", False),
        ("low==1.*", "low==2.0", True),
        ("low==1.*", "low==1.5", False),
        ("low!=1", "low==1", True),
        ("low[fast]<2", "low>=2", True),
        ("low", "low>=2", False),
        ("low<2", "high>=2", False),
        # What does not parse proves nothing.
        ("low<2+", "low>=3", False),
        ("low @ file:///wheels/low.whl", "low>=3", False),
    ],
)
def test_ranges_are_compared_not_believed(one: str, other: str, proof: bool) -> None:
    text = because(f"a==1.0 depends on {one}", f"b==1.0 depends on {other}")
    assert ruled_out(text, ["a==1.0", "b==1.0"]) is proof


def test_one_of_several_ranges_is_enough_to_be_possible() -> None:
    either = because("all versions of a depend on one of: low<2 low>4", "all versions of b depend on low==3")
    assert ruled_out(either, ["a", "b"])
    possible = because(
        "all versions of a depend on one of: low<2 low>2", "all versions of b depend on low==3"
    )
    assert not ruled_out(possible, ["a", "b"])


def test_two_distributions_in_one_fact_are_both_required() -> None:
    text = because("a==1 depends on mid and low<2", "mid>=1 depends on low", "b==1 depends on low>=2")
    assert ruled_out(text, ["a==1", "b==1"])
    assert not ruled_out(because("a==1 depends on mid<2 and low>=2"), ["a==1", "b==1"])


def test_an_extra_must_be_asked_for() -> None:
    text = because("a[fast]==1 depends on low<2", "b==1 depends on low>=2")
    assert ruled_out(text, ["a[fast]==1", "b==1"])
    assert ruled_out(text, ["a[other,Fast]==1", "b==1"])
    assert not ruled_out(text, ["a==1", "b==1"])


PINNED = message("pinned")
SUSPECTED = Verdict(False, suspects=frozenset({0, 1}), reason="told")
UNSATISFIABLE = Refusal(PINNED, Kind.UNSATISFIABLE)


def items(*, constraints: tuple[str, ...] = (), bare: str = "") -> dict[int, Item]:
    """Two items that are in conflict, and one with *constraints*, or split."""
    other = Demand("other==1.0", "other", (), constraints, bare=bare)
    return {
        number: Item((Demand(f"{name}==1.0", name, ()),)) for number, name in enumerate(("dep-a", "dep-b"))
    } | {2: Item((other,))}


def test_suspects_are_refuted_where_the_proof_can_be_checked() -> None:
    verdict = certified(SUSPECTED, UNSATISFIABLE, items(), overridden=False)
    assert verdict == dataclasses.replace(SUSPECTED, refuted=frozenset({0, 1}))


def test_whoever_changes_what_others_require_spoils_the_proof() -> None:
    """Facts about other releases may then be this question's own."""
    assert certified(SUSPECTED, UNSATISFIABLE, items(), overridden=True) == SUSPECTED
    for spoiled in (items(constraints=("low<2",)), items(bare="1.0")):
        assert certified(SUSPECTED, UNSATISFIABLE, spoiled, overridden=False) == SUSPECTED


def test_what_the_cache_does_not_hold_proves_nothing() -> None:
    assert certified(SUSPECTED, Refusal(PINNED, Kind.OFFLINE), items(), overridden=False) == SUSPECTED


def test_wrong_suspects_are_not_refuted() -> None:
    wrong = Verdict(False, suspects=frozenset({0, 2}))
    assert certified(wrong, UNSATISFIABLE, items(), overridden=False) == wrong
    alone = Verdict(False, suspects=frozenset({0}))
    assert certified(alone, UNSATISFIABLE, items(), overridden=False) == alone
