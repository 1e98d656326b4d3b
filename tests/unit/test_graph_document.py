from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from orchestrator.config.model import DirectRequirement, Project
from orchestrator.graph.document import graph_document
from orchestrator.plan.homes import make_plan
from orchestrator.plan.model import Knowledge, PlannedConflict, PlannedGroup
from tests.unit.plan_values import group, plan_of, resolved

ROOT = Path("/somewhere/project")
PROJECT = Project(
    root=ROOT,
    name="my-app",
    version="1.0",
    requires_python="",
    requirements=(),
    python=None,
    exclude_newer=None,
    uv_sources={},
    uv_indexes=(),
)
GROUPS = (
    group("a free", resolved("a==1 free==1 gear==1 kit==1 low==1", a="kit low", kit="gear")),
    group("b kit", resolved("b==1 gear==1 kit==1 low==2", b="kit low", kit="gear")),
    group("c", resolved("c==1 gear==2 low==3", c="gear low")),
)


def document(**options: Any) -> dict[str, Any]:
    plan = make_plan(
        GROUPS,
        (PlannedConflict(("a", "b"), "because"),),
        Knowledge(),
        **{"lower_bound": 3, "proved": True, **options},
    )
    folders = {each.name: ROOT / "py_modules" / f"{each.name}-1" for each in plan.environments}
    return graph_document(plan, PROJECT, {**folders, "application": ROOT / ".venv"}, {"c": "c"})


def test_it_is_plain_data() -> None:
    assert json.loads(json.dumps(document())) == document()


def test_environments() -> None:
    by_name = {each["name"]: each for each in document()["environments"]}
    assert by_name["b"] == {
        "name": "b",
        "path": "py_modules/b-1",
        "requirements": ["b", "kit"],
        "distributions": [{"name": "b", "version": "1"}, {"name": "low", "version": "2"}],
        "borrowed": {"gear": "a", "kit": "a"},
    }
    assert document()["application"] == {
        "name": "application",
        "path": ".venv",
        "distributions": [{"name": "free", "version": "1"}],
        "sees": {"c": "c"},
    }


def test_the_rest() -> None:
    found = document(proved=False, lower_bound=2)
    assert found["schema"] == 2
    assert found["groups"] == [["a", "free"], ["b", "kit"], ["c"]]
    assert (found["lower_bound"], found["proved"]) == (2, False)
    assert found["conflicts"] == [{"requirements": ["a", "b"], "reason": "because"}]
    assert found["versioned"]["low"] == ["1", "2", "3"]


def test_who_depends_on_whom_in_each_group() -> None:
    assert document()["dependencies"] == [
        {"a": ["kit", "low"], "free": [], "gear": [], "kit": ["gear"], "low": []},
        {"b": ["kit", "low"], "gear": [], "kit": ["gear"], "low": []},
        {"c": ["gear", "low"], "gear": [], "low": []},
    ]


def test_an_addition_is_depended_on() -> None:
    """`"a" = ["+tool>=1"]` in the constraints; one that did not apply is in no group."""
    asked = DirectRequirement("a", "a", "project.dependencies[0]", (), ("Tool>=1", "ghost"))
    plan = plan_of(group("a", resolved("a==1 tool==1")))
    project = dataclasses.replace(PROJECT, requirements=(asked,))
    found = graph_document(plan, project, {"application": ROOT / ".venv"}, {})
    assert found["dependencies"] == [{"a": ["tool"], "tool": []}]


def test_each_direct_requirement_with_where_it_is() -> None:
    """`kit` is required by the second group and installed in the first one's environment."""
    homes = {each["requirement"]: (each["environment"], each["version"]) for each in document()["direct"]}
    assert homes == {
        "a": ("a", "1"),
        "free": ("application", "1"),
        "b": ("b", "1"),
        "kit": ("a", "1"),
        "c": ("c", "1"),
    }


def test_a_requirement_that_resolved_to_nothing() -> None:
    """A requirement of the project itself, or one whose marker uv judged otherwise."""
    odd = PlannedGroup(("ghost",), ("ghost",), resolved("a==1"))
    found = graph_document(plan_of(odd), PROJECT, {"application": ROOT / ".venv"}, {})
    assert found["direct"] == [
        {"requirement": "ghost", "distribution": "ghost", "version": "", "environment": "application"}
    ]
