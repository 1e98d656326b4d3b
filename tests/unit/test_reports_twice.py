"""What stands more than once in one version, and the reason that is given."""

from __future__ import annotations

from orchestrator.reports.twice import twice
from tests.unit.built_values import built
from tests.unit.plan_values import group, holds, known, resolved


def texts(*groups: object, **options: object) -> list[str]:
    return [each.text for each in twice(built(*groups, **options))]  # type: ignore[arg-type]


def test_nothing_does() -> None:
    assert (
        texts(group("a", resolved("a==1 low==1", a="low")), group("b", resolved("b==1 low==2", b="low")))
        == []
    )


def test_a_dependency_differs() -> None:
    """`kit` requires `low`; `top` stands twice for its sake alone."""
    found = texts(
        group("a", resolved("a==1 top==1 kit==1 low==1", a="top", top="kit", kit="low")),
        group("b", resolved("b==1 top==1 kit==1 low==10", b="top", top="kit", kit="low")),
    )
    assert found == ["kit 1 (it requires low 1 or 10)", "top 1 (it requires kit, which stands twice, too)"]


def test_an_undeclared_import_differs() -> None:
    """The table of pandas is another for the two versions of pyarrow that it imports."""
    found = texts(
        group("a", resolved("a==1 kit==1 low==1", a="kit low")),
        group("b", resolved("b==1 kit==1 low==2", b="kit low")),
        knowledge=known(holds("kit==1", "kit", uses="low")),
    )
    assert found == ["kit 1 (it imports low 1 or 2)"]


def test_something_registers_in_it() -> None:
    groups = (
        group("a", resolved("a==1 kit==1 register==1", a="kit", kit="register")),
        group("b", resolved("b==1 kit==2 register==1", b="kit", kit="register")),
    )
    contents = [holds(f"kit=={version}", "kit", registers="register") for version in "12"]
    assert texts(*groups, knowledge=known(*contents)) == ["register 1 (kit 1 and 2 register in it)"]
