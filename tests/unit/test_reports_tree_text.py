from __future__ import annotations

from orchestrator.reports.tree.model import Branch
from orchestrator.reports.tree.text import drawn

LOW = Branch("low", "1", "a", several=True)
A = Branch("a", "2", "a", below=(LOW, Branch("free", "3", "application")))


def test_branches_and_marks() -> None:
    again = Branch("a", "2", "a", notes=("group dev",), repeated=True)
    assert (
        drawn([Branch("my-app", "0", "application", below=(A, again)), LOW])
        == """\
my-app 0
├── a 2 [a]
│   ├── low 1 [a] !
│   └── free 3
└── a 2 [a] (group dev) (*)
low 1 [a] !

(*) shown above with all that is below it
!   in several versions: `mvenv why NAME` tells of each"""
    )


def test_what_the_application_imports_is_marked() -> None:
    assert drawn([LOW, Branch("low", "2", "b", several=True, mine=True)]) == (
        "low 1 [a] !\nlow 2 [b] ! ←\n\n"
        "!   in several versions: `mvenv why NAME` tells of each\n"
        "←   what your code imports"
    )


def test_only_marks_that_are_used_are_explained() -> None:
    assert drawn([Branch("free", "3", "application")]) == "free 3"
    assert drawn([LOW]) == "low 1 [a] !\n\n!   in several versions: `mvenv why NAME` tells of each"
