"""uv's own texts, as it wrote them, are in `uv_messages/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.resolution.blame import (
    Explanation,
    Refused,
    Side,
    cannot_be_installed,
    cannot_be_together,
    explained,
    no_single_version,
)
from orchestrator.uv.failure import Kind
from orchestrator.uv.refusal import Refusal

QUESTION = "mvenv-question"
MESSAGES = Path(__file__).parent / "uv_messages"
FIRST = "pyproject.toml:4: project.dependencies[0]"
SECOND = "pyproject.toml:5: project.dependencies[1]"
PAIR = Explanation("low", (Side(("dep-a 1.0",), "low<2", FIRST), Side(("dep-b 1.0",), "low>=2", SECOND)))


def contest(stderr: str, *details: Any) -> Explanation:
    return explained(Refusal(stderr, Kind.UNSATISFIABLE), *details)


def message(name: str) -> str:
    return (MESSAGES / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "over", "chains", "note"),
    [
        ("pair", "low", ["dep-a → low<2", "dep-b → low>=2"], ""),
        ("drawn", "low", ["dep-a → low<2", "dep-b → low>=3 or low>=2"], ""),
        ("pinned", "low", ["dep-a 1.0 → low<2", "dep-b 1.0 → low>=2"], ""),
        ("ranges", "low", ["dep-a → low<2", "dep-b → low>=2 or low>=3"], ""),
        ("project", "low", ["dep-a 1.0 → low<2", "low>=2"], ""),
        ("project_pin", "low", ["top 1.0 → mid 1.0 → dep-a → low<2", "low>=2"], ""),
        ("deep", "low", ["deep1 → dep-a → low<2", "deep2 → mid2 → dep-b → low>=3 or low>=2"], ""),
        ("deep_pin", "low", ["dep-b 1.0 → low>=2", "top → mid 1.0 → dep-a → low<2"], ""),
        ("extra", "low", ["dep-a → low<2", "dep-e → mid → low>=2"], ""),
        ("tree", "low", ["self → dep-b → low>=2 or low>=3", "self → mid → dep-a → low<2"], ""),
        ("pinned_tree", "low", ["self 1.0 → dep-b → low>=2 or low>=3", "self 1.0 → mid → dep-a → low<2"], ""),
        (
            "triple",
            "hub",
            ["t1 → hub>1", "t2 → hub<2 or hub>2", "t3 → hub<3"],
            "no version of hub is all of that",
        ),
        ("absent", "low", ["wants9 → low==9"], "there is no version of low==9"),
        ("no_version", "low", ["low==9"], "there is no version of low==9"),
        (
            "missing",
            "no-such-thing",
            ["needy → no-such-thing>1"],
            "no-such-thing was not found in the package registry",
        ),
        (
            "too_new",
            "future",
            ["needsfuture → future"],
            "future==1 requires Python >=3.14, and only future==1 is available",
        ),
        # A bound from `[tool.mvenv.constraints]` joins what the distribution itself wants.
        ("constrained", "low", ["dep-a → low<2", "dep-a → low>=2"], ""),
    ],
)
def test_both_chains(name: str, over: str, chains: list[str], note: str) -> None:
    found = contest(message(name), QUESTION)
    assert (found.over, found.note) == (over, note)
    assert [" → ".join((*demand.chain, demand.wants)) for demand in found.sides] == chains


def test_ranges_that_meet_need_a_word_on_what_there_is() -> None:
    stderr = message("pair").replace("low<2", "low<3")
    limited = stderr.replace("Because all", "Because only low==1 is available and all", 1)
    assert contest(limited, QUESTION).note == "no version of low is both"


def test_the_place_is_that_of_the_direct_requirement() -> None:
    places = {"top": FIRST, "low": SECOND, "dep-a": "elsewhere"}
    assert [each.place for each in contest(message("project_pin"), QUESTION, places).sides] == [
        FIRST,
        SECOND,
    ]


def test_a_bound_of_the_users() -> None:
    """uv ascribes it to whoever wants the distribution; it is the project's."""
    found = contest(message("constrained"), QUESTION, {"dep-a": FIRST}, {"Low >= 2.0": SECOND})
    assert found.sides == (Side(("dep-a",), "low<2", FIRST), Side((), "low>=2", SECOND))


