from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.editing.lines import keeping_line_ends
from orchestrator.editing.model import Edited
from orchestrator.editing.requirements import add, remove
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = '[project]\nname = "app"\n'


def array(inside: str) -> str:
    return f"{PROJECT}dependencies = [{inside}]  # all\n\n# style\n[tool.ruff]\nx = 1\n"


class TestAdd:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('"a", "b"', '"a", "b", "new>=1"'),
            ('\n  "a", # one\n  "b", # two\n', '\n  "a", # one\n  "b", # two\n  "new>=1",\n'),
            ('\n\t"a",\n\t"b"\n', '\n\t"a",\n\t"b",\n\t"new>=1"\n'),
            ('\n  "a",\n  # tail\n', '\n  "a",\n  # tail\n  "new>=1",\n'),
            ('\n  "a" # one\n', '\n  "a", # one\n  "new>=1"\n'),
            ("", '\n    "new>=1",\n'),
            ("\n", '\n    "new>=1",\n'),
        ],
    )
    def test_the_form_of_the_array_is_kept(self, before: str, after: str) -> None:
        edited = add(array(before), ["new>=1"])
        assert edited.text == array(after)
        assert edited.said == ("Added `new>=1` to project.dependencies",)

    def test_after_an_entry_without_comma_and_a_comment(self) -> None:
        edited = add(array('\n  "a",\n  "b" # two\n  # tail\n'), ["new"]).text
        assert edited == array('\n  "a",\n  "b", # two\n  # tail\n  "new"\n')

    def test_an_array_of_comments(self) -> None:
        text = add(array("\n  # nothing yet\n"), ["new"]).text
        assert "\n  # nothing yet\n" in text
        assert tomllib.loads(text)["project"]["dependencies"] == ["new"]

    def test_a_missing_array_goes_to_its_table_and_not_behind_the_next_comment(self) -> None:
        assert add(f"{PROJECT}# the end\n\n# style\n[tool.ruff]\n", ["a", "b<2"]).text == (
            f'{PROJECT}# the end\ndependencies = [\n    "a",\n    "b<2",\n]\n\n# style\n[tool.ruff]\n'
        )
        assert add(f"{PROJECT}# style\n[tool.ruff]\n", ["a"]).text == (
            f'{PROJECT}dependencies = [\n    "a",\n]\n# style\n[tool.ruff]\n'
        )

    def test_a_missing_group_goes_to_the_end(self) -> None:
        assert add(f"{PROJECT}[tool.ruff]\nx = 1", ["a"], group="dev").text == (
            f'{PROJECT}[tool.ruff]\nx = 1\n\n[dependency-groups]\ndev = [\n    "a",\n]\n'
        )

    def test_a_missing_extra_goes_to_the_project(self) -> None:
        edited = add(f"{PROJECT}\n[tool.ruff]\nx = 1\n", ["a"], extra="x y")
        assert edited.text == (
            f'{PROJECT}\n[project.optional-dependencies]\n"x y" = [\n    "a",\n]\n\n[tool.ruff]\nx = 1\n'
        )
        assert edited.said == ('Added `a` to project.optional-dependencies."x y"',)

    def test_a_group_in_another_spelling(self) -> None:
        text = '[dependency-groups]\nDev_1 = [{include-group = "x"}, "a"]\n'
        assert add(text, ["b"], group="dev.1").text == text.replace('"a"', '"a", "b"')

    def test_the_same_requirement_is_replaced_in_place(self) -> None:
        before = array('\n  "A.b[X]>=1", # why\n  "c",\n')
        edited = add(before, ["a-b[x]<2"])
        assert edited.text == array('\n  "a-b[x]<2", # why\n  "c",\n')
        assert edited.said == ("Replaced `A.b[X]>=1` by `a-b[x]<2` in project.dependencies",)

    def test_all_that_are_the_same_are_replaced_by_one(self) -> None:
        edited = add(array('"a>1", "b", "a<3"'), ["a==2"])
        assert edited.text == array('"a==2", "b"')
        assert edited.said == ("Replaced `a>1` and `a<3` by `a==2` in project.dependencies",)

    @pytest.mark.parametrize("other", ["a[x]", "a ; os_name == 'nt'", "a ; os_name == 'posix'"])
    def test_other_extras_or_another_marker_are_another_requirement(self, other: str) -> None:
        found = tomllib.loads(add(array(f'"{other}"'), ["a"]).text)["project"]["dependencies"]
        assert found == [other, "a"]

    def test_a_marker_in_other_quotes_is_the_same(self) -> None:
        before = array("\"a<1 ; os_name == 'nt'\"")
        edited = add(before, ['a<2;os_name=="nt"']).text
        assert edited == array("'a<2;os_name==\"nt\"'")

    def test_what_is_there_already(self) -> None:
        edited = add(array('"a>1"'), [" a>1 "])
        assert edited == Edited(array('"a>1"'), ("`a>1` is in project.dependencies already",))

    def test_what_is_no_requirement(self) -> None:
        with pytest.raises(ConfigError) as caught:
            add(array(""), ["a", "b >> 1"])
        assert str(caught.value).startswith("error: `b >> 1` is not a valid requirement\n  cause: ")
        assert str(caught.value).endswith('hint: write a requirement as in pyproject.toml: `"pandas>=2"`')

    @pytest.mark.parametrize("text", ["./lib", "https://example.org/a.whl", "git+https://example.org/a"])
    def test_a_place_without_a_name(self, text: str) -> None:
        with pytest.raises(ConfigError) as caught:
            add(array(""), [text])
        assert "hint: of what is not on an index, write the name as well" in str(caught.value)

    def test_what_is_no_array(self) -> None:
        with pytest.raises(
            ConfigError, match=r"`project\.dependencies` must be a list of strings, not a str"
        ):
            add('project.dependencies = "a"', ["b"])


