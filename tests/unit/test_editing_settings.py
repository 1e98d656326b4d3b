from __future__ import annotations

import tomllib

import pytest

from orchestrator.editing.settings import alias, isolate, remove_alias, undo_isolate
from orchestrator.errors import ConfigError

PROJECT = '[project]\nname = "app"\n'
SETTINGS = '[tool.mvenv]\npython = "3.12" # ours\n'
STYLE = "\n# style\n[tool.ruff]\nx = 1\n"


class TestIsolate:
    @pytest.mark.parametrize("before", [PROJECT, PROJECT + "\n" + SETTINGS, PROJECT + STYLE])
    def test_and_back(self, before: str) -> None:
        edited = isolate(before, ["pandas", "SciPy"])
        assert tomllib.loads(edited.text)["tool"]["mvenv"]["isolate"] == ["pandas", "SciPy"]
        assert edited.said == (
            "Added `pandas` to tool.mvenv.isolate",
            "Added `SciPy` to tool.mvenv.isolate",
        )
        undone = undo_isolate(edited.text, ["Pandas", "scipy"])
        assert undone.text == before
        assert undone.said == (
            "Removed `Pandas` from tool.mvenv.isolate",
            "Removed `scipy` from tool.mvenv.isolate",
        )

    def test_it_goes_to_the_settings_that_are_there(self) -> None:
        text = PROJECT + "\n" + SETTINGS + STYLE
        assert isolate(text, ["a"]).text == PROJECT + "\n" + SETTINGS + 'isolate = ["a"]\n' + STYLE

    def test_a_list_with_comments_keeps_them(self) -> None:
        text = PROJECT + '[tool.mvenv]\nisolate = [\n  # slow\n  "a", # why\n]\n'
        edited = isolate(text, ["b"]).text
        assert edited == PROJECT + '[tool.mvenv]\nisolate = [\n  # slow\n  "a", # why\n  "b",\n]\n'
        assert undo_isolate(edited, ["a", "b"]).text == PROJECT + "[tool.mvenv]\nisolate = [\n  # slow\n]\n"

    def test_what_is_there_in_another_spelling(self) -> None:
        text = PROJECT + '[tool.mvenv]\nisolate = ["B_b"]\n'
        edited = isolate(text, ["b.b"])
        assert (edited.text, edited.said) == (text, ("`b.b` is in tool.mvenv.isolate already",))

    def test_undo_what_is_not_there(self) -> None:
        with pytest.raises(ConfigError) as caught:
            undo_isolate(PROJECT + '[tool.mvenv]\nisolate = ["pandas"]\n', ["pandsa"])
        assert str(caught.value) == (
            "error: `pandsa` is not in tool.mvenv.isolate\n\nhint: did you mean `pandas` instead of `pandsa`?"
        )
        with pytest.raises(ConfigError, match=r"`pandas` is not in tool\.mvenv\.isolate"):
            undo_isolate(PROJECT, ["pandas"])

    def test_a_requirement_is_no_name(self) -> None:
        with pytest.raises(ConfigError, match="`pandas==2` is not the name of a distribution"):
            isolate(PROJECT, ["pandas==2"])

    def test_a_table_that_holds_a_comment_stays(self) -> None:
        text = PROJECT + "\n[tool.mvenv]\n# to be filled\n" + STYLE
        assert undo_isolate(isolate(text, ["a"]).text, ["a"]).text == text

    @pytest.mark.parametrize("written", ["1", '"a"', "[1]", "{b = 1}"])
    def test_something_else_in_its_place(self, written: str) -> None:
        text = PROJECT + f"[tool.mvenv]\nisolate = {written}\n"
        with pytest.raises(ConfigError, match=r"`tool\.mvenv\.isolate` must be a list of strings"):
            isolate(text, ["b"])


