from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.config.project import load_project
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.config.model import Project


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Project]:
    """Load a project with this `[tool.mvenv]` (the text's first line is line 9)."""
    monkeypatch.chdir(tmp_path)

    def load(table: str) -> Project:
        pyproject = tmp_path / "pyproject.toml"
        pyproject.write_text(
            '[project]\nname = "app"\ndependencies = ["a", "B_b>=1"]\n'
            '[project.optional-dependencies]\nx = ["c"]\n'
            '[dependency-groups]\ndev = ["d", "e"]\n'
            f"[tool.mvenv]\n{table}\n",
            encoding="utf-8",
        )
        return load_project(pyproject)

    return load


@pytest.fixture
def refusal(load: Callable[[str], Project]) -> Callable[[str], str]:
    def refusal(table: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(table)
        return str(caught.value)

    return refusal


@pytest.mark.parametrize("setting", ["isolate", "singletons"])
class TestNames:
    def test_they_are_canonical_and_each_there_once(
        self, load: Callable[[str], Project], setting: str
    ) -> None:
        project = load(f'{setting} = ["Scikit_Learn", "numpy", "scikit.learn"]')
        assert getattr(project, setting) == ("scikit-learn", "numpy")

    def test_a_version_has_no_place_there(self, refusal: Callable[[str], str], setting: str) -> None:
        assert refusal(f'{setting} = [\n"numpy",\n"numpy==2"]') == (
            "error: `numpy==2` is not the name of a distribution\n"
            f"  cause: pyproject.toml:11: tool.mvenv.{setting}[1]\n"
            "\n"
            "hint: write the name alone, without a version"
        )


class TestTogether:
    def test_names_of_dependencies_extras_and_groups(self, load: Callable[[str], Project]) -> None:
        assert load('together = [["b.B", "c"], ["d", "a"]]').together == (("b-b", "c"), ("d", "a"))

    def test_lists_that_overlap_become_one(self, load: Callable[[str], Project]) -> None:
        project = load('together = [["a", "b-b"], ["c", "d"], ["e", "a"], ["d", "c"]]')
        assert project.together == (("a", "b-b", "e"), ("c", "d"))

    def test_one_list_can_join_two(self, load: Callable[[str], Project]) -> None:
        assert load('together = [["a", "c"], ["d", "e"], ["e", "c"]]').together == (("a", "c", "d", "e"),)

    @pytest.mark.parametrize("names", ["", '"a"', '"b-b", "B_b"'])
    def test_less_than_two(self, refusal: Callable[[str], str], names: str) -> None:
        assert refusal(f'together = [["a", "c"], [{names}]]') == (
            "error: `tool.mvenv.together[1]` holds nothing to keep together\n"
            "  cause: pyproject.toml:9: tool.mvenv.together[1]\n"
            "\n"
            "hint: list two direct requirements or more, or leave it out"
        )

    def test_a_name_that_is_no_direct_requirement(self, refusal: Callable[[str], str]) -> None:
        assert refusal('together = [["a", "bb"]]') == (
            "error: `bb` is not a direct requirement of the project\n"
            "  cause: pyproject.toml:9: tool.mvenv.together[0][1]\n"
            "\n"
            "hint: did you mean `b-b` instead of `bb`?"
        )

    def test_an_alias_is_no_direct_requirement(self, refusal: Callable[[str], str]) -> None:
        text = refusal('together = [["a", "old"]]\naliases = {old = "a==1"}')
        assert text.startswith("error: `old` is not a direct requirement of the project\n")


def test_what_cannot_be_known_is_not_judged(tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(
        '[project]\nname = "a"\ndynamic = ["dependencies"]\n[tool.mvenv]\ntogether = [["b", "c"]]\n'
    )
    with pytest.raises(ConfigError, match="`dependencies` is dynamic"):
        load_project(pyproject)
