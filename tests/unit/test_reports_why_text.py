from __future__ import annotations

from typing import Any

from orchestrator.reports.why.model import (
    Apart,
    AskedRequirement,
    Chain,
    Cut,
    Explained,
    ExplainedCopy,
    Overridden,
    Release,
    WhyAnswer,
    WrittenAt,
)
from orchestrator.reports.why.text import told

A = AskedRequirement("a>=1", WrittenAt("pyproject.toml", 5, "project.dependencies[0]"))
GONE = AskedRequirement("b", None)
NO_LINE = AskedRequirement("c", WrittenAt("pyproject.toml", None, "project.dependencies[2]"))


def copy(**changes: Any) -> ExplainedCopy:
    fields: dict[str, Any] = {
        "version": "1",
        "environment": "a",
        "path": "py_modules/a-1",
        "chains": (Chain(A, (Release("a", "3"), Release("low", "1"))),),
        "more_chains": 0,
        "apart": (Apart("a needs low<2, b needs low>=2", (A, GONE, NO_LINE)),),
        "apart_over_it": True,
        "follows": (),
        "seen_by": ("application", "a"),
    }
    return ExplainedCopy(**{**fields, **changes})


def answer(*copies: ExplainedCopy, name: str = "low", versioned: bool = True, **more: Any) -> WhyAnswer:
    return WhyAnswer("my-app", name, (Explained("low", ("low",), versioned, copies, **more),))


def test_a_block_for_each_copy() -> None:
    other = copy(version="2", environment="b", path="py_modules/b-1", chains=(), apart=(), seen_by=("b",))
    assert (
        told(answer(copy(), other))
        == """\
low 1  in py_modules/a-1  ← what your code imports
  required by
    my-app → a 3 → low 1  (pyproject.toml:5)
  apart because
    a needs low<2, b needs low>=2
      pyproject.toml:5: project.dependencies[0]: a>=1
      b
      pyproject.toml: project.dependencies[2]: c
  seen by the application, a

low 2  in py_modules/b-1
  seen by b"""
    )


def test_a_conflict_over_something_else() -> None:
    assert "\n  apart because its group is, for another reason\n    a needs" in told(
        answer(copy(apart_over_it=False))
    )


def test_what_follows() -> None:
    shown = told(answer(copy(follows=("it requires gear 1", "it imports kit 2"))))
    assert "\n  isolated because it requires gear 1, it imports kit 2\n" in shown


def test_chains_left_out() -> None:
    assert "\n    and by another direct requirement\n" in told(answer(copy(more_chains=1)))
    assert "\n    and by 7 others\n" in told(answer(copy(more_chains=7)))


def test_a_chain_without_its_place() -> None:
    shown = told(answer(copy(chains=(Chain(GONE, (Release("low", "1"),)),))))
    assert "\n    my-app → low 1\n" in shown


def test_nobody_sees_it() -> None:
    assert told(answer(copy(seen_by=()))).endswith("\n  seen by nobody")


def test_an_unversioned_distribution_is_one_short_block() -> None:
    free = copy(environment="application", path=".venv", apart=())
    assert (
        told(answer(free, versioned=False))
        == """\
low 1  in .venv, shared by all
  required by
    my-app → a 3 → low 1  (pyproject.toml:5)"""
    )


def test_a_project_without_environments_shares_with_nobody() -> None:
    free = copy(environment="application", path=".venv", apart=(), chains=(), seen_by=("application",))
    assert told(answer(free, versioned=False)) == "low 1  in .venv"


def test_an_import_name_is_translated() -> None:
    assert told(answer(copy(), name="low_level")).startswith("`low_level` is `low`\n\nlow 1  in ")


def test_what_the_user_isolates() -> None:
    at = WrittenAt("pyproject.toml", 12, "tool.mvenv.isolate[0]")
    says = "\n  isolated because `[tool.mvenv] isolate` says so"
    assert f"{says}  (pyproject.toml:12)\n" in told(answer(copy(), isolated=True, isolated_at=at))
    assert f"{says}\n" in told(answer(copy(), isolated=True))


def test_an_alias() -> None:
    shown = told(answer(copy(seen_by=("a",), aliases=("low_old",))))
    assert shown.endswith("\n  seen by a, the application as `low_old`")


def test_an_override() -> None:
    rule = Overridden((Release("a", "3"), Release("b", "4")), "custom.json")
    assert "\n  in this version because custom.json says so for a 3 → b 4\n" in told(
        answer(copy(overridden=(rule,)))
    )


def test_a_cut() -> None:
    """The conflict that is told with it is not told again."""
    cut = Cut("low>=1", Release("big", "2"), ("big needs x<2, low needs x>=2",))
    same = Apart("big needs x<2, low needs x>=2", (AskedRequirement("low>=1", None),))
    shown = told(answer(copy(cuts=(cut,), apart=(same,))))
    assert (
        "\n  apart because low>=1 does not fit beside big 2, which requires it\n"
        "    big needs x<2, low needs x>=2\n"
        "  seen by" in shown
    )


def test_many_conflicts() -> None:
    shown = told(answer(copy(apart=tuple(Apart(f"reason {number}", (GONE,)) for number in range(8)))))
    assert "reason 4\n      b\n    and 3 more, which `mvenv graph` shows\n  seen by" in shown
    assert "reason 5" not in shown
