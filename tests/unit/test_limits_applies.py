"""The table of known limits: who meets one, and that docs/limits.md says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from known_limits.general import GENERAL
from known_limits.markdown import BEGIN, END, native_page, tables
from known_limits.native_state import NATIVE
from orchestrator.limits.applies import limits_hit
from orchestrator.limits.model import Limit, LimitHit
from orchestrator.limits.particular import PARTICULAR
from tests.unit.plan_values import group, plan_of, resolved

REPOSITORY = Path(__file__).resolve().parents[2]
LOW = Limit("low", "what", "it fails", "do not", distributions=("low",))


def met(*pins: str, limit: Limit = LOW, python: str = "3.12.1") -> tuple[LimitHit, ...]:
    groups = [group(f"d{number}", resolved(f"d{number}==1 {each}")) for number, each in enumerate(pins)]
    return limits_hit(plan_of(*groups), python, (limit,))


def test_two_versions() -> None:
    assert met("low==2", "low==10") == (LimitHit(LOW, "low", ("2", "10")),)
    assert met("low==2", "low==10")[0].message() == "low 2 and 10 will meet in one process: it fails"


@pytest.mark.parametrize("pins", [("low==1",), ("low==1", "low==1"), ("low==1", "other==2"), ("other==1",)])
def test_one_copy_or_none(pins: tuple[str, ...]) -> None:
    assert met(*pins) == ()


def test_two_copies_of_one_version() -> None:
    """Their dependencies differ, so each is installed for itself, and they meet all the same."""
    groups = [
        group(f"low d{version}", resolved(f"low==1 gear=={version} d{version}==1", low="gear"))
        for version in (1, 2)
    ]
    (found,) = limits_hit(plan_of(*groups), "3.12.1", (LOW,))
    assert found.versions == ("1",)
    assert found.message().startswith("two copies of low 1 will meet in one process: ")


def test_an_instance_that_is_borrowed_is_one_copy() -> None:
    groups = [
        group("a", resolved("a==1 low==1 gear==1", a="gear", low="gear")),
        group("b", resolved("b==1 low==1 gear==1 kit==1", b="gear kit", low="gear")),
        group("c", resolved("c==1 gear==2 kit==2", c="gear kit")),
    ]
    assert limits_hit(plan_of(*groups), "3.12.1", (LOW,)) == ()


@pytest.mark.parametrize(
    ("pins", "meets"),
    [
        (("low==1", "low==2"), False),
        (("low==1", "low==5"), True),
        (("low==5", "low==6rc1"), True),
        (("low==1", "low==somewhere"), True),
    ],
)
def test_only_certain_versions(pins: tuple[str, ...], *, meets: bool) -> None:
    limit = Limit("low", "", "", "", distributions=("low",), any_of=">=4")
    assert bool(met(*pins, limit=limit)) is meets


@pytest.mark.parametrize(("python", "meets"), [("3.12.9", True), ("3.13.0", False)])
def test_only_certain_pythons(python: str, *, meets: bool) -> None:
    limit = Limit("low", "", "", "", distributions=("low",), python="<3.13")
    assert bool(met("low==1", "low==2", limit=limit, python=python)) is meets


def test_the_page_on_native_state_is_what_is_known() -> None:
    page = (REPOSITORY / "docs" / "native-state.md").read_text("utf-8")
    assert page == native_page()
    for each in NATIVE:
        for file in re.findall(r"tests/\S+\.py", each.test):
            assert (REPOSITORY / file).is_file(), file


def test_the_page_of_limits_has_the_tables() -> None:
    """`scripts/known-limits` writes them."""
    text = (REPOSITORY / "docs" / "limits.md").read_text("utf-8")
    assert text.partition(f"{BEGIN}\n")[2].partition(f"\n{END}")[0] == tables()


def test_entries_are_whole() -> None:
    keys = [limit.key for limit in (*GENERAL, *PARTICULAR)]
    assert len(set(keys)) == len(keys)
    for limit in (*GENERAL, *PARTICULAR):
        assert limit.what and limit.symptom and limit.remedy
        assert not limit.symptom.endswith(".") and not limit.remedy.endswith(".")
        assert "|" not in limit.what + limit.symptom + limit.remedy, "a bar ends a cell of the table"


def test_particular_entries_name_whom_they_concern() -> None:
    assert not any(limit.distributions or limit.seen_with for limit in GENERAL)
    for limit in PARTICULAR:
        assert limit.distributions and limit.seen_with
        assert all(canonicalize_name(name) == name for name in limit.distributions)
        assert all(len(set(pair.split(", "))) == 2 for pair in limit.seen_with)
