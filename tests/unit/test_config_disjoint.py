from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from orchestrator.config import disjoint
from orchestrator.config.disjoint import are_disjoint, check_disjoint
from orchestrator.config.project import load_project
from orchestrator.config.requirements import applicable
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.config.model import Project

HINT = (
    "\n\nhint: give the second version an import name of its own (`mvenv alias NAME REQUIREMENT`), "
    "or let the library that needs it require it"
)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Project]:
    """Load a project with these dependencies, one a line from line 4."""
    monkeypatch.chdir(tmp_path)

    def load(*texts: str) -> Project:
        entries = "".join(f'  "{text}",\n' for text in texts)
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "a"\ndependencies = [\n{entries}]\n')
        return load_project(tmp_path / "pyproject.toml")

    return load


def refusal(project: Project) -> str:
    with pytest.raises(ConfigError) as caught:
        check_disjoint(project.requirements, project)
    return str(caught.value)


def test_names_both_entries_and_their_lines(load: Callable[..., Project]) -> None:
    assert refusal(load("pandas==2.0.3", "numpy", "Pandas[all]>=2.2")) == (
        "error: `pandas` is required in versions that exclude each other\n"
        "  cause: pyproject.toml:4: project.dependencies[0]: pandas==2.0.3\n"
        "  cause: pyproject.toml:6: project.dependencies[2]: Pandas[all]>=2.2" + HINT
    )


def test_names_each_entry_once_and_only_those_that_take_part(load: Callable[..., Project]) -> None:
    assert refusal(load("b<1", "c<1", "b", "b>=2", "b==3", "c>=1", "d>1", "d<3")) == (
        "error: `b` and `c` are required in versions that exclude each other\n"
        "  cause: pyproject.toml:4: project.dependencies[0]: b<1\n"
        "  cause: pyproject.toml:7: project.dependencies[3]: b>=2\n"
        "  cause: pyproject.toml:8: project.dependencies[4]: b==3\n"
        "  cause: pyproject.toml:5: project.dependencies[1]: c<1\n"
        "  cause: pyproject.toml:9: project.dependencies[5]: c>=1" + HINT
    )


def test_versions_that_overlap_pass(load: Callable[..., Project]) -> None:
    project = load("b>=1", "b<2", "b==1.*", "c @ https://example.org/c-1.whl", "c==1", "d", "d")
    check_disjoint(project.requirements, project)


def test_entries_that_never_meet_pass(load: Callable[..., Project]) -> None:
    project = load("b<1 ; python_version < '3.12'", "b>=1 ; python_version >= '3.12'")
    check_disjoint(applicable(project.requirements, {"python_version": "3.12"}), project)
    with pytest.raises(ConfigError):
        check_disjoint(project.requirements, project)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "not = [toml",
        "project = 1",
        "[project]\ndependencies = 1",
        '[project]\ndependencies = ["b", 7]',
    ],
)
def test_a_file_that_changed_meanwhile_gives_no_lines(load: Callable[..., Project], text: str | None) -> None:
    project = load("b<1", "b>=2")
    project.pyproject.unlink() if text is None else project.pyproject.write_text(text)
    assert refusal(project) == (
        "error: `b` is required in versions that exclude each other\n"
        "  cause: pyproject.toml: project.dependencies[0]: b<1\n"
        "  cause: pyproject.toml: project.dependencies[1]: b>=2" + HINT
    )


CASES = [
    ("==1.0", "==2.0", True),
    ("==1.0", ">=2.0", True),
    ("==1.0", "!=1.0", True),
    ("==1.0", ">1.0", True),
    ("==1.0", "==1", False),
    ("==1.0", "==1.0+cpu", False),
    ("==1.0+gpu", "==1.0+cpu", True),
    ("==1.0+cpu", ">=1.0", False),
    ("==1.0+cpu", "<1.0", True),
    ("==1.0a1", "<2", False),
    ("==1.0", "", False),
    ("==1.0", "==1.*", False),
    ("===1.0", "==1.0", False),
    ("===1.0", ">=2", True),
    ("", "", False),
    ("<2", ">=2", True),
    ("<=2", ">2", True),
    ("<=2", ">=2", False),
    ("<2", ">1", False),
    (">1", ">5", False),
    ("<1", "<5", False),
    (">=1,<2", ">=2,<3", True),
    ("~=1.4", ">=2", True),
    ("~=1.4", ">=1.9", False),
    ("~=1.4.2", ">=1.5", True),
    ("~=1.4.2", "<=1.4.2", False),
    ("==1.*", "==2.*", True),
    ("==1.*", "==1.9.*", False),
    ("==1.*", "<1", True),  # `<1` leaves out 1.dev0
    ("==1.*", "<1rc1", False),
    (">=1.dev0", "<1", True),
    (">=1.dev0", "<1.post1", False),
    ("==1!1.*", "==1.*", True),
    (">=1!1", "<2000", True),
]


@pytest.mark.parametrize(("one", "other", "expected"), CASES)
@pytest.mark.parametrize("of_packaging", [True, False])
def test_disjoint_sets(
    one: str, other: str, expected: bool, of_packaging: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not of_packaging:
        monkeypatch.delattr(SpecifierSet, "is_disjoint", raising=False)
    assert are_disjoint(SpecifierSet(one), SpecifierSet(other)) is expected
    assert are_disjoint(SpecifierSet(other), SpecifierSet(one)) is expected


def test_texts_that_are_no_versions_can_be_the_same() -> None:
    assert not are_disjoint(SpecifierSet("===odd"), SpecifierSet("===odd"))


versions = st.sampled_from(
    ["0", "1", "1.0.1", "1.1", "1.2", "2", "1.1a1", "1.1.post1", "1.1.dev0", "1.1rc1.post2", "1!1"]
)
specifiers = (
    st.builds("{}{}".format, st.sampled_from([">=", ">", "<=", "<", "==", "!="]), versions)
    | st.builds("=={}.*".format, st.sampled_from(["0", "1", "1.1", "2", "1!1"]))
    | st.builds("~={}".format, st.sampled_from(["1.0", "1.1", "1.1.1", "1.2a1", "1!1.0"]))
    | st.sampled_from(["==1.1+local", "==1+local"])
)
sets = st.lists(specifiers, max_size=3).map(",".join).map(SpecifierSet)


@pytest.mark.skipif(not hasattr(SpecifierSet, "is_disjoint"), reason="needs packaging 26.3 to compare with")
@settings(max_examples=300, deadline=None)
@given(sets, sets)
def test_the_fallback_never_claims_what_packaging_denies(one: SpecifierSet, other: SpecifierSet) -> None:
    both = one & other
    if disjoint._pins_exclude(both) or disjoint._bounds_exclude(both):
        assert one.is_disjoint(other)
