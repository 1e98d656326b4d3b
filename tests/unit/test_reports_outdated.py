"""What could be newer, and who holds it."""

from __future__ import annotations

from orchestrator.reports.outdated import columns, outdated
from tests.unit.built_values import built
from tests.unit.plan_values import group, resolved

PROJECT = built(
    group("a", resolved("a==1 low==1 free==1", a="low free")),
    group("b", resolved("b==1 low==2", b="low")),
)
LINES = {("a", "1"): ("low<2", "free"), ("b", "1"): ("low>=2",)}
LATEST = {"a": {"low": "3"}, "b": {"low": "3", "b": "5"}, "application": {"free": "4", "pip": "99"}}


def test_who_holds_what() -> None:
    """By metadata, and by the project's own words; what is no distribution of the project is left out."""
    found = outdated(PROJECT, LATEST, LINES, {"b": ["low<2.5", "other<1"], "a": ["free<9"]})
    shown = [
        (each.name, each.version, each.environment, [(held.who, held.requirement) for held in each.held_by])
        for each in found
    ]
    assert shown == [
        ("b", "1", "b", []),
        ("free", "1", "application", []),
        ("low", "1", "a", [("a 1", "low<2")]),
        ("low", "2", "b", [("tool.mvenv.constraints.b", "low<2.5")]),
    ]
    assert columns(found).splitlines() == [
        "b     1  5  b",
        "free  1  4  .venv",
        "low   1  3  a      a 1: low<2",
        "low   2  3  b      tool.mvenv.constraints.b: low<2.5",
    ]


def test_nothing() -> None:
    assert outdated(PROJECT, {}, LINES, {}) == ()
