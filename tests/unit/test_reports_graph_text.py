from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.reports.graph.text import picture
from orchestrator.system.names import GRAPH_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypedDict, Unpack

    from orchestrator.state.documents import (
        AliasEntry,
        ApplicationEntry,
        ConflictEntry,
        DirectEntry,
        EnvironmentEntry,
        GraphDocument,
        Held,
        NameAndVersion,
        PartEntry,
    )

    class Changes(TypedDict, total=False):
        """What a test has otherwise than :func:`document`."""

        groups: list[list[str]]
        environments: list[EnvironmentEntry]
        application: ApplicationEntry
        conflicts: list[ConflictEntry]
        lower_bound: int
        proved: bool
        versioned: dict[str, list[str]]
        direct: list[DirectEntry]
        parts: list[PartEntry]
        aliases: list[AliasEntry]
        isolated: list[str]
        overrides: dict[str, Any]


def place(
    name: str, path: str, *distributions: str, borrowed: dict[str, str] | None = None
) -> EnvironmentEntry:
    return {
        "name": name,
        "path": path,
        "requirements": [],
        "distributions": held(distributions),
        "borrowed": borrowed or {},
    }


def application(*distributions: str, sees: dict[str, str] | None = None) -> ApplicationEntry:
    return {
        "name": "application",
        "path": ".venv",
        "distributions": held(distributions),
        "sees": sees or {},
    }


def held(pins: Sequence[str]) -> list[NameAndVersion]:
    pairs = [pin.split("==") for pin in pins]
    return [{"name": name, "version": version} for name, version in pairs]


def asked(text: str, pin: str, environment: str) -> Held:
    name, _, version = pin.partition("==")
    return {
        "requirement": text,
        "distribution": name,
        "group": 0,
        "version": version,
        "environment": environment,
    }


def direct(text: str, pin: str, environment: str) -> DirectEntry:
    return {**asked(text, pin, environment), "entry": ""}


def conflict(*requirements: str, reason: str) -> ConflictEntry:
    """As the picture has it, which looks at the words alone."""
    return {"requirements": list(requirements), "members": [], "reason": reason, "about": []}


def document(**changes: Unpack[Changes]) -> GraphDocument:
    """A graph of three groups, the second of which borrows from the first."""
    graph: GraphDocument = {
        "schema": GRAPH_SCHEMA,
        "project": {"name": "my-app", "version": "1.0"},
        "groups": [["one>=1"], ["two"], ["three"]],
        "dependencies": [],
        "homes": [],
        "redirects": [],
        "environments": [
            place("one", "py_modules/one-1", "gear==1", "kit==1", "low==1", "one==1"),
            place("two", "py_modules/two-1", "low==2", "two==1", borrowed={"gear": "one", "kit": "one"}),
            place("three", "py_modules/three-1", "gear==2", "low==1", "three==1"),
        ],
        "application": application("free==1", sees={"gear": "three"}),
        "conflicts": [
            conflict("one>=1", "two", reason="one 1 needs low<2, two 1 needs low>=2"),
            conflict("one>=1", "three", reason="one 1 needs gear<2, three 1 needs gear>=2"),
        ],
        "lower_bound": 3,
        "proved": True,
        "versioned": {"gear": ["1", "2"], "kit": ["1"], "low": ["1", "2"], "one": ["1"]},
        "direct": [
            direct("one>=1", "one==1", "one"),
            direct("two", "two==1", "two"),
            direct("three", "three==1", "three"),
        ],
        "aliases": [],
        "parts": [],
        "isolated": [],
        "overrides": {},
    }
    return {**graph, **changes}


def test_all_of_it() -> None:
    assert (
        picture(document())
        == """\
my-app 1.0: 3 groups, and fewer are impossible

Apart because:
  one>=1 | two
      one 1 needs low<2, two 1 needs low>=2
  one>=1 | three
      one 1 needs gear<2, three 1 needs gear>=2

In several versions:
  gear  2 [three] ←, 1 [one]
  low   1 [one], [three], 2 [two]

Environments:
├── [one]  py_modules/one-1
│   ├── one>=1  → one 1
│   ├── gear 1 !
│   ├── low 1 !
│   └── kit 1
├── [two]  py_modules/two-1
│   ├── two  → two 1
│   ├── low 2 !
│   ├── gear 1 !  (in [one])
│   └── kit 1  (in [one])
├── [three]  py_modules/three-1
│   ├── three  → three 1
│   ├── gear 2 !
│   └── low 1 !
└── .venv  shared by all
    └── free 1

!  in several versions: `mvenv why NAME` tells of each
←  what your code imports"""
    )


def test_an_application_that_shares_nothing_is_not_drawn() -> None:
    drawn = picture(document(application=application()))
    assert ".venv" not in drawn
    assert "└── [three]  py_modules/three-1\n    ├── three" in drawn


def test_no_proof() -> None:
    first = picture(document(proved=False, lower_bound=2)).splitlines()[0]
    assert first == "my-app 1.0: 3 groups; at least 2 are needed"


def test_what_others_need_is_counted() -> None:
    many = application("free==1", *(f"part-{number}==1" for number in range(9)))
    wanted = document(application=many, direct=[direct("free", "free==1", "application")])
    assert "    ├── free  → free 1\n    └── 9 more, needed by others (`--all` shows them)\n" in picture(
        wanted
    )
    assert "    └── part-8 1\n" in picture(wanted, everything=True)


