"""Who keeps a version that the project does not ask for, and which copy nobody needs."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from orchestrator.reports.bounds import Lines, behind, requirement_lines, unneeded
from orchestrator.resolution.outcome import ResolvedGroup
from tests.support.wheels import build_wheel
from tests.unit.built_values import SPLIT, built
from tests.unit.plan_values import group, resolved

if TYPE_CHECKING:
    from pathlib import Path

ASKING = ResolvedGroup(("a", "vuln>=1.1"), ("a", "vuln"), resolved("a==1 vuln==1.2", a="vuln"))
GROUPS = (
    ASKING,
    group("b", resolved("b==1 vuln==1.0", b="vuln")),
    group("c", resolved("c==1 mid==3 vuln==1.0", c="mid vuln", mid="vuln")),
)


def _lines(*, b: str, mid: str, c: str = "vuln") -> Lines:
    return {("a", "1"): ("vuln",), ("b", "1"): (b,), ("c", "1"): (c, "mid"), ("mid", "3"): (mid, "other>1")}


def test_who_stays_behind() -> None:
    """A copy that is not what the project asks for, and whose requirements leave no other choice."""
    found = behind(built(*GROUPS), lambda: _lines(b="Vuln<1.1", mid="vuln (==1.0)"))
    assert [each.text for each in found] == [
        "vuln 1.0, as b 1 requires Vuln<1.1 and mid 3 requires vuln==1.0 (the project asks for vuln>=1.1)"
    ]
    kept_by_the_lock = behind(built(*GROUPS), lambda: _lines(b="vuln", mid="vuln>=1"))
    assert [each.text for each in kept_by_the_lock] == ["vuln 1.0 (the project asks for vuln>=1.1)"]


def test_what_the_project_asks_for_is_not_behind() -> None:
    """Also where it asks for two versions."""
    both = (ASKING, ResolvedGroup(("b", "vuln==1.0"), ("b", "vuln"), resolved("b==1 vuln==1.0", b="vuln")))
    assert not behind(built(*both), lambda: _lines(b="vuln<1.1", mid=""))
    assert not behind(built(*SPLIT), dict)
    same = (group("a vuln", resolved("a==1 vuln==1.2", a="vuln")), GROUPS[1])
    assert not behind(built(*same), lambda: _lines(b="vuln<1.1", mid=""))  # without a bound, any will do


def test_nothing_is_read_where_nothing_is_behind() -> None:
    """Every build of a divided project asks, and metadata is a tenth of a second for a hundred distributions."""

    def read() -> Lines:
        pytest.fail("metadata was read")

    assert not behind(built(*SPLIT), read)
    assert not behind(built(GROUPS[1], GROUPS[2]), read)


def test_what_is_not_needed() -> None:
    """One copy serves two groups: all that require it are asked."""
    project = built(*GROUPS)
    assert unneeded(project, _lines(b="vuln>=1.0", mid="vuln")) == {("b", "vuln"): "1.2"}
    assert unneeded(project, _lines(b="vuln<1.1", mid="vuln")) == {}
    assert unneeded(project, _lines(b="vuln", mid="vuln", c="vuln<1.2,>1.0")) == {}
    assert unneeded(project, {}) == {}  # nothing is known
    assert ("a", "vuln") not in unneeded(project, {**_lines(b="vuln", mid="vuln"), ("a", "1"): ("vuln<2",)})
    override = {"b": {"1": {"vuln": "1.0"}}}
    assert unneeded(built(*GROUPS, overrides=override), _lines(b="vuln", mid="vuln")) == {}
    assert unneeded(built(*GROUPS, isolated=frozenset(["vuln"])), _lines(b="vuln", mid="vuln")) == {}


def test_what_metadata_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the version in each environment; requirements for other Pythons are left out, those of extras are not."""
    places = {".venv": "a", "py_modules/b": "b"}
    for place, name in places.items():
        requires = ["vuln<1", "vuln>=2; python_version < '3'", "more; extra == 'x'"]
        site_packages = tmp_path / place / "lib/python3.12/site-packages"
        with zipfile.ZipFile(build_wheel(tmp_path, name, "1", requires=requires, files={})) as wheel:
            wheel.extractall(site_packages)
    monkeypatch.setattr(
        "orchestrator.environments.venv.built_site_packages",
        lambda folder: folder / "lib/python3.12/site-packages",
    )
    project = built(
        group("a", resolved("a==1 low==1", a="low")), group("b", resolved("b==1 low==2", b="low"))
    )
    every = requirement_lines(project, tmp_path)
    assert all(len(lines) == 3 for lines in every.values())
    here = requirement_lines(project, tmp_path, {"python_version": "3.12"})
    assert all(len(lines) == 2 and lines[0] == "vuln<1" for lines in here.values())
