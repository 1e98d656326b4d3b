from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from orchestrator.config.model import DirectRequirement, Selection
from orchestrator.config.places import requirement_places
from orchestrator.config.project import load_project
from orchestrator.config.selection import (
    all_requirements,
    including,
    make_selection,
    selected,
    selected_sections,
)
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from orchestrator.config.model import Project


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Project]:
    """Load a project called My.App with these tables (from line 3)."""
    monkeypatch.chdir(tmp_path)

    def load(tables: str) -> Project:
        (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "My.App"\n{tables}', encoding="utf-8")
        return load_project(tmp_path / "pyproject.toml")

    return load


@pytest.fixture
def refusal(load: Callable[[str], Project]) -> Callable[[str], str]:
    def refusal(tables: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(tables)
        return str(caught.value)

    return refusal


def texts(requirements: Iterable[DirectRequirement]) -> list[str]:
    return [requirement.text for requirement in requirements]


class TestExtras:
    def test_they_are_read_with_their_constraints(self, load: Callable[[str], Project]) -> None:
        project = load(
            '[project.optional-dependencies]\nFast_Io = ["a>=1", "b"]\n'
            '[tool.mvenv.constraints]\nb = ["c<1", "+d"]\n'
        )
        assert project.extras == {
            "fast-io": (
                DirectRequirement("a>=1", "a", "project.optional-dependencies.Fast_Io[0]", (), ()),
                DirectRequirement("b", "b", "project.optional-dependencies.Fast_Io[1]", ("c<1",), ("d",)),
            )
        }
        assert project.requirements == ()

    def test_the_project_itself_stands_for_its_extras(self, load: Callable[[str], Project]) -> None:
        project = load(
            "[project.optional-dependencies]\n"
            'all = ["z", "my_app[x,Y-y]", "a"]\nx = ["a"]\ny_y = ["my-app[x]", "b"]\n'
        )
        assert texts(project.extras["all"]) == ["z", "a", "b", "a"]
        assert [found.entry for found in project.extras["all"]][1:] == [
            "project.optional-dependencies.x[0]",
            "project.optional-dependencies.y_y[1]",
            "project.optional-dependencies.all[2]",
        ]

    def test_a_marker_of_the_project_itself_holds_for_what_it_stands_for(
        self, load: Callable[[str], Project]
    ) -> None:
        project = load(
            "[project.optional-dependencies]\n"
            "all = [\"my-app[x] ; os_name == 'nt'\"]\n"
            "x = [\"a>1 ; python_version < '3' or python_version > '4'\", \"b @ https://example.org/b.whl\"]\n"
        )
        # Compared as requirements: how packaging writes one differs between its versions.
        assert [Requirement(text) for text in texts(project.extras["all"])] == [
            Requirement('a>1 ; (python_version < "3" or python_version > "4") and os_name == "nt"'),
            Requirement('b @ https://example.org/b.whl ; os_name == "nt"'),
        ]

    def test_extras_in_a_circle_are_what_is_in_them(self, load: Callable[[str], Project]) -> None:
        project = load('[project.optional-dependencies]\nx = ["a", "my-app[y]"]\ny = ["b", "my-app[x]"]\n')
        assert texts(project.extras["x"]) == ["a", "b"]
        assert texts(project.extras["y"]) == ["b", "a"]

    def test_an_extra_that_the_project_does_not_have(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[project.optional-dependencies]\nall = ["my-app[fats]"]\nfast = ["a"]') == (
            "error: the project itself has no extra `fats`\n"
            "  cause: pyproject.toml:4: project.optional-dependencies.all[0]\n"
            "\n"
            "hint: did you mean `fast` instead of `fats`?"
        )

    def test_two_spellings_of_one_name(self, refusal: Callable[[str], str]) -> None:
        assert refusal("[project.optional-dependencies]\na-b = []\na_B = []") == (
            "error: `a-b` and `a_B` are the same name\n"
            "  cause: pyproject.toml:5: project.optional-dependencies.a_B"
        )

    def test_a_name_that_is_none(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[project.optional-dependencies]\n"a b" = []').startswith(
            "error: `a b` is not a valid name\n"
        )

    def test_other_types(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[project.optional-dependencies]\nx = "a"\ny = [1]\n') == (
            "error: 2 problems in `pyproject.toml`\n"
            "  cause: pyproject.toml:4: "
            "`project.optional-dependencies.x` must be a list of strings, not a string\n"
            "  cause: pyproject.toml:5: "
            "`project.optional-dependencies.y[0]` must be a string, not an integer"
        )


class TestGroups:
    def test_included_groups_are_read_in_place(self, load: Callable[[str], Project]) -> None:
        project = load(
            '[dependency-groups]\nDev_1 = ["a", {include-group = "test.all"}, "b"]\n'
            'test-all = ["c", "d>1"]\n[tool.mvenv.constraints]\nd = ["e<1"]\n'
        )
        assert [(found.text, found.entry) for found in project.groups["dev-1"]] == [
            ("a", "dependency-groups.Dev_1[0]"),
            ("c", "dependency-groups.test-all[0]"),
            ("d>1", "dependency-groups.test-all[1]"),
            ("b", "dependency-groups.Dev_1[2]"),
        ]
        assert project.groups["dev-1"][2].constraints == ("e<1",)
        assert texts(project.groups["test-all"]) == ["c", "d>1"]

    def test_a_group_included_on_two_ways_is_there_once(self, load: Callable[[str], Project]) -> None:
        project = load(
            '[dependency-groups]\ntop = [{include-group = "l"}, {include-group = "r"}]\n'
            'l = [{include-group = "low"}]\nr = [{include-group = "low"}]\nlow = ["a"]\n'
        )
        assert texts(project.groups["top"]) == ["a"]

    def test_the_project_itself_stands_for_its_extras(self, load: Callable[[str], Project]) -> None:
        project = load(
            '[project.optional-dependencies]\nx = ["a"]\n'
            '[dependency-groups]\ndev = ["my-app[x]", "my-app", "b"]\n'
        )
        assert texts(project.groups["dev"]) == ["a", "b"]

    def test_a_circle(self, refusal: Callable[[str], str]) -> None:
        assert refusal(
            "[dependency-groups]\n"
            'a = [{include-group = "b"}]\nb = ["x", {include-group = "c"}]\nc = [{include-group = "b"}]\n'
        ) == (
            "error: dependency groups include each other in a circle: `b` → `c` → `b`\n"
            "  cause: pyproject.toml:6: dependency-groups.c[0]"
        )

    def test_an_unknown_group(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[dependency-groups]\ndev = [{include-group = "tset"}]\ntest = []\n') == (
            "error: there is no dependency group `tset` to include\n"
            "  cause: pyproject.toml:4: dependency-groups.dev[0]\n"
            "\n"
            "hint: did you mean `test` instead of `tset`?"
        )

    @pytest.mark.parametrize("item", ["{}", "{include-group = 1}", '{include-group = "b", x = 1}', "{x = 1}"])
    def test_a_table_that_is_no_entry(self, refusal: Callable[[str], str], item: str) -> None:
        assert refusal(f"[dependency-groups]\nb = []\na = [{item}]\n").startswith(
            "error: `dependency-groups.a[0]` is not an entry of a dependency group\n"
            "  cause: pyproject.toml:5: dependency-groups.a[0]\n"
        )

    def test_other_types(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[dependency-groups]\nx = "a"\ny = [1]\n') == (
            "error: 2 problems in `pyproject.toml`\n"
            "  cause: pyproject.toml:4: `dependency-groups.x` must be a list of requirements, not a string\n"
            "  cause: pyproject.toml:5: `dependency-groups.y[0]` must be a string or a table, not an integer"
        )

    def test_a_requirement_that_does_not_parse_is_reported_once(self, refusal: Callable[[str], str]) -> None:
        assert refusal(
            '[dependency-groups]\na = ["x >> 1"]\nb = [{include-group = "a"}]\nc = [{include-group = "a"}]\n'
        ).startswith("error: `x >> 1` is not a valid requirement\n  cause: pyproject.toml:4: ")


class TestSelected:
    TABLES = (
        'dependencies = ["a", "b"]\n'
        '[project.optional-dependencies]\nx = ["c", "b"]\n'
        '[dependency-groups]\ndev = ["d", "c", "a>1"]\n'
        '[tool.mvenv.aliases]\na_old = "a"\n'
    )

    def test_everything_with_what_asks_for_it(self, load: Callable[[str], Project]) -> None:
        """The same text counts once, and the first stands for all."""
        found = all_requirements(load(self.TABLES))
        assert [(each.entry, each.sections) for each in found] == [
            ("project.dependencies[0]", ("project",)),
            ("project.dependencies[1]", ("project", "extra:x")),
            ("project.optional-dependencies.x[0]", ("extra:x", "group:dev")),
            ("dependency-groups.dev[0]", ("group:dev",)),
            ("dependency-groups.dev[2]", ("group:dev",)),
            ("tool.mvenv.aliases.a_old", ("project",)),
        ]

    @pytest.mark.parametrize(
        ("sections", "texts"),
        [
            (("project",), ["a", "b", "a"]),
            (("group:dev",), ["c", "d", "a>1"]),
            (("project", "extra:x"), ["a", "b", "c", "a"]),
            ((), []),
        ],
    )
    def test_some(self, load: Callable[[str], Project], sections: tuple[str, ...], texts: list[str]) -> None:
        found = selected(all_requirements(load(self.TABLES)), sections)
        assert [entry.text for entry in found] == texts


GROUPS = ("dev", "docs", "lint")


def sections(selection: Selection, default: tuple[str, ...] = ("dev",)) -> set[str]:
    return set(selected_sections(selection, GROUPS, ("x", "y"), default, "pyproject.toml"))


@pytest.mark.parametrize(
    ("selection", "chosen"),
    [
        (Selection(), {"project", "group:dev"}),
        (Selection(groups=("docs",)), {"project", "group:dev", "group:docs"}),
        (Selection(no_groups=("dev",)), {"project"}),
        (Selection(groups=("dev",), no_groups=("dev",)), {"project"}),
        (Selection(no_default_groups=True), {"project"}),
        (Selection(groups=("docs",), no_default_groups=True), {"project", "group:docs"}),
        (Selection(only_groups=("docs",)), {"group:docs"}),
        (Selection(only_groups=("dev", "docs"), no_groups=("dev",)), {"group:docs"}),
        (Selection(all_groups=True), {"project", "group:dev", "group:docs", "group:lint"}),
        (Selection(all_groups=True, no_groups=("lint",)), {"project", "group:dev", "group:docs"}),
        (Selection(extras=("x",), no_groups=("dev",)), {"project", "extra:x"}),
        (Selection(all_extras=True, no_groups=("dev",)), {"project", "extra:x", "extra:y"}),
    ],
)
def test_what_a_selection_takes_in(selection: Selection, chosen: set[str]) -> None:
    assert sections(selection) == chosen


def test_the_default_groups_are_the_projects() -> None:
    assert sections(Selection(), ()) == {"project"}
    assert sections(Selection(), ("docs", "lint")) == {"project", "group:docs", "group:lint"}


@pytest.mark.parametrize(
    "selection",
    [Selection(groups=("dcos",)), Selection(no_groups=("dcos",)), Selection(only_groups=("dcos",))],
)
def test_an_unknown_group(selection: Selection) -> None:
    with pytest.raises(ConfigError) as caught:
        sections(selection)
    assert str(caught.value) == (
        "error: there is no dependency group `dcos`\n"
        "  cause: pyproject.toml\n"
        "\n"
        "hint: did you mean `docs` instead of `dcos`?"
    )


def test_an_extra_where_there_is_none() -> None:
    with pytest.raises(ConfigError) as caught:
        selected_sections(Selection(extras=("x",)), (), (), (), "mvenv.lock")
    assert str(caught.value) == (
        "error: there is no extra `x`\n  cause: mvenv.lock\n\nhint: the project has no extras"
    )


def test_leaving_out_dev_where_there_is_none() -> None:
    assert selected_sections(Selection(no_groups=("dev",)), (), (), (), "") == {"project"}
    with pytest.raises(ConfigError, match="there is no dependency group `dev`"):
        selected_sections(Selection(groups=("dev",)), (), (), (), "")


class TestIncluding:
    TABLES = '[project.optional-dependencies]\nx = ["c"]\n[dependency-groups]\ndev = ["d"]\nDocs = ["e"]\n'

    @pytest.mark.parametrize(
        ("before", "group", "extra", "after"),
        [
            (Selection(), "dev", "", Selection()),
            (Selection(all_groups=True), "docs", "", Selection(all_groups=True)),
            (Selection(extras=("x",)), "Docs", "", Selection(("docs",), ("x",))),
            (Selection(no_groups=("dev",)), "dev", "", Selection()),
            (Selection(no_default_groups=True), "dev", "", Selection(("dev",), no_default_groups=True)),
            (Selection(only_groups=("docs",)), "dev", "", Selection(only_groups=("dev", "docs"))),
            (Selection(("docs",)), "", "X", Selection(("docs",), ("x",))),
            (Selection(no_groups=("dev",)), "", "", Selection(no_groups=("dev",))),
        ],
    )
    def test_one_more(
        self, load: Callable[[str], Project], before: Selection, group: str, extra: str, after: Selection
    ) -> None:
        assert including(before, load(self.TABLES), group=group, extra=extra) == after


def test_names_of_a_selection_are_normalized_and_sorted() -> None:
    assert make_selection(["b_B", "a", "B.b"], ["x"]) == Selection(("a", "b-b"), ("x",))
    assert make_selection(no_groups=["D_v"], only_groups=["B", "a"], all_extras=True) == Selection(
        no_groups=("d-v",), only_groups=("a", "b"), all_extras=True
    )


def test_places_of_all_requirements(load: Callable[[str], Project]) -> None:
    project = load(
        'dependencies = [\n"a",\n"b"]\n'
        '[dependency-groups]\n"d.v" = [\n{include-group = "t"},\n"c"]\nt = ["a"]\n'
        '[project.optional-dependencies]\nx = ["d"]\n'
        '[tool.mvenv.aliases]\na_old = "a<1"\npil = {requirement = "p"}\n'
    )
    assert {place.entry: place.line for place in requirement_places(project.pyproject)} == {
        "project.dependencies[0]": 4,
        "project.dependencies[1]": 5,
        "project.optional-dependencies.x[0]": 12,
        'dependency-groups."d.v"[1]': 9,
        "dependency-groups.t[0]": 10,
        "tool.mvenv.aliases.a_old": 14,
        "tool.mvenv.aliases.pil": 15,
    }
    everything = all_requirements(project)
    known = {place.entry: place.text for place in requirement_places(project.pyproject)}
    assert all(known[requirement.entry] == requirement.text for requirement in everything)


@pytest.mark.parametrize(
    "text", [None, "not [ TOML", "project = 1\ndependency-groups = 1", "[dependency-groups]\na = 1\nb = [1]"]
)
def test_a_file_that_does_not_say_where(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)
    assert requirement_places(tmp_path / "pyproject.toml") == ()
