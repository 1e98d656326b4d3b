from __future__ import annotations

from typing import Any

from orchestrator.graph.text import picture


def place(
    name: str, path: str, *distributions: str, borrowed: dict[str, str] | None = None
) -> dict[str, Any]:
    pairs = [text.split("==") for text in distributions]
    return {
        "name": name,
        "path": path,
        "requirements": [],
        "distributions": [{"name": pair[0], "version": pair[1]} for pair in pairs],
        "borrowed": borrowed or {},
    }


def direct(text: str, pin: str, environment: str) -> dict[str, str]:
    name, _, version = pin.partition("==")
    return {"requirement": text, "distribution": name, "version": version, "environment": environment}


def document(**changes: Any) -> dict[str, Any]:
    """A graph of three groups, the second of which borrows from the first."""
    return {
        "project": {"name": "my-app", "version": "1.0"},
        "groups": [["one>=1"], ["two"], ["three"]],
        "environments": [
            place("one", "py_modules/one-1", "gear==1", "kit==1", "low==1", "one==1"),
            place("two", "py_modules/two-1", "low==2", "two==1", borrowed={"gear": "one", "kit": "one"}),
            place("three", "py_modules/three-1", "gear==2", "low==1", "three==1"),
        ],
        "application": place("application", ".venv", "free==1"),
        "conflicts": [
            {"requirements": ["one>=1", "two"], "reason": "one 1 needs low<2, two 1 needs low>=2"},
            {"requirements": ["one>=1", "three"], "reason": "one 1 needs gear<2, three 1 needs gear>=2"},
        ],
        "lower_bound": 3,
        "proved": True,
        "versioned": {"gear": ["1", "2"], "kit": ["1"], "low": ["1", "2"], "one": ["1"]},
        "direct": [
            direct("one>=1", "one==1", "one"),
            direct("two", "two==1", "two"),
            direct("three", "three==1", "three"),
        ],
        **changes,
    }


def test_all_of_it() -> None:
    assert (
        picture(document())
        == """\
my-app 1.0
├── py_modules/one-1
│   ├── one>=1  → one 1
│   ├── gear 1 *
│   ├── kit 1
│   └── low 1 *
├── py_modules/two-1
│   ├── two  → two 1
│   ├── low 2 *
│   ├── gear  (in one)
│   └── kit  (in one)
├── py_modules/three-1
│   ├── three  → three 1
│   ├── gear 2 *
│   └── low 1 *
└── .venv  (shared by all)
    └── free 1

In several versions:
  gear  1 (one), 2 (three)
  low   1 (one, three), 2 (two)

Apart because:
  one>=1 | two
      one 1 needs low<2, two 1 needs low>=2
  one>=1 | three
      one 1 needs gear<2, three 1 needs gear>=2

3 groups, and fewer are impossible."""
    )


def test_an_application_that_shares_nothing_is_not_drawn() -> None:
    drawn = picture(document(application=place("application", ".venv")))
    assert ".venv" not in drawn
    assert "└── py_modules/three-1\n    ├── three" in drawn


def test_no_proof() -> None:
    assert picture(document(proved=False, lower_bound=2)).endswith("\n3 groups; at least 2 are needed.")


def test_a_direct_requirement_that_another_environment_holds() -> None:
    """It is drawn where it is, once."""
    drawn = picture(document(direct=[direct("kit", "kit==1", "one")]))
    assert drawn.count("kit  → kit 1") == 1


def test_a_direct_requirement_in_several_versions_is_marked() -> None:
    drawn = picture(document(direct=[direct("low>=2", "low==2", "two")]))
    assert "│   ├── low>=2  → low 2 *\n" in drawn


def test_nothing_required() -> None:
    empty = document(
        groups=[],
        environments=[],
        application=place("application", ".venv"),
        conflicts=[],
        lower_bound=0,
        versioned={},
        direct=[],
    )
    assert picture(empty) == "my-app 1.0\n\nOne environment: there is no conflict."
