"""Diagrams: what is drawn, and that the languages' own programs read it."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from orchestrator.reports.graph.diagram import diagram, dot, mermaid
from tests.unit.built_values import SPLIT, built
from tests.unit.plan_values import conflict, group, resolved

PROJECT = built(
    group("a", resolved("a==1 low==1 free==1", a="low free")),
    group("b", resolved("b==1 low==2", b="low")),
    conflicts=(conflict("a", "b", reason='a needs low<2, b needs "low">=2'),),
)


def test_what_is_drawn() -> None:
    """Rooms by environment; who is in another version is marked; a conflict joins those that are apart."""
    drawn = diagram(PROJECT)
    labels = {copy.key: copy.label for _, copies in drawn.rooms for copy in copies}
    assert [folder for folder, _ in drawn.rooms] == ["py_modules/a", "py_modules/b", ".venv (shared by all)"]
    assert {labels[key] for key in drawn.asked} == {"a 1", "b 1"}
    assert {(labels[one], labels[other]) for one, other in drawn.requires} == {
        ("a 1", "low 1"),
        ("a 1", "free 1"),
        ("b 1", "low 2"),
    }
    assert [copy.label for _, copies in drawn.rooms for copy in copies if copy.differs] == ["low 1", "low 2"]
    ((one, other, reason),) = drawn.conflicts
    assert (labels[one], labels[other], reason) == ("a 1", "b 1", 'a needs low<2, b needs "low">=2')


def test_requirements_across_groups() -> None:
    labels = {copy.key: copy.label for _, copies in diagram(built(*SPLIT)).rooms for copy in copies}
    requires = {(labels[one], labels[other]) for one, other in diagram(built(*SPLIT)).requires}
    assert ("big 1", "odd 3") in requires and ("odd 3", "low 2") in requires


def test_mermaid() -> None:
    """The last line colours the conflict's edge, by its number among all."""
    lines = mermaid(diagram(PROJECT)).splitlines()
    edges = [line for line in lines if "--> " in line or " -. " in line]
    number = int(lines[-1].split()[1])
    assert lines[-1].startswith("  linkStyle ") and " -. " in edges[number]
    assert "a needs low#60;2, b needs #34;low#34;>=2".replace(">", "#62;") in edges[number]
    assert mermaid(diagram(built(group("a", resolved("a==1"))))).splitlines()[-1].startswith("  classDef ")


@pytest.mark.skipif(shutil.which("dot") is None, reason="no Graphviz")
def test_graphviz_reads_it() -> None:
    ended = subprocess.run(
        ["dot", "-Tsvg"], input=dot(diagram(PROJECT)), capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""
    assert all(text in ended.stdout for text in ("low 1", "py_modules/b", "&quot;low&quot;&gt;=2"))
