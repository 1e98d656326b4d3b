from __future__ import annotations

import textwrap
import tomllib

import pytest

from orchestrator.editing.tool_excludes import check, leave_out
from orchestrator.errors import ConfigError, UsageError

PROJECT = '[project]\nname = "a"\n\n[tool.mvenv]\n'


def told(tables: str, *tools: str) -> dict[str, object]:
    """Return the tables of tools after `mvenv init`, which has to be idempotent and to keep what it finds."""
    before = PROJECT + textwrap.dedent(tables)
    edited = leave_out(before, tools)
    assert leave_out(edited.text, tools).text == edited.text
    for line in before.splitlines():
        assert line.partition("=")[0].strip() in edited.text
    found: dict[str, object] = tomllib.loads(edited.text)["tool"]
    found.pop("mvenv")
    return found


def test_a_project_without_tools_is_left_alone() -> None:
    assert leave_out(PROJECT, ()).text == PROJECT
    assert leave_out(PROJECT, ()).said == ()


def test_the_table_of_mvenv() -> None:
    edited = leave_out('[project]\nname = "a"\n# the end', ())
    assert edited.text == '[project]\nname = "a"\n# the end\n\n[tool.mvenv]\n'
    assert edited.said == ("Added the table `tool.mvenv`",)


@pytest.mark.parametrize(
    ("tool", "path", "expected"),
    [
        ("basedpyright", "exclude", ["**/node_modules", "**/__pycache__", "**/.*", "**/py_modules"]),
        ("deptry", "extend_exclude", ["py_modules"]),
        ("mypy", "exclude", ["^py_modules/"]),
        ("pyrefly", "project-excludes", ["**/py_modules"]),
        ("pyright", "exclude", ["**/node_modules", "**/__pycache__", "**/.*", "**/py_modules"]),
        ("ruff", "extend-exclude", ["py_modules"]),
    ],
)
def test_a_table(tool: str, path: str, expected: list[str]) -> None:
    """One that is there, and one that is asked for; the others are not made."""
    assert told(f"[tool.{tool}]\n") == told("", tool) == {tool: {path: expected}}


def test_tables_below() -> None:
    assert told("[tool.ty.rules]\n") == {"ty": {"rules": {}, "src": {"exclude": ["py_modules"]}}}
    options = {
        "norecursedirs": [
            *("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}"),
            "py_modules",
        ]
    }
    assert told("[tool.pytest.ini_options]\n") == told("", "pytest") == {"pytest": {"ini_options": options}}


@pytest.mark.parametrize(
    ("tables", "key", "expected"),
    [
        ('[tool.mypy]\nexclude = "^old/"', "exclude", ["^old/", "^py_modules/"]),
        ('[tool.mypy]\nexclude = [  # some\n  "^old/", # why\n]', "exclude", ["^old/", "^py_modules/"]),
        ("[tool.ruff]\nextend-exclude = []", "extend-exclude", ["py_modules"]),
        ('[tool]\nruff = {extend-exclude = ["a"]}', "extend-exclude", ["a", "py_modules"]),
        ('[tool.pyright]\nexclude = ["a"]', "exclude", ["a", "**/py_modules"]),
        ('[tool.pyright]\nexclude = ["**/py_modules", "a"]', "exclude", ["**/py_modules", "a"]),
    ],
)
def test_a_list_that_is_there(tables: str, key: str, expected: list[str]) -> None:
    if tables.startswith("[tool]"):
        tables = tables.replace("[tool]\n", "tool.", 1)
        text = leave_out(f"{tables}\n[project]\nname = 'a'\n", ()).text
        assert tomllib.loads(text)["tool"]["ruff"] == {key: expected}
        return
    [table] = told(tables).values()
    assert table == {key: expected}


def test_a_string_of_words() -> None:
    found = told('[tool.pytest.ini_options]\nnorecursedirs = "a b"')
    assert found == {"pytest": {"ini_options": {"norecursedirs": "a b py_modules"}}}


def test_what_is_no_list() -> None:
    with pytest.raises(ConfigError, match=r"`tool\.ruff\.extend-exclude` must be a list of strings"):
        leave_out(f"{PROJECT}[tool.ruff]\nextend-exclude = [1]\n", ())


def test_a_tool_that_is_not_known() -> None:
    with pytest.raises(UsageError, match="does not know what `pylint` leaves out"):
        check(["mypy", "pylint"])
