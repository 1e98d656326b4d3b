from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.system.graphs import shortest_chains, turned


def test_itself() -> None:
    assert shortest_chains(["a"], ["a"], turned({"a": []})) == {"a": ("a",)}


def test_the_shortest_of_several() -> None:
    requires = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["low"], "e": ["low"], "low": []}
    assert shortest_chains(["low"], ["a", "e"], turned(requires)) == {
        "a": ("a", "b", "d", "low"),
        "e": ("e", "low"),
    }


def test_who_does_not_lead_there() -> None:
    assert shortest_chains(["low"], ["a", "b"], turned({"a": ["low"], "b": ["a2"], "a2": [], "low": []})) == {
        "a": ("a", "low")
    }


def test_a_cycle() -> None:
    requires = {"a": ["b"], "b": ["a", "low"], "low": ["b"]}
    assert shortest_chains(["low"], ["a"], turned(requires)) == {"a": ("a", "b", "low")}


NAMES = st.sampled_from("abcdefg")


@given(st.dictionaries(NAMES, st.lists(NAMES)), NAMES)
def test_every_chain_is_one(requires: dict[str, list[str]], name: str) -> None:
    """It begins and ends where it should, each link is an edge, and no name comes twice."""
    for first, chain in shortest_chains([name], "abcdefg", turned(requires)).items():
        assert (chain[0], chain[-1]) == (first, name)
        assert len(set(chain)) == len(chain)
        assert all(other in requires[one] for one, other in pairwise(chain))
