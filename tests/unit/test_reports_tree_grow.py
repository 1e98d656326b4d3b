from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config.model import DirectRequirement, ImportAlias
from orchestrator.reports.tree.grow import inverted_trees_of, project_tree, trees_of
from orchestrator.resolution.outcome import ResolvedGroup
from tests.unit.built_values import PROJECT, SPLIT, built
from tests.unit.plan_values import group, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.reports.tree.model import Branch

CONFLICT = (
    group("a top", resolved("a==1 free==1 low==1 top==1", a="low free", top="a")),
    group("b", resolved("b==1 free==1 low==2", b="low free")),
)


def outline(branch: Branch) -> object:
    """Return a tree as nested lists: `["a 1", ["low 1"]]`; `*` for what is repeated."""
    title = f"{branch.name} {branch.version}{' *' if branch.repeated else ''}"
    return [title, *map(outline, branch.below)]


def every(branch: Branch) -> Iterator[Branch]:
    yield branch
    for below in branch.below:
        yield from every(below)


def test_from_the_project_down() -> None:
    assert outline(project_tree(built(*CONFLICT))) == [
        "my-app 1",
        ["a 1", ["free 1"], ["low 1"]],
        ["top 1", ["a 1 *"]],
        ["b 1", ["free 1"], ["low 2"]],
    ]


def test_where_everything_is_and_what_is_in_several_versions() -> None:
    found = {
        (each.name, each.version): (each.environment, each.several)
        for each in every(project_tree(built(*CONFLICT)))
    }
    assert found == {
        ("my-app", "1"): ("application", False),
        ("a", "1"): ("a", False),
        ("top", "1"): ("a", False),
        ("b", "1"): ("b", False),
        ("free", "1"): ("application", False),
        ("low", "1"): ("a", True),
        ("low", "2"): ("b", True),
    }


def test_what_the_application_imports() -> None:
    tree = project_tree(built(*CONFLICT, seen={"low": "b"}))
    found = {(each.version, each.mine) for each in every(tree) if each.name == "low"}
    assert found == {("1", False), ("2", True)}


def test_from_each_copy_down() -> None:
    assert [outline(tree) for tree in trees_of("low", built(*CONFLICT))] == [["low 1"], ["low 2"]]
    assert [outline(tree) for tree in trees_of("top", built(*CONFLICT))] == [
        ["top 1", ["a 1", ["free 1"], ["low 1"]]]
    ]


def test_from_each_copy_up() -> None:
    one, other = inverted_trees_of("low", built(*CONFLICT))
    assert outline(one) == ["low 1", ["a 1", ["my-app 1"], ["top 1", ["my-app 1"]]]]
    assert outline(other) == ["low 2", ["b 1", ["my-app 1"]]]
    assert [each.notes for each in every(one) if each.name == "my-app"] == [("a",), ("top",)]


def test_a_depth() -> None:
    project = built(*CONFLICT)
    assert outline(project_tree(project, 0)) == ["my-app 1"]
    assert outline(project_tree(project, 1)) == ["my-app 1", ["a 1"], ["top 1"], ["b 1"]]
    # `a` is not shown in full anywhere, so nothing is called a repetition.
    assert outline(inverted_trees_of("free", project, 1)[0]) == ["free 1", ["a 1"], ["b 1"]]


def test_across_a_split() -> None:
    tree = project_tree(built(*SPLIT))
    assert outline(tree) == [
        "my-app 1",
        ["far 1", ["big 1", ["low 1"], ["odd 3", ["low 2"]]]],
        ["big 1 *"],
    ]
    assert {each.name: each.notes for each in every(tree) if each.notes} == {"odd": ("apart from big 1",)}
    assert outline(inverted_trees_of("odd", built(*SPLIT))[0]) == [
        "odd 3",
        ["big 1", ["my-app 1"], ["far 1", ["my-app 1"]]],
    ]


def test_a_cycle_ends() -> None:
    project = built(group("a", resolved("a==1 b==1", a="b", b="a")))
    assert outline(project_tree(project)) == ["my-app 1", ["a 1", ["b 1", ["a 1 *"]]]]
    assert outline(inverted_trees_of("b", project)[0]) == ["b 1", ["a 1", ["my-app 1"], ["b 1 *"]]]


def requirement(name: str, entry: str, alias: str = "") -> DirectRequirement:
    return DirectRequirement(name, name, entry, (), (), alias)


def test_direct_requirements_are_in_the_order_of_the_file() -> None:
    """And say where they come from: there are eleven, so that 10 is not taken for less than 2."""
    names = [f"d{number}" for number in range(11)]
    project = dataclasses.replace(
        PROJECT,
        requirements=tuple(
            requirement(name, f"project.dependencies[{index}]") for index, name in enumerate(names)
        ),
        extras={"x": (requirement("opt", "project.optional-dependencies.x[0]"),)},
        groups={"a.b": (requirement("dev", 'dependency-groups."a.b"[0]'),)},
        aliases=(ImportAlias(requirement("old", "tool.mvenv.aliases.old_one", "old_one"), ""),),
    )
    everything = ["dev", "opt", *reversed(names)]
    groups = (
        group(" ".join(everything), resolved(" ".join(f"{name}==1" for name in everything))),
        ResolvedGroup((), (), resolved("old==1"), aliases={"old_one": "old"}),
    )
    tree = project_tree(built(*groups, project=project))
    assert [each.name for each in tree.below] == [*names, "opt", "dev", "old"]
    assert [each.notes for each in tree.below[-4:]] == [
        (),
        ("extra x",),
        ('group "a.b"',),
        ("as old_one",),
    ]


NAMES = st.sampled_from("abcdef")


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3)), st.sets(NAMES, min_size=1))
def test_everything_is_shown_and_nothing_twice(requires: dict[str, list[str]], direct: set[str]) -> None:
    """What is below a distribution is shown at exactly one place; all that is reached is shown."""
    resolution = resolved(
        " ".join(f"{name}==1" for name in "abcdef"),
        **{name: " ".join(each) for name, each in requires.items()},
    )
    shown = list(every(project_tree(built(group(" ".join(sorted(direct)), resolution)))))
    reached = {name for first in direct for name in resolution.reachable(first)}
    assert {each.name for each in shown} == {"my-app", *reached}
    for name in reached:
        in_full = [each for each in shown if each.name == name and each.below]
        assert len(in_full) == bool(requires.get(name))
        needed = set(requires.get(name, ()))
        assert all({below.name for below in each.below} == needed for each in in_full)
