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
    """Load a project with this text after its two first lines."""
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)

    def load(text: str) -> Project:
        (project / "pyproject.toml").write_text(f'[project]\nname = "a"\n{text}', encoding="utf-8")
        return load_project(project / "pyproject.toml")

    return load


@pytest.fixture
def refusal(load: Callable[[str], Project]) -> Callable[[str], str]:
    def refusal(text: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(text)
        return str(caught.value)

    return refusal


def test_every_shape_is_kept_and_paths_are_absolute(tmp_path: Path, load: Callable[[str], Project]) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "wheel-1.whl").touch()
    project = load(f"""
[tool.uv.sources]
My_Lib = {{ path = "../beside", editable = true }}
whole = {{ path = "{tmp_path}/wheel-1.whl" }}
from-git = {{ git = "https://example.org/repo", rev = "abc", subdirectory = "sub" }}
from-url = {{ url = "https://example.org/a-1.whl" }}
from-index = {{ index = "internal" }}
several = [
  {{ path = "../beside", marker = "os_name == 'nt'" }},
  {{ index = "internal", marker = "os_name != 'nt'" }},
]
""")
    assert project.uv_sources == {
        "my-lib": {"path": str(tmp_path / "beside"), "editable": True},
        "whole": {"path": str(tmp_path / "wheel-1.whl")},
        "from-git": {"git": "https://example.org/repo", "rev": "abc", "subdirectory": "sub"},
        "from-url": {"url": "https://example.org/a-1.whl"},
        "from-index": {"index": "internal"},
        "several": [
            {"path": str(tmp_path / "beside"), "marker": "os_name == 'nt'"},
            {"index": "internal", "marker": "os_name != 'nt'"},
        ],
    }


def test_a_path_that_does_not_exist(refusal: Callable[[str], str]) -> None:
    assert refusal('[tool.uv.sources]\nb = [\n{ path = "lib" }]') == (
        "error: the path `lib` does not exist\n"
        "  cause: pyproject.toml:5: tool.uv.sources.b[0].path: there is nothing at `lib`"
    )


@pytest.mark.parametrize("path", ["x" * 5000, "a\\u0000b"])
def test_a_path_that_cannot_exist(refusal: Callable[[str], str], path: str) -> None:
    assert "  cause: pyproject.toml:4: tool.uv.sources.b.path: there is nothing at " in refusal(
        f'[tool.uv.sources]\nb.path = "{path}"'
    )


def test_a_tilde_is_not_the_home_folder(
    refusal: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert refusal('[tool.uv.sources]\nb = { path = "~/lib" }') == (
        "error: the path `~/lib` does not exist\n"
        "  cause: pyproject.toml:4: tool.uv.sources.b.path: there is nothing at `~/lib`\n"
        "\n"
        "hint: `~` is not expanded: write the folder out"
    )


@pytest.mark.parametrize(
    ("value", "key", "expected", "given"),
    [
        ('"lib"', "b", "a table or a list of tables", "a string"),
        ('["lib"]', "b[0]", "a table", "a string"),
        ("{ path = 1 }", "b.path", "a string", "an integer"),
        ("{ git = true }", "b.git", "a string", "a boolean"),
        ('{ workspace = "yes" }', "b.workspace", "a boolean", "a string"),
    ],
)
def test_a_wrong_shape(
    refusal: Callable[[str], str], value: str, key: str, expected: str, given: str
) -> None:
    assert refusal(f"[tool.uv.sources]\nb = {value}") == (
        f"error: `tool.uv.sources.{key}` must be {expected}, not {given}\n"
        f"  cause: pyproject.toml:4: tool.uv.sources.{key}"
    )


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("{ editable = true }", "no place"),
        ('{ path = ".", git = "x" }', "more than one place: `git` and `path`"),
        ('{ path = ".", git = "x", url = "y" }', "more than one place: `git`, `path` and `url`"),
    ],
)
def test_a_source_is_in_one_place(refusal: Callable[[str], str], value: str, named: str) -> None:
    assert refusal(f"[tool.uv.sources]\nb = {value}") == (
        f"error: `tool.uv.sources.b` names {named}\n"
        "  cause: pyproject.toml:4: tool.uv.sources.b\n"
        "\n"
        "hint: a source has one of `git`, `index`, `path`, `url` and `workspace`"
    )


def test_two_spellings_of_one_distribution(refusal: Callable[[str], str]) -> None:
    assert refusal('[tool.uv.sources]\nb-c = { index = "x" }\n"B.c" = { index = "y" }') == (
        "error: `b-c` and `B.c` are sources of the same distribution\n"
        '  cause: pyproject.toml:5: tool.uv.sources."B.c"'
    )


def test_indexes_are_kept_as_written(load: Callable[[str], Project]) -> None:
    project = load("[[tool.uv.index]]\nname = 'x'\nurl = './wheels'\n[[tool.uv.index]]\ndefault = true\n")
    assert project.uv_indexes == ({"name": "x", "url": "./wheels"}, {"default": True})


@pytest.mark.parametrize(
    ("value", "key", "expected", "given"),
    [
        ('{ name = "x" }', "", "a list of tables", "a table"),
        ('[{ name = "x" }, "y"]', "[1]", "a table", "a string"),
    ],
)
def test_indexes_of_another_shape(
    refusal: Callable[[str], str], value: str, key: str, expected: str, given: str
) -> None:
    assert refusal(f"[tool.uv]\nindex = {value}") == (
        f"error: `tool.uv.index{key}` must be {expected}, not {given}\n"
        f"  cause: pyproject.toml:4: tool.uv.index{key}"
    )


def write_member(folder: Path, name: str, more: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1"\n{more}', "utf-8")
    return folder


def test_members_of_a_workspace(tmp_path: Path) -> None:
    root = write_member(
        tmp_path / "repository",
        "root",
        """dependencies = ["mem-ber", "plain"]
[tool.uv.workspace]
members = ["packages/*", "nowhere/*", "/absolute"]
exclude = ["packages/left-out"]
[tool.uv.sources]
mem-ber = { workspace = true }
other = { workspace = true, editable = false }
kit = { path = "kit" }
""",
    )
    (root / "kit").mkdir()
    member = write_member(
        root / "packages/m",
        "Mem_ber",
        "[tool.uv.sources]\nroot = { workspace = true }\nkit = { index = 'x' }\n",
    )
    other = write_member(root / "packages/other", "other")
    write_member(root / "packages/left-out", "left-out")
    (root / "packages/file").touch()
    assert load_project(root / "pyproject.toml").uv_sources == {
        "mem-ber": {"path": str(member), "editable": True},
        "other": {"path": str(other), "editable": False},
        "kit": {"path": str(root / "kit")},
    }
    # The root's sources are every member's, unless it has its own.
    assert load_project(member / "pyproject.toml").uv_sources == {
        "mem-ber": {"path": str(member), "editable": True},
        "other": {"path": str(other), "editable": False},
        "kit": {"index": "x"},
        "root": {"path": str(root), "editable": True},
    }


def test_no_member_of_a_workspace(refusal: Callable[[str], str]) -> None:
    assert refusal("[tool.uv.sources]\nb = { workspace = true }") == (
        "error: `b` is no member of the workspace\n"
        "  cause: pyproject.toml:4: tool.uv.sources.b\n"
        "\n"
        "hint: the project is in no workspace: `[tool.uv.workspace]` is in no pyproject.toml here or above"
    )
    written = "[tool.uv.workspace]\nmembers = []\n[tool.uv.sources]\nb = { workspace = true }"
    assert "hint: the members are `a`" in refusal(written)
