"""What an environment sees of others without requiring it: optional dependencies that grouping has put elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.plan.model import Contents, Knowledge
from orchestrator.plan.optional import with_optional
from orchestrator.plan.views import View, environment_view, path_order
from tests.unit.plan_values import group, holds, known, plan_of, resolved

if TYPE_CHECKING:
    from orchestrator.resolution.outcome import ResolvedGroup

# As multipart and python-multipart: both have the module `multipart`; `web` may use the other one's `python_multipart`.
CLASHING = (
    group("multi web", resolved("multi==1 web==1 low==1", web="low")),
    group("python-multi", resolved("python-multi==1")),
    group("old", resolved("old==1 low==2", old="low")),
)
KNOWN = known(
    *(holds("multi==1", "multi"), holds("python-multi==1", "multi python_multi"), holds("web==1", "web")),
    *(holds("low==1", "low"), holds("low==2", "low"), holds("old==1", "old"), holds("tool==1", "tool")),
    *(holds("gear==1", "gear"), holds("gear==2", "gear"), holds("x==1", "x"), holds("y==1", "y")),
    clashes="multi|python-multi",
)


def views(*groups: ResolvedGroup, knowledge: Knowledge = KNOWN, isolated: str = "") -> dict[str, View]:
    plan = with_optional(plan_of(*groups, knowledge=knowledge, isolated=isolated), knowledge)
    return {each.name: environment_view(each, plan, knowledge) for each in plan.environments}


def forbidding(name: str, release: str, *, version: str = "1") -> Knowledge:
    contents = {**KNOWN.contents}
    contents[name, version] = replace(contents[name, version], forbids=frozenset([release]))
    return Knowledge(contents, KNOWN.clashes)


def test_what_one_environment_alone_holds_is_seen_by_those_that_lack_it() -> None:
    seen = views(*CLASHING)["multi"]
    assert seen.imports["python_multi"] == "python-multi"
    assert seen.borrowed["python-multi"] == "python-multi"  # so `importlib.metadata` agrees


def test_its_own_modules_come_first() -> None:
    """No view has two providers of one name."""
    assert views(*CLASHING)["multi"].imports["multi"] == "multi"
    assert views(*CLASHING)["python-multi"].imports["multi"] == "python-multi"


def test_what_brings_no_name_is_not_borrowed() -> None:
    """The other way round nothing is left: `multi`'s only module is hidden."""
    assert "multi" not in views(*CLASHING)["python-multi"].borrowed


def test_what_brings_another_copy_along_is_not_seen() -> None:
    """`web` needs low 1 and `old` low 2: neither is for the other's eyes."""
    found = views(*CLASHING)
    assert "web" not in found["old"].imports
    assert "old" not in found["multi"].imports
    # Where there is no `low`, both would do; but they do not go together.
    assert not found["python-multi"].imports.keys() & {"web", "old", "low"}


def test_an_undeclared_import_counts() -> None:
    """`tool` imports `low` if it is there: its own, which is 1."""
    groups = (
        group("tool web", resolved("tool==1 web==1 low==1", web="low")),
        group("old", resolved("old==1 low==2", old="low")),
    )
    assert views(*groups, isolated="tool")["old"].imports["tool"] == "tool"
    contents = {**KNOWN.contents, ("tool", "1"): holds("tool==1", "tool", uses="low")}
    assert "tool" not in views(*groups, isolated="tool", knowledge=Knowledge(contents))["old"].imports


def test_what_a_requirement_excludes_is_not_seen() -> None:
    """Whoever in the view says so, in an extra or not, own or shared by all."""
    assert (
        "python_multi"
        not in views(*CLASHING, knowledge=forbidding("web", "python-multi==1"))["multi"].imports
    )
    shared = (
        group("multi web x", resolved("multi==1 web==1 low==1 x==1", web="low x")),
        *CLASHING[1:],
    )
    assert "python_multi" in views(*shared)["multi"].imports
    assert "python_multi" not in views(*shared, knowledge=forbidding("x", "python-multi==1"))["multi"].imports


def test_what_others_exclude_does_not_matter() -> None:
    found = views(*CLASHING, knowledge=forbidding("old", "python-multi==1"))
    assert found["multi"].imports["python_multi"] == "python-multi"
    found = views(*CLASHING, knowledge=forbidding("web", "python-multi==2"))
    assert found["multi"].imports["python_multi"] == "python-multi"


def test_a_name_that_two_environments_hold_is_nobodys() -> None:
    """`gear` is there in two versions, `multi` in two distributions."""
    found = views(
        group("web", resolved("web==1 low==1", web="low")),
        *CLASHING[1:],
        group("multi", resolved("multi==1")),
        group("x", resolved("x==1 gear==1", x="gear")),
        group("y", resolved("y==1 gear==2", y="gear")),
    )
    assert found["web"].imports.keys() == {"web", "low", "python_multi"}


def test_a_portion_of_a_namespace_package_is_not_looked_for_elsewhere() -> None:
    """`cloud` is whole in each view: who looks for a part that is not installed beside it is told so."""
    contents = {**KNOWN.contents}
    contents["python-multi", "1"] = Contents("python-multi", "1", ("cloud.multi",))
    contents["web", "1"] = Contents("web", "1", ("cloud.web",))
    found = views(*CLASHING, knowledge=Knowledge(contents, KNOWN.clashes))
    assert found["multi"].imports["cloud"] == "multi"
    assert "python-multi" not in found["multi"].borrowed


def test_a_plain_interpreter_of_the_environment_has_its_order() -> None:
    plan = with_optional(plan_of(*CLASHING, knowledge=KNOWN), KNOWN)
    assert plan.environments[0].optional == {"python-multi": "python-multi"}
    assert path_order(plan.environments[0], plan) == ()


def test_a_distribution_that_is_isolated_sees_the_rest_as_before() -> None:
    found = views(*CLASHING, isolated="web")
    assert found["web"].imports["low"] == found["web"].borrowed["low"]
    assert found["web"].imports["python_multi"] == "python-multi"
