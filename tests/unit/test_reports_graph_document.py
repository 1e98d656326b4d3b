from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.config.model import DirectRequirement, ImportAlias, Project
from orchestrator.plan.homes import make_plan
from orchestrator.plan.model import Knowledge
from orchestrator.reports.graph.document import graph_document
from orchestrator.resolution.outcome import Groups, Part, ResolvedGroup
from tests.unit.plan_values import conflict, group, plan_of, resolved

if TYPE_CHECKING:
    from orchestrator.state.documents import GraphDocument

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


def document(**options: Any) -> GraphDocument:
    conflicts = (conflict("a", "b", reason="because", about="low"),) * 2
    isolated = options.pop("isolated", frozenset())
    found = Groups(tuple(GROUPS), conflicts, **{"lower_bound": 3, "proved": True, **options})
    plan = make_plan(found, Knowledge(), isolated)
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
    assert found["schema"] == 3
    assert found["groups"] == [["a", "free"], ["b", "kit"], ["c"]]
    assert (found["lower_bound"], found["proved"]) == (2, False)
    assert found["conflicts"] == [
        {
            "requirements": ["a", "b"],
            "members": [
                [{"requirement": "a", "importer": None}],
                [{"requirement": "b", "importer": None}],
            ],
            "reason": "because",
            "about": ["low"],
        }
    ]
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
    odd = ResolvedGroup(("ghost",), ("ghost",), resolved("a==1"))
    found = graph_document(plan_of(odd), PROJECT, {"application": ROOT / ".venv"}, {})
    assert found["direct"] == [
        {
            "requirement": "ghost",
            "distribution": "ghost",
            "entry": "",
            "group": 0,
            "version": "",
            "environment": "application",
        }
    ]


SPLIT = (
    ResolvedGroup(
        ("big==1",),
        ("big",),
        resolved("big==1 low==1", big="low"),
        redirects={"big": {"odd": 1}},
    ),
    ResolvedGroup(
        (),
        (),
        resolved("odd==3 low==2", odd="low"),
        parts=(Part("odd>=2", "odd", ("big", "1")),),
    ),
)


def of(*groups: ResolvedGroup, project: Project = PROJECT, **options: Any) -> GraphDocument:
    plan = make_plan(Groups(tuple(groups), (), 1, proved=True), Knowledge(), **options)
    return graph_document(plan, project, {each.name: ROOT / each.name for each in plan.everywhere()}, {})


def test_a_split_requirement() -> None:
    """What was cut from `big` is a part of the second group, and `big` depends on it there."""
    found = of(*SPLIT)
    assert found["groups"] == [["big==1"], []]
    assert found["dependencies"] == [{"big": ["low", "odd"], "low": []}, {"low": [], "odd": ["low"]}]
    assert found["redirects"] == [{"big": {"odd": 1}}, {}]
    assert found["homes"] == [{"big": "big", "low": "big"}, {"low": "odd", "odd": "odd"}]
    assert found["parts"] == [
        {
            "requirement": "odd>=2",
            "distribution": "odd",
            "importer": {"name": "big", "version": "1"},
            "group": 1,
            "version": "3",
            "environment": "odd",
        }
    ]
    assert json.loads(json.dumps(found)) == found


def requirement(text: str, entry: str, *constraints: str, alias: str = "") -> DirectRequirement:
    return DirectRequirement(text, text.partition("=")[0], entry, constraints, (), alias)


def test_an_alias() -> None:
    """Its requirement may say what a direct one says: they are told apart."""
    old = requirement("a==1", "tool.mvenv.aliases.a_old", alias="a_old")
    direct = requirement("a==1", "project.dependencies[0]")
    project = dataclasses.replace(PROJECT, requirements=(direct,), aliases=(ImportAlias(old, ""),))
    both = ResolvedGroup(("a==1",), ("a",), resolved("a==1"), aliases={"a_old": "a==1"})
    found = of(both, group("b", resolved("b==1 a==2", b="a")), project=project)
    assert found["aliases"] == [
        {
            "name": "a_old",
            "requirement": "a==1",
            "distribution": "a",
            "entry": "tool.mvenv.aliases.a_old",
            "group": 0,
            "version": "1",
            "environment": "a",
        }
    ]
    assert [each["entry"] for each in found["direct"]] == ["project.dependencies[0]", ""]


def test_what_an_alias_adds() -> None:
    """Constraints of an alias are not those of the direct requirement with the same text."""
    old = DirectRequirement("a==1", "a", "tool.mvenv.aliases.a_old", (), ("tool",), "a_old")
    project = dataclasses.replace(PROJECT, aliases=(ImportAlias(old, ""),))
    alias = ResolvedGroup((), (), resolved("a==1 tool==1"), aliases={"a_old": "a==1"})
    found = of(group("a==1", resolved("a==1 tool==1")), alias, project=project)
    assert [each["a"] for each in found["dependencies"]] == [[], ["tool"]]


def test_the_entries_of_what_a_build_took_in() -> None:
    optional = requirement("b", "dependency-groups.dev[0]")
    project = dataclasses.replace(
        PROJECT,
        requirements=(requirement("a", "project.dependencies[0]"),),
        extras={"x": (requirement("b", "project.optional-dependencies.x[0]"),)},
        groups={"dev": (optional,)},
    )
    plan = plan_of(group("a b", resolved("a==1 b==1")))
    folders = {"application": ROOT / ".venv"}
    everything = graph_document(plan, project, folders, {})
    chosen = graph_document(plan, project, folders, {}, requirements=(*project.requirements, optional))
    assert [each["entry"] for each in chosen["direct"]] == [
        "project.dependencies[0]",
        "dependency-groups.dev[0]",
    ]
    assert everything["direct"][1]["entry"] == "project.optional-dependencies.x[0]"


def test_entries_of_one_text_with_different_constraints() -> None:
    twice = (requirement("a", "project.dependencies[0]"), requirement("a", "dependency-groups.dev[0]", "x<2"))
    project = dataclasses.replace(PROJECT, requirements=twice)
    found = of(group("a", resolved("a==1")), group("a", resolved("a==2")), project=project)
    assert [each["entry"] for each in found["direct"]] == [
        "project.dependencies[0]",
        "dependency-groups.dev[0]",
    ]


def test_what_is_isolated() -> None:
    """A name that the project does not hold is not."""
    found = of(group("a b", resolved("a==1 b==1")), isolated=frozenset({"a", "ghost"}))
    assert found["isolated"] == ["a"]
    (only,) = found["environments"]
    assert found["homes"] == [{"a": only["name"], "b": "application"}]


def test_overrides_in_force() -> None:
    plan = plan_of(group("a", resolved("a==1")))
    given = {"a": {"1": {"c": "2"}}}
    folders = {"application": ROOT / ".venv"}
    assert graph_document(plan, PROJECT, folders, {}, overrides=given)["overrides"] == given
    assert graph_document(plan, PROJECT, folders, {})["overrides"] == {}