def test_a_question_that_contradicts_itself() -> None:
    stderr = (
        "Because mvenv-question depends on low<2 and low>=2, we can conclude that your requirements are "
        "unsatisfiable."
    )
    assert contest(stderr, QUESTION, {"low": FIRST}).sides == (
        Side((), "low<2", FIRST),
        Side((), "low>=2", FIRST),
    )


def test_a_failure_that_is_no_proof() -> None:
    assert contest("error: something else\n", QUESTION) == Explanation("", (), "something else")


def test_a_link_that_the_proof_leaves_out() -> None:
    """Then it is who wants it, without how one gets there."""
    stderr = message("deep").replace("all versions of deep2 depend on mid2 and ", "")
    assert [each.chain for each in contest(stderr, QUESTION).sides] == [("deep1", "dep-a"), ("dep-b",)]


def test_a_long_note_is_cut() -> None:
    versions = " ".join(f"low=={number}" for number in range(200))
    stderr = (
        f"Because only the following versions of low are available: {versions} "
        "and mvenv-question depends on low>999, we can conclude that your requirements are unsatisfiable."
    )
    note = contest(stderr, QUESTION).note
    assert note.startswith("only the following versions of low are available: low==0 low==1 ")
    assert note.endswith(" …")
    assert len(note) < 310


def test_the_error_of_a_tree_that_contradicts_itself() -> None:
    found = contest(message("pinned_tree"), QUESTION, {"self": FIRST})
    error = cannot_be_installed("my-app", [Refused("self==1.0", FIRST, found, "try another version")])
    assert (
        str(error)
        == """\
error: `self==1.0` cannot be installed, even alone
  cause: pyproject.toml:4: project.dependencies[0] = 'self==1.0'
  cause: my-app → self 1.0 → dep-b → low>=2 or low>=3
  cause: my-app → self 1.0 → mid → dep-a → low<2

hint: try another version"""
    )


def test_the_error_of_a_version_that_does_not_exist() -> None:
    found = contest(message("no_version"), QUESTION, {"low": FIRST})
    error = cannot_be_installed("my-app", [Refused("low==9", FIRST, found, "")])
    assert error.causes == (f"{FIRST} = 'low==9'", "there is no version of low==9")
    assert error.hints == ()


def test_the_error_of_several() -> None:
    refused = [
        Refused(name, f"pyproject.toml:{line}", Explanation("", (), f"no {name}"), "look")
        for line, name in enumerate("ab")
    ]
    error = cannot_be_installed("my-app", refused)
    assert error.message == "`a` and `b` cannot be installed, even alone"
    assert error.causes == ("pyproject.toml:0 = 'a'", "no a", "pyproject.toml:1 = 'b'", "no b")
    assert error.hints == ("look",)


def test_the_error_of_requirements_that_are_to_be_together() -> None:
    place = "pyproject.toml:9: tool.mvenv.together[0]"
    assert (
        str(cannot_be_together("my-app", ("dep-a", "dep-b"), place, PAIR))
        == """\
error: `dep-a` and `dep-b` cannot share an environment, as `together` asks
  cause: pyproject.toml:9: tool.mvenv.together[0]: dep-a, dep-b
  cause: pyproject.toml:4: project.dependencies[0]: my-app → dep-a 1.0 → low<2
  cause: pyproject.toml:5: project.dependencies[1]: my-app → dep-b 1.0 → low>=2

hint: take one of them out of `together`: each then gets the versions it needs
hint: or ask for other versions of what leads to low"""
    )


def test_the_error_of_a_singleton() -> None:
    place = "pyproject.toml:9: tool.mvenv.singletons[0]"
    assert (
        str(no_single_version("my-app", "low", place, PAIR))
        == """\
error: no version of `low` will do for everybody, as `singletons` asks
  cause: pyproject.toml:9: tool.mvenv.singletons[0]: low
  cause: pyproject.toml:4: project.dependencies[0]: my-app → dep-a 1.0 → low<2
  cause: pyproject.toml:5: project.dependencies[1]: my-app → dep-b 1.0 → low>=2

hint: take `low` out of `singletons`: each side then gets the version it needs
hint: or ask for other versions of what leads to low"""
    )


def test_a_clash_of_files_has_a_reason_and_no_chains() -> None:
    error = cannot_be_together(
        "my-app", ("a", "b"), "here", Explanation("", (), "a and b provide one module")
    )
    assert error.causes == ("here: a, b", "a and b provide one module")
    assert len(error.hints) == 1
