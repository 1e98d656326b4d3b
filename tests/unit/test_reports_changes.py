"""What a build says has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.plan.model import APPLICATION
from orchestrator.reports.changes import changes

if TYPE_CHECKING:
    from orchestrator.state.documents import GraphDocument

Environments = dict[str, dict[str, str]]
"""Environment → distribution → version."""


def graph(environments: Environments) -> GraphDocument:
    def entry(name: str) -> Any:
        held = environments.get(name, {})
        return {"name": name, "distributions": [{"name": one, "version": held[one]} for one in held]}

    others = [entry(name) for name in environments if name != APPLICATION]
    return cast("GraphDocument", {"application": entry(APPLICATION), "environments": others})


def texts(before: Environments, after: Environments) -> list[str]:
    return [change.text for change in changes(graph(before), graph(after))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"application": {"a": "1"}}, {"application": {"a": "1"}}, []),
        ({"application": {}}, {"application": {"a": "1"}}, ["+ a 1 (.venv)"]),
        ({"one": {"a": "1", "b": "1"}}, {"one": {"b": "1"}}, ["- a 1 (one)"]),
        ({"one": {"a": "1"}}, {"one": {"a": "2"}}, ["~ a 1 → 2 (one)"]),
        ({"application": {"a": "1"}}, {"one": {"a": "1"}}, ["→ a 1 (.venv → one)"]),
        ({"application": {"a": "1"}}, {"one": {"a": "2"}}, ["~ a 1 → 2 (.venv → one)"]),
        (
            {"application": {"a": "1"}},
            {"one": {"a": "1"}, "two": {"a": "2"}},
            ["→ a 1 (.venv → one)", "+ a 2 (two)"],
        ),
        (
            {"one": {"a": "1"}, "two": {"a": "2", "b": "1"}},
            {"one": {"a": "1"}, "three": {"a": "2", "b": "2"}},
            ["~ b 1 → 2 (three)"],
        ),
        (
            {"one": {"a": "1"}, "two": {"a": "2"}},
            {"application": {"a": "2"}},
            ["→ a 2 (two → .venv)", "- a 1 (one)"],
        ),
    ],
)
def test_changes(before: Environments, after: Environments, expected: list[str]) -> None:
    assert texts(before, after) == expected


PROJECTS = st.dictionaries(
    st.sampled_from([APPLICATION, "one", "two", "three"]),
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("123")),
)


@given(before=PROJECTS, after=PROJECTS)
def test_every_copy_is_accounted_for(before: Environments, after: Environments) -> None:
    """What there was, less what went, and with what came, is what there is."""
    found = changes(graph(before), graph(after))
    for name in "abc":
        then = sorted(held[name] for held in before.values() if name in held)
        now = sorted(held[name] for held in after.values() if name in held)
        for change in found:
            if change.name == name and change.before is not None:
                then.remove(change.before.version)
            if change.name == name and change.after is not None:
                then.append(change.after.version)
        assert sorted(then) == now
    assert not changes(graph(after), graph(after))
    assert not any(change.before == change.after for change in found)
