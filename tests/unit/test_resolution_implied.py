"""Which conflicts follow from what uv has said of releases."""

from __future__ import annotations

import random
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet

from orchestrator.resolution.implied import Facts
from orchestrator.resolution.items import Item
from orchestrator.uv import derivation
from orchestrator.uv.derivation import Dependence, Term
from orchestrator.uv.model import Demand
from orchestrator.uv.told_dependencies import told_dependencies

if TYPE_CHECKING:
    from collections.abc import Iterable


def items(*texts: str) -> list[Item]:
    return [Item((Demand(text, derivation._terms(text)[0].name, ()),)) for text in texts]


def told(*lines: str) -> tuple[Dependence, ...]:
    """Say `a==1: x>=1, <2`, as uv's log does."""
    return told_dependencies("".join(f"DEBUG Adding transitive dependency for {line}\n" for line in lines))


def because(*premises: str) -> tuple[Dependence, ...]:
    """Say `all versions of a depend on x<2`, as uv's explanations do."""
    text = " and ".join(premises)
    return derivation.read(f"  cause: Because {text}, we can conclude that it is so.").dependences


def pairs(
    texts: list[str], facts: Iterable[Dependence], elsewhere: Iterable[str] = ()
) -> list[tuple[int, ...]]:
    known = Facts(items(*texts), elsewhere)
    known.learn(facts)
    return sorted(tuple(sorted(each.items)) for each in known.conflicts(range(len(texts))))


def test_pinned_requirements_with_what_the_log_says() -> None:
    facts = told("a==1: x>=2", "b==1: x>=1, <2", "c==1: y*")
    assert pairs(["a==1", "b==1", "c==1"], facts) == [(0, 1)]
    assert pairs(["a==1", "b", "c==1"], facts) == [], "another version of b may want another x"
    assert pairs(["a==2", "b==1"], facts) == []


def test_what_explanations_say_of_all_versions() -> None:
    facts = because(
        "all versions of a depend on x<2", "all versions of b depend on x>=2", "c==3 depends on x==1"
    )
    assert pairs(["a", "b>=4", "c==3", "c"], facts) == [(0, 1), (1, 2)]


def test_what_is_wanted_at_the_end_of_a_chain() -> None:
    facts = told("a==1: mid>=2, <2+", "mid==2: low<1", "b==1: low>=1")
    assert pairs(["a==1", "b==1", "low==3"], facts) == [(0, 1), (0, 2)]


def test_alternatives() -> None:
    facts = told("a==1: x<1 | >2", "b==1: x>=1, <2", "c==1: x<1")
    assert pairs(["a==1", "b==1", "c==1"], facts) == [(0, 1), (1, 2)]


def test_extras_count() -> None:
    facts = told("tool[fast]==1: x>=2", "b==1: x<2")
    assert pairs(["tool==1", "b==1"], facts) == []
    assert pairs(["tool[fast]==1", "b==1"], facts) == [(0, 1)]


def test_of_each_distribution_as_many_conflicts_as_part_all() -> None:
    """Not each with each other."""
    names = [f"lib{number}" for number in range(20)]
    facts = because(
        *(f"all versions of {name} depend on pivot=={number % 4}" for number, name in enumerate(names))
    )
    found = pairs(names, facts)
    assert len(found) <= 3 * 20
    assert {(one, other) for one, other in found if other < 4} == set(combinations(range(4), 2))
    assert pairs(names[:1], facts) == []


def test_what_is_known_grows() -> None:
    known = Facts(items("a==1", "b==1"))
    everyone = frozenset({0, 1})
    known.learn(told("a==1: mid>=1, <1+", "b==1: x>=2"))
    assert known.conflicts(everyone) == []
    known.learn(told("mid==1: x<2"))
    [found] = known.conflicts(everyone)
    assert [term.text for each in found.proof.dependences for term in each.wanted] == ["x>=2", "x<2"]
    assert known.conflicts({0}) == []


@pytest.mark.parametrize(
    ("texts", "elsewhere"),
    [
        (["a==1", "b==1", "x"], ["a"]),  # a folder of the project's, say
        (["a==1", "b==1", "a>=1.0rc1"], []),  # then pre-releases of it count, of which nobody has spoken
    ],
)
def test_nothing_follows(texts: list[str], elsewhere: list[str]) -> None:
    facts = because("all versions of a depend on x<2", "all versions of b depend on x>=2")
    assert pairs(["a==1", "b==1"], facts) == [(0, 1)]
    assert pairs(texts, facts, elsewhere) == []


def test_one_without_its_dependencies_wants_nothing() -> None:
    split = Item((Demand("a==1", "a", (), bare="1"),))
    known = Facts([split, *items("b==1")])
    known.learn(told("a==1: x<2", "b==1: x>=2"))
    assert known.conflicts({0, 1}) == []


def test_one_that_contradicts_itself_is_in_conflict_with_nobody() -> None:
    """That is for another error."""
    facts = told("a==1: x<1", "a==1: x>=2", "b==1: x>=1, <2")
    assert pairs(["a==1", "b==1"], facts) == []


def test_untold() -> None:
    known = Facts(items("a==1", "b==1", "c==1"))
    known.learn(told("b==1: x*"))
    assert known.untold({0, 1, 2}) == {0, 2}
    known.heard_of({2})
    assert known.untold({0, 1, 2}) == {0}


@pytest.mark.parametrize("seed", range(300))
def test_what_is_implied_is_so(seed: int) -> None:
    """In a small universe, by trying all versions: two requirements that are said to be in conflict are."""
    chance = random.Random(seed)
    versions = {name: [str(number) for number in range(1, chance.randint(2, 4))] for name in "abcdxyz"}
    bounds = ["", "<2", ">=2", "==1", "==2", "<3", "!=2", ">=1,<3"]
    needs: dict[tuple[str, str], dict[str, str]] = {}
    for position, name in enumerate(versions):
        for version in versions[name]:
            lower = list(versions)[position + 1 :]
            needs[name, version] = {
                one: chance.choice(bounds)
                for one in chance.sample(lower, min(len(lower), chance.randint(0, 2)))
            }
    requirements = [name + chance.choice(bounds) for name in "abcd"]
    known = Facts(items(*requirements))
    for (name, version), wanted in needs.items():
        for one, bound in wanted.items():
            fact = Dependence(
                (Term(name, f"{name}=={version}", f"=={version}"),), (Term(one, one + bound, bound),)
            )
            everywhere = all(needs[name, each].get(one) == bound for each in versions[name])
            if everywhere:
                fact = Dependence((Term(name, name, ""),), fact.wanted)
            if chance.random() < 0.8:
                known.learn([fact])

    def together(texts: Iterable[str]) -> bool:
        asked = [derivation._terms(text)[0] for text in texts]
        for choice in product(*versions.values()):
            pins = dict(zip(versions, choice, strict=True))
            waiting, seen, fits = [(term.name, term.bound) for term in asked], set(), True
            while waiting and fits:
                name, bound = waiting.pop()
                fits = SpecifierSet(bound).contains(pins[name])
                if name not in seen:
                    seen.add(name)
                    waiting += needs[name, pins[name]].items()
            if fits:
                return True
        return False

    for found in known.conflicts(range(4)):
        assert not together(requirements[index] for index in found.items)
