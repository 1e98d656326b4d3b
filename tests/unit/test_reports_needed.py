from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.cli.needed import needed
from orchestrator.reports.needed import needed_by
from orchestrator.resolution.idle_overrides import idle, versions
from orchestrator.resolution.outcome import Groups
from runtime_shim.overrides.rules import rules
from tests.unit.plan_values import group, resolved

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.resolution.outcome import ResolvedGroup
    from orchestrator.uv.model import Resolution


def asked(direct: str, resolution: Resolution) -> ResolvedGroup:
    """Return a group in which the direct requirements alone are asked for."""
    return group(direct, replace(resolution, roots=frozenset(direct.split())))


GROUPS = Groups(
    (
        asked("plain low", resolved("plain==1 low==1 deep==1", plain="deep", deep="low")),
        asked("other", resolved("other==2 low==2", other="low")),
        asked("low-user", resolved("low-user==3")),
    ),
    (),
    3,
    True,
)


def test_who_needs_it() -> None:
    assert needed_by(GROUPS, frozenset({"low"})) == {"low": (("deep", "1"), ("other", "2"))}
    assert needed_by(GROUPS, frozenset({"plain", "other"})) == {}


def test_what_goes_needs_nothing() -> None:
    assert needed_by(GROUPS, frozenset({"low", "other"})) == {"low": (("deep", "1"),)}
    assert needed_by(GROUPS, frozenset({"low", "other", "plain"})) == {}


def test_what_another_group_holds() -> None:
    elsewhere = replace(GROUPS.groups[2], redirects={"low-user": {"low": 0}})
    parted = replace(GROUPS, groups=(GROUPS.groups[0], elsewhere))
    assert needed_by(parted, frozenset({"low", "plain"})) == {"low": (("low-user", "3"),)}


def test_without_a_lock_nobody_is_known(tmp_path: Path) -> None:
    assert needed(tmp_path, ["low"]) == {}
    (tmp_path / "mvenv.lock").write_text("no lock")
    assert needed(tmp_path, ["low"]) == {}


def test_overrides_of_what_nobody_has() -> None:
    decided = rules(
        {
            "plain": {"1.0": {"low": "1"}, "9": {"low": "1"}},
            "nobody": {"1": {"low": "2"}},
            "my-app": {"1": {"plain": {"1": {"deep": "2"}}}},
        }
    )
    assert [str(rule) for rule in idle(decided, GROUPS, ("my-app", "1"))] == [
        "plain 9 → low 1",
        "nobody 1 → low 2",
    ]
    assert [rule.path[0][0] for rule in idle(decided, GROUPS, ("my-app", "2"))] == [
        "plain",
        "nobody",
        "my-app",
        "my-app",
    ]
    assert versions(GROUPS, frozenset({"low", "deep", "nobody"})) == {
        "low": {"1", "2"},
        "deep": {"1"},
        "nobody": frozenset(),
    }