@pytest.mark.parametrize("width", [80, 60, 40, 24])
def test_sentences_are_broken(width: int) -> None:
    why = "one 1 needs gear<2, three 1 needs gear>=2, " * 4
    drawn = picture(document(conflicts=[conflict("one>=1", "three", reason=why)]), width=width)
    told = drawn[drawn.index("Apart") : drawn.index("In several")].splitlines()
    assert max(map(len, told)) <= width
    assert " ".join(line.strip() for line in told[2:] if line) == why.strip()


@pytest.mark.parametrize("width", [80, 30, 12, 1])
def test_versions_are_not_parted(width: int) -> None:
    versions = [f"{number}.0" for number in range(9)]
    environments = [place(f"e{version}", f"py_modules/e{version}", f"low=={version}") for version in versions]
    drawn = picture(
        document(environments=environments, versioned={"low": versions}, conflicts=[]),
        width=width,
        paint=lambda text, _: f"\x01{text}\x02",
    )
    told = drawn.partition("In several versions:\n")[2].partition("\n\n")[0].splitlines()
    plain = [line.replace("\x01", "").replace("\x02", "") for line in told]
    assert all(len(line) <= width or "," not in line.rstrip(",") for line in plain)
    assert all(line.startswith(("  low  ", "       ")) for line in plain)
    wanted = [f"{version} [e{version}]" for version in versions]
    assert " ".join(line.strip() for line in plain).removeprefix("low  ") == ", ".join(wanted)


def test_colours_change_nothing_else() -> None:
    roles = set()

    def paint(text: str, role: str) -> str:
        roles.add(role)
        return f"\x01{text}\x02"

    painted = picture(document(), paint=paint)
    assert roles == {"title", "environment", "several", "mine", "reason"}
    assert painted.replace("\x01", "").replace("\x02", "") == picture(document())


def test_a_direct_requirement_that_another_environment_holds() -> None:
    """It is drawn where it is, once."""
    drawn = picture(document(direct=[direct("kit", "kit==1", "one")]))
    assert drawn.count("kit  → kit 1") == 1


def test_a_direct_requirement_in_several_versions_is_marked() -> None:
    drawn = picture(document(direct=[direct("low>=2", "low==2", "two")]))
    assert "│   ├── low>=2  → low 2 !\n" in drawn


def test_nothing_required() -> None:
    empty = document(
        groups=[],
        environments=[],
        application=application(),
        conflicts=[],
        lower_bound=0,
        versioned={},
        direct=[],
    )
    assert picture(empty) == "my-app 1.0: one environment, there is no conflict"


def test_a_split_requirement() -> None:
    big: NameAndVersion = {"name": "big", "version": "1"}
    drawn = picture(
        document(
            groups=[["big"], []],
            environments=[
                place("big", "py_modules/big-1", "big==1", "low==1", borrowed={"odd": "odd"}),
                place("odd", "py_modules/odd-1", "low==2", "odd==3"),
            ],
            direct=[direct("big", "big==1", "big")],
            parts=[{**asked("odd>=2", "odd==3", "odd"), "importer": big}],
            conflicts=[conflict("low<2", "odd>=2", reason="odd needs low>=2, big needs low<2")],
            versioned={"big": ["1"], "low": ["1", "2"], "odd": ["3"]},
            lower_bound=2,
        )
    )
    assert (
        drawn
        == """\
my-app 1.0: 2 groups, and fewer are impossible

Apart because:
  low<2 | odd>=2
      odd needs low>=2, big needs low<2

In several versions:
  low  1 [big], 2 [odd]

Environments:
├── [big]  py_modules/big-1
│   ├── big  → big 1
│   ├── low 1 !
│   └── odd 3  (in [odd])
├── [odd]  py_modules/odd-1
│   ├── odd>=2  → odd 3  (for big 1)
│   └── low 2 !
└── .venv  shared by all
    └── free 1

!  in several versions: `mvenv why NAME` tells of each"""
    )


def test_an_alias() -> None:
    alias: AliasEntry = {**direct("low==2", "low==2", "two"), "name": "low_new"}
    drawn = picture(document(aliases=[alias]))
    assert "│   ├── low==2  → low 2 !  (as low_new)\n" in drawn
    assert drawn.count("low 2 !") == 1
    assert "  low   1 [one], [three], 2 [two] as low_new\n" in drawn


def test_what_is_isolated() -> None:
    drawn = picture(
        document(
            groups=[["one"]],
            environments=[place("one", "py_modules/one-1", "one==1")],
            direct=[direct("one", "one==1", "one")],
            conflicts=[],
            versioned={"one": ["1"]},
            isolated=["one"],
        )
    )
    assert "├── [one]  py_modules/one-1  isolated\n" in drawn
    assert drawn.startswith("my-app 1.0: one group, there is no conflict\n")


def test_overrides() -> None:
    drawn = picture(document(overrides={"one": {"1": {"low": {"1": {"gear": "2"}}}}}))
    assert "\n\nOverridden:\n  one 1 → low 1\n  one 1 → low 1 → gear 2\n\n" in drawn
