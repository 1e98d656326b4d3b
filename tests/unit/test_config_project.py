from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import InvalidRequirement, Requirement

from orchestrator.config.model import DirectRequirement, Project
from orchestrator.config.project import find_pyproject, load_project
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Project]:
    monkeypatch.chdir(tmp_path)

    def load(text: str) -> Project:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        return load_project(tmp_path / "pyproject.toml")

    return load


@pytest.fixture
def refusal(load: Callable[[str], Project]) -> Callable[[str], str]:
    def refusal(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return str(caught.value)

    return refusal


class TestFindPyproject:
    def test_nearest_wins(self, tmp_path: Path) -> None:
        inner = tmp_path / "a" / "b"
        inner.mkdir(parents=True)
        (tmp_path / "pyproject.toml").touch()
        assert find_pyproject(inner) == tmp_path / "pyproject.toml"
        (tmp_path / "a" / "pyproject.toml").touch()
        assert find_pyproject(inner) == tmp_path / "a" / "pyproject.toml"
        assert find_pyproject(tmp_path / "a") == tmp_path / "a" / "pyproject.toml"

    def test_a_relative_start_gives_an_absolute_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "pyproject.toml").touch()
        monkeypatch.chdir(tmp_path / "a")
        assert find_pyproject(Path()) == tmp_path / "pyproject.toml"

    def test_a_folder_of_that_name_is_not_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "pyproject.toml").mkdir(parents=True)
        (tmp_path / "pyproject.toml").touch()
        assert find_pyproject(tmp_path / "a") == tmp_path / "pyproject.toml"

    def test_none_says_how_to_start(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Whoever runs the tests may have a pyproject.toml above the temporary folder.
        monkeypatch.setattr(Path, "is_file", lambda path: False)
        with pytest.raises(ConfigError) as caught:
            find_pyproject(tmp_path)
        assert str(caught.value) == (
            f"error: there is no `pyproject.toml` in `{tmp_path}` or any folder above it\n"
            "\n"
            "hint: start a project with `mvenv init`\n"
            "hint: or write a `pyproject.toml` of three lines: "
            '`[project]`, `name = "my-app"`, `dependencies = ["pandas"]`'
        )

    def test_the_three_lines_it_shows_are_a_project(self, load: Callable[[str], Project]) -> None:
        project = load('[project]\nname = "my-app"\ndependencies = ["pandas"]\n')
        assert [requirement.name for requirement in project.requirements] == ["pandas"]

    def test_a_start_that_does_not_exist(self, tmp_path: Path) -> None:
        # A typing mistake must not find the project of a folder above.
        (tmp_path / "pyproject.toml").touch()
        with pytest.raises(ConfigError) as caught:
            find_pyproject(tmp_path / "typo")
        assert str(caught.value) == (
            f"error: `{tmp_path / 'typo'}` cannot be opened\n  cause: No such file or directory"
        )


class TestWhatIsRead:
    def test_everything(self, tmp_path: Path, load: Callable[[str], Project]) -> None:
        (tmp_path / "lib").mkdir()
        project = load("""
[project]
name = "My.App"
version = "1.2"
requires-python = ">=3.11"
dependencies = ["Scikit_Learn[all]>=1.5 ; os_name == 'posix'", "cfn-lint"]

[tool.mvenv]
python = "3.12"
exclude-newer = "2025-01-31"
[tool.mvenv.constraints]
cfn-lint = ["+setuptools<81", "requests>2.20"]

[tool.uv.sources]
Lib_A = { path = "lib", editable = true }
[[tool.uv.index]]
name = "internal"
""")
        assert project == Project(
            root=tmp_path,
            name="My.App",
            version="1.2",
            requires_python=">=3.11",
            requirements=(
                DirectRequirement(
                    text="Scikit_Learn[all]>=1.5 ; os_name == 'posix'",
                    name="scikit-learn",
                    entry="project.dependencies[0]",
                    constraints=(),
                    additions=(),
                ),
                DirectRequirement(
                    text="cfn-lint",
                    name="cfn-lint",
                    entry="project.dependencies[1]",
                    constraints=("requests>2.20",),
                    additions=("setuptools<81",),
                ),
            ),
            python="3.12",
            exclude_newer="2025-01-31",
            uv_sources={"lib-a": {"path": str(tmp_path / "lib"), "editable": True}},
            uv_indexes=({"name": "internal"},),
        )
        assert project.pyproject == tmp_path / "pyproject.toml"

    def test_the_least(self, tmp_path: Path, load: Callable[[str], Project]) -> None:
        assert load('project.name = "a"') == Project(
            root=tmp_path,
            name="a",
            version="0",
            requires_python="",
            requirements=(),
            python=None,
            exclude_newer=None,
            uv_sources={},
            uv_indexes=(),
        )

    def test_a_dynamic_version_is_0(self, load: Callable[[str], Project]) -> None:
        assert load('[project]\nname = "a"\ndynamic = ["version"]').version == "0"

    def test_root_is_absolute(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("pyproject.toml").write_text('project.name = "a"')
        assert load_project(Path("pyproject.toml")).root == tmp_path

    def test_other_tools_tables_are_not_judged(self, load: Callable[[str], Project]) -> None:
        assert load('project.name = "a"\n[tool.uv]\nmanaged = 3\n[tool.ruff]\nx = 1').name == "a"


class TestProjectTable:
    def test_none(self, refusal: Callable[[str], str]) -> None:
        assert refusal("[tool.ruff]") == (
            "error: `pyproject.toml` has no `[project]` table\n"
            "  cause: pyproject.toml\n"
            "\n"
            "hint: add `[project]` with a `name` and the `dependencies`"
        )

    def test_not_a_table(self, refusal: Callable[[str], str]) -> None:
        assert refusal("\nproject = 1") == (
            "error: `project` must be a table, not an integer\n  cause: pyproject.toml:2: project"
        )

    def test_no_name(self, refusal: Callable[[str], str]) -> None:
        assert refusal("[build-system]\n[project]\n") == (
            "error: `project.name` is missing\n"
            "  cause: pyproject.toml:2: project\n"
            "\n"
            'hint: add a line such as `name = "my-app"` to `[project]`'
        )

    @pytest.mark.parametrize("key", ["name", "version", "requires-python"])
    def test_text_that_is_something_else(self, refusal: Callable[[str], str], key: str) -> None:
        keys = {"name": '"a"', "version": '"1"', "requires-python": '">=3.11"', key: "3"}
        text = "[project]\n" + "".join(f"{name} = {value}\n" for name, value in keys.items())
        line = list(keys).index(key) + 2
        assert refusal(text) == (
            f"error: `project.{key}` must be a string, not an integer\n"
            f"  cause: pyproject.toml:{line}: project.{key}"
        )

    def test_a_name_that_is_none(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[project]\nname = "my app"') == (
            "error: `my app` is not a valid project name\n"
            "  cause: pyproject.toml:2: project.name\n"
            "\n"
            "hint: write letters, digits, `-`, `_` and `.`, and begin and end with a letter or digit"
        )

    def test_a_python_range_that_is_none(self, refusal: Callable[[str], str]) -> None:
        assert refusal('[project]\nname = "a"\nrequires-python = "^3.9"') == (
            "error: `^3.9` is not a valid Python version range\n"
            "  cause: pyproject.toml:3: project.requires-python: Invalid specifier: '^3.9'\n"
            "\n"
            "hint: write a range such as `>=3.11`"
        )


def test_an_unreadable_file_is_a_config_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_project(tmp_path / "pyproject.toml")
    assert str(caught.value) == (
        "error: `pyproject.toml` cannot be read\n  cause: pyproject.toml: Is a directory"
    )


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('tool = 1\nproject.name = "a"', "tool", 1),
        ('project.name = "a"\ntool.mvenv = 1', "tool.mvenv", 2),
        ('project.name = "a"\ntool.uv = 1', "tool.uv", 2),
        ('project.name = "a"\ntool.uv.sources = 1', "tool.uv.sources", 2),
    ],
)
def test_a_table_that_is_none_is_reported_once(
    refusal: Callable[[str], str], text: str, key: str, line: int
) -> None:
    assert refusal(text) == (
        f"error: `{key}` must be a table, not an integer\n  cause: pyproject.toml:{line}: {key}"
    )