class TestAlias:
    @pytest.mark.parametrize(
        "before", [PROJECT, PROJECT + "\n" + SETTINGS, PROJECT + "\n" + SETTINGS + STYLE]
    )
    def test_and_back(self, before: str) -> None:
        edited = alias(before, "pandas_old", "pandas==2.0.3")
        assert tomllib.loads(edited.text)["tool"]["mvenv"]["aliases"] == {"pandas_old": "pandas==2.0.3"}
        assert edited.said == ("Set tool.mvenv.aliases.pandas_old to `pandas==2.0.3`",)
        undone = remove_alias(edited.text, "pandas_old")
        assert undone.text == before
        assert undone.said == ("Removed tool.mvenv.aliases.pandas_old",)

    def test_it_stands_with_the_settings(self) -> None:
        text = PROJECT + "\n" + SETTINGS
        assert alias(text + STYLE, "old", "a==1").text == (
            text + '\n[tool.mvenv.aliases]\nold = "a==1"\n' + STYLE
        )

    def test_one_more(self) -> None:
        text = PROJECT + '[tool.mvenv.aliases]\nold = "a==1" # why\n' + STYLE
        edited = alias(text, "pil", "pillow==9", "PIL").text
        assert edited == text.replace("why\n", 'why\npil = {requirement = "pillow==9", module = "PIL"}\n')
        assert remove_alias(edited, "pil").text == text

    @pytest.mark.parametrize(
        "written",
        [
            '[tool.mvenv.aliases]\n# c1\nold = "a==1" # c2\n',
            '[tool.mvenv]\naliases = {old = "a==1"} # c1\n# c2\n',
            '[tool.mvenv.aliases] # c1\nold = {requirement = "a==1", module = "b"} # c2\n',
            '[tool.mvenv] # c1\naliases.old = "a==1" # c2\n',
            '# c1\n[tool.mvenv.aliases.old]\nrequirement = "a==1"\n\n# c2\n[tool.ruff]\nx = 1\n',
        ],
    )
    @pytest.mark.parametrize("module", ["", "m"])
    def test_another_version_takes_the_place_of_the_first(self, written: str, module: str) -> None:
        edited = alias(PROJECT + written, "old", "a==2", module).text
        value = tomllib.loads(edited)["tool"]["mvenv"]["aliases"].pop("old")
        if "requirement" in written:  # what was a table stays one
            assert value == {"requirement": "a==2", **({"module": "m"} if module else {})}
        else:
            assert value == ({"requirement": "a==2", "module": "m"} if module else "a==2")
        assert "# c1" in edited
        assert "# c2" in edited

    def test_what_is_there_already(self) -> None:
        text = PROJECT + '[tool.mvenv.aliases]\nold = "a==1"\n'
        edited = alias(text, "old", "a==1")
        assert (edited.text, edited.said) == (text, ("tool.mvenv.aliases.old is `a==1` already",))

    def test_its_constraints_go_with_it(self) -> None:
        text = (
            PROJECT
            + '[tool.mvenv.constraints]\nold = ["x<1"]\na = ["x<2"]\n[tool.mvenv.aliases]\nold = "a==1"\n'
        )
        edited = remove_alias(text, "old")
        assert edited.text == PROJECT + '[tool.mvenv.constraints]\na = ["x<2"]\n'
        assert edited.said == (
            "Removed tool.mvenv.aliases.old",
            "Removed `old` from tool.mvenv.constraints",
        )

    def test_remove_what_is_not_there(self) -> None:
        with pytest.raises(ConfigError) as caught:
            remove_alias(PROJECT + '[tool.mvenv.aliases]\npandas_old = "a==1"\n', "pandas_odl")
        assert str(caught.value) == (
            "error: there is no alias `pandas_odl`\n\n"
            "hint: did you mean `pandas_old` instead of `pandas_odl`?"
        )

    @pytest.mark.parametrize(
        "written", ['tool = {mvenv = {python = "3"}}\n', "[tool]\nmvenv.python = '3'\n[tool.x]\n"]
    )
    def test_settings_without_a_header(self, written: str) -> None:
        edited = alias(written, "old", "a==1").text
        assert tomllib.loads(edited)["tool"]["mvenv"] == {"python": "3", "aliases": {"old": "a==1"}}