FORMS = {
    "dotted keys": 'project.name = "app"\ntool.x = nan\n',
    "inline tables": 'project = {name = "app"}\n',
    "an inline list": 'project = {name = "app", dependencies = ["a"]}\n',
    "tables out of order": '[project.urls]\nx = "y"\n[tool.ruff]\n[project]\nname = "app"\n[tool.x]\n',
    "an array of tables between": '[project]\nname = "app"\n[[tool.uv.index]]\nx = 1\n[[tool.uv.index]]\n',
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("where", [{}, {"group": "dev"}, {"extra": "x"}])
def test_every_form_of_toml(form: str, where: dict[str, str]) -> None:
    text = add(FORMS[form], ["new"], **where).text
    assert [line for line in FORMS[form].splitlines() if line not in text] in (
        [],
        FORMS[form].splitlines()[:1],
    )
    data: Any = tomllib.loads(text)
    path = {"group": ("dependency-groups", "dev"), "extra": ("project", "optional-dependencies", "x")}
    for part in path[next(iter(where))] if where else ("project", "dependencies"):
        data = data[part]
    assert data[-1] == "new"


class TestRemove:
    def test_all_entries_of_the_name_go_with_the_comments_on_their_lines(self) -> None:
        edited = remove(
            array('\n  # on a\n  "a", # one\n  "B_b>1", # two\n  # tail\n  "b.b[x]",\n  "c",\n'), ["b-b"]
        )
        assert edited.text == array('\n  # on a\n  "a", # one\n  # tail\n  "c",\n')
        assert edited.said == (
            "Removed `B_b>1` from project.dependencies",
            "Removed `b.b[x]` from project.dependencies",
        )

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('"a"', ""),
            ('\n  "a",\n', ""),
            ('\n  # none\n  "a",\n', "\n  # none\n"),
            ('"a", "c"', '"c"'),
            ('"c", "a"', '"c"'),
            ('"c", "a", "d"', '"c", "d"'),
            ('\n  "c",\n  "a"\n', '\n  "c",\n'),
        ],
    )
    def test_the_form_of_the_array_is_kept(self, before: str, after: str) -> None:
        assert remove(array(before), ["a"]).text == array(after)

    def test_what_was_said_of_it_goes_too(self) -> None:
        before = (
            f'{PROJECT}dependencies = ["a", "b", "c"]\n\n[tool.mvenv]\npython = "3.12"\n'
            'together = [["A", "b", "c"], ["a", "c"]]\n\n[tool.mvenv.constraints]\na = ["x<1"]\n'
        )
        edited = remove(before, ["a"])
        assert edited.text == (
            f'{PROJECT}dependencies = ["b", "c"]\n\n[tool.mvenv]\npython = "3.12"\ntogether = [["b", "c"]]\n'
        )
        assert edited.said == (
            "Removed `a` from project.dependencies",
            "Removed `a` from tool.mvenv.constraints",
            "Removed `a` from tool.mvenv.together",
        )

    def test_together_with_nothing_to_keep_together_goes(self) -> None:
        text = f'{PROJECT}dependencies = ["a", "b"]\n[tool.mvenv]\ntogether = [["a", "b"]]\n'
        assert remove(text, ["a"]).text == f'{PROJECT}dependencies = ["b"]\n'

    @pytest.mark.parametrize(
        "elsewhere",
        [
            'optional-dependencies.x = ["A>1"]',
            'optional-dependencies.x = ["a >> not valid"]',
        ],
    )
    def test_what_is_said_of_it_stays_while_it_is_required_elsewhere(self, elsewhere: str) -> None:
        rest = f'{elsewhere}\n[tool.mvenv]\ntogether = [["a", "b"]]\nconstraints = {{a = ["x<1"]}}\n'
        edited = remove(f'{PROJECT}dependencies = ["a", "b"]\n{rest}', ["a"])
        assert edited.text == f'{PROJECT}dependencies = ["b"]\n{rest}'

    def test_an_alias_does_not_keep_it_and_keeps_its_own(self) -> None:
        before = (
            f'{PROJECT}dependencies = ["a"]\n[tool.mvenv]\naliases = {{old = "a<1"}}\n'
            '[tool.mvenv.constraints]\nold = ["x<1"]\na = ["x>1"]\n'
        )
        assert remove(before, ["a"]).text == before.replace('["a"]', "[]").replace('a = ["x>1"]\n', "")

    def test_from_a_group(self) -> None:
        text = f'{PROJECT}dependencies = ["a"]\n[dependency-groups]\nDev = [{{include-group = "x"}}, "a"]\n'
        edited = remove(text, ["a"], group="dev")
        assert edited.text == text.replace(', "a"]', "]")
        assert edited.said == (
            "Removed `a` from dependency-groups.Dev",
            "`a` is required in project.dependencies as well",
        )
        assert add(edited.text, ["a>=1"], group="dev").said == (
            "Added `a>=1` to dependency-groups.Dev",
            "`a` is required in project.dependencies as well",
        )

    def test_a_name_close_to_one_that_is_there(self) -> None:
        with pytest.raises(ConfigError) as caught:
            remove(array('"numpy", "pandas"'), ["pandas", "nmpy"])
        assert str(caught.value) == (
            "error: `nmpy` is not in project.dependencies\n\nhint: did you mean `numpy` instead of `nmpy`?"
        )

    def test_a_name_that_is_elsewhere(self) -> None:
        text = (
            f'{PROJECT}optional-dependencies.x = ["a"]\n[dependency-groups]\ndev = ["a", "a>1"]\n'
            '[tool.mvenv.aliases]\nold = "a"\n'
        )
        with pytest.raises(ConfigError) as caught:
            remove(text, ["a"])
        assert str(caught.value) == (
            "error: `a` is not in project.dependencies\n\n"
            "hint: it is in project.optional-dependencies.x: `mvenv remove a --extra x`\n"
            "hint: it is in dependency-groups.dev: `mvenv remove a --group dev`"
        )

    def test_where_nothing_is_required(self) -> None:
        with pytest.raises(ConfigError, match=r"`a` is not in dependency-groups\.dev"):
            remove(PROJECT, ["a"], group="dev")

    def test_a_requirement_is_no_name(self) -> None:
        with pytest.raises(ConfigError, match="`a>1` is not the name of a distribution"):
            remove(array('"a>1"'), ["a>1"])