def test_all_faults_of_a_file_come_in_one_error_by_line(refusal: Callable[[str], str]) -> None:
    with pytest.raises(InvalidRequirement) as caught:
        Requirement("numpy >> 2")
    reason = str(caught.value).split("\n")[0]
    assert refusal("""\
[tool.mvenv]
isolte = ["numpy"]
python = 3.10
[tool.mvenv.constraints]
numpy = ["setuptools"]
[project]
version = 3
dependencies = [
  "numpy >> 2",
  7,
]
""") == (
        "error: 7 problems in `pyproject.toml`\n"
        "  cause: pyproject.toml:2: tool.mvenv.isolte: `isolte` is not a setting of `[tool.mvenv]`\n"
        "  cause: pyproject.toml:3: `tool.mvenv.python` must be a string, not a float\n"
        "  cause: pyproject.toml:5: tool.mvenv.constraints.numpy[0]: "
        "the constraint `setuptools` bounds no version\n"
        "  cause: pyproject.toml:6: project: `project.name` is missing\n"
        "  cause: pyproject.toml:7: `project.version` must be a string, not an integer\n"
        "  cause: pyproject.toml:9: project.dependencies[0]: `numpy >> 2` is not a valid requirement: "
        f"{reason}\n"
        "  cause: pyproject.toml:10: `project.dependencies[1]` must be a string, not an integer\n"
        "\n"
        "hint: did you mean `isolate` instead of `isolte`?\n"
        "hint: put the value of `tool.mvenv.python` in quotes\n"
        "hint: add a version bound to `setuptools`, or write `+setuptools` to require it as well\n"
        'hint: add a line such as `name = "my-app"` to `[project]`'
    )
