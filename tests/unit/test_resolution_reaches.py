"""What each section needs of a group that it shares with others: asked only where the edges cannot tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from orchestrator.config.model import DirectRequirement
from orchestrator.resolution.items import Item, item_of
from orchestrator.resolution.outcome import Groups
from orchestrator.resolution.reaches import with_reaches
from orchestrator.uv.failure import Kind
from orchestrator.uv.refusal import Refusal
from tests.unit.plan_values import group, resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.resolution.resolver import Resolver
    from orchestrator.uv.model import Demand, Resolution

ITSELF = ("app", "1")


class Answers:
    """Answers by the texts that are asked for, and remembers what it was asked."""

    def __init__(self, answers: Mapping[str, Resolution | Refusal]) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.constraints: tuple[str, ...] = ()

    def constrained(self, constraints: Iterable[str]) -> Answers:
        self.constraints = tuple(constraints)
        return self

    def resolve_many(
        self, questions: Sequence[tuple[Sequence[Demand], Mapping[str, str]]]
    ) -> list[Resolution | Refusal]:
        texts = [" ".join(each.text for each in demands) for demands, _ in questions]
        self.asked += texts
        return [self.answers[text] for text in texts]


def item(text: str, *sections: str) -> Item:
    return item_of((DirectRequirement(text, text.partition("[")[0], "", (), (), "", sections),), ITSELF)


def reaches(resolution: Resolution, items: Sequence[Item], resolver: Answers) -> Mapping[str, frozenset[str]]:
    whole = Groups((group("", resolution),), (), 1, proved=True)
    return with_reaches(whole, [items], cast("Resolver", resolver)).groups[0].reaches


def test_of_one_section_all_is_taken_or_nothing() -> None:
    never = Answers({})
    assert reaches(resolved("a==1 b==1 c==1", a="c", b="c"), [item("a", "x"), item("b", "x")], never) == {}


def test_what_shares_nothing_but_leaves_is_not_asked() -> None:
    never = Answers({})
    found = resolved("a==1 b==1 leaf==1", a="leaf", b="leaf")
    assert reaches(found, [item("a", "project"), item("b", "group:dev")], never) == {}


BLACK = resolved("aio==1 black==1 click==1", black="aio click")


def test_an_extra_of_another_section() -> None:
    plain = resolved("black==1 click==1", black="click")
    resolver = Answers({"black": plain, "black[d]": BLACK})
    found = reaches(BLACK, [item("black", "project"), item("black[d]", "group:dev")], resolver)
    assert found == {"project": {"black", "click"}}
    assert resolver.asked == ["black[d]", "black"]
    assert resolver.constraints == ("aio==1", "black==1", "click==1")


def test_an_extra_that_a_dependency_of_another_section_asks_for() -> None:
    whole = resolved("aio==1 black==1 click==1 tool==1", black="aio click", tool="black")
    plain = resolved("black==1 click==1", black="click")
    resolver = Answers({"black": plain, "tool": whole})
    assert reaches(whole, [item("black", "project"), item("tool", "group:dev")], resolver) == {
        "project": {"black", "click"}
    }


def test_where_uv_has_no_answer_the_edges_count() -> None:
    resolver = Answers({"black": Refusal("no", Kind.OTHER), "black[d]": BLACK})
    assert reaches(BLACK, [item("black", "project"), item("black[d]", "group:dev")], resolver) == {}