def test_line_ends_of_windows_are_kept() -> None:
    before = array('\n  "a", # one\n').replace("\n", "\r\n")
    edited = keeping_line_ends(lambda text: add(text, ["b"]), before)
    assert edited.text == array('\n  "a", # one\n  "b",\n').replace("\n", "\r\n")


def test_mixed_line_ends_stay_where_they_are() -> None:
    before = '[project]\r\nname = "app"\ndependencies = [\r\n  "a",\r\n]\n'
    edited = keeping_line_ends(lambda text: add(text, ["b"], group="dev"), before)
    assert edited.text.startswith(before)


# Arrays and tables as people write them: every comment has a number, so that each can be looked for.
NAMES = ("alpha", "beta", "gamma", "delta")
gaps = st.sampled_from(["", " ", "\n", "\n  ", "\n\n\t", " #@\n", "\n  #@\n  ", " #@\n\n  #@\n"])
breaks = st.sampled_from(["", "\n", "\n\n", "#@\n", "\n# @\n", "\n#@\n\n", "#@\n\n#@\n"])


@st.composite
def arrays(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    inside = draw(gaps)
    for position, name in enumerate(names):
        last = position == len(names) - 1
        comma = "," if not last or draw(st.booleans()) else ""
        inside += f'"{name}{draw(st.sampled_from(["", ">=1", "[x]"]))}"{draw(gaps)}{comma}{draw(gaps)}'
    return f"[{inside}]{draw(st.sampled_from(['', ' #@']))}\n"


@st.composite
def projects(draw: st.DrawFn) -> str:
    tables = [
        f'[project]\nname = "app"\n{draw(breaks)}dependencies = {draw(arrays())}',
        f"[dependency-groups]{draw(st.sampled_from(['', ' #@']))}\ndev = {draw(arrays())}",
        f'[tool.mvenv] #@\n{draw(breaks)}python = "3.12"\n',
        "[tool.mvenv.constraints]\n",
        "[tool.ruff.lint]\nignore = [ #@\n  1\n]\n",
        "[[tool.uv.index]]\nx = 1\n",
    ]
    chosen = draw(st.permutations(tables))[: draw(st.integers(3, len(tables)))]
    text = "".join(draw(breaks) + table for table in chosen)
    numbers = iter(range(text.count("@")))
    return re.sub("@", lambda _: f"<{next(numbers)}>", text)


def comments(text: str) -> list[str]:
    return re.findall("<[0-9]+>", text)


@settings(max_examples=150, deadline=None)
@given(projects(), st.sampled_from(["", "dev"]))
def test_additions_leave_everything_else_alone(text: str, group: str) -> None:
    edited = add(text, ["omega==1"], group=group).text
    assert comments(edited) == comments(text)
    kept = edited.split("\n")
    # At most the line of what was the last entry is another: it gets a comma, or what follows on a line.
    assert sum(line not in kept for line in text.split("\n")) <= 1
    # And back: only commas and blanks may differ.
    again = remove(edited, ["omega"], group=group).text
    assert comments(again) == comments(text)


@settings(max_examples=150, deadline=None)
@given(projects(), st.sampled_from(NAMES), st.sampled_from(["", "dev"]))
def test_removals_leave_everything_else_alone(text: str, name: str, group: str) -> None:
    change: Callable[[str], Edited] = lambda before: remove(before, [name], group=group)
    data = tomllib.loads(text)
    try:
        edited = change(text).text
    except ConfigError as error:
        assert f"`{name}` is not in" in error.message
        return
    left = tomllib.loads(edited)
    for place in (data.get("project", {}), left.get("project", {})):
        place.pop("dependencies", None)
    for place in (data.get("dependency-groups", {}), left.get("dependency-groups", {})):
        place.pop("dev", None)
    assert left == data
    # A comment may go with the entry it stands behind, and nowhere else.
    lost = set(comments(text)) - set(comments(edited))
    assert comments(edited) == [comment for comment in comments(text) if comment not in lost]
    assert len(lost) <= 2
