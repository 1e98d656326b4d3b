from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config.location import (
    ArraySpan,
    KeyPath,
    array_spans,
    key_lines,
    printable,
    show_key,
    show_path,
    show_place,
    table_ends,
)


def paths_of(value: Any, path: KeyPath = ()) -> set[KeyPath]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {path} if path else set()
    return found.union(*(paths_of(inner, (*path, name)) for name, inner in below))


EVERY_FORM = '''\
# a comment = "with [brackets]
[project] # [not.a.table]
name = "a # no comment"
dependencies = [ # first
  "one[extra]", "two", # ] not yet

  'three',
]

[tool.mvenv]
text = """
[not.a.table]
a = \\"""b""""
literal = \'\'\'
'''  # the pieces below start in the middle of a multi-line string

EVERY_FORM += """\
x = "1" '' ''''
after = 1979-05-27 07:32:00
"odd key" . 'b.c' . d = { e = [1, {f = 2}], g = "}" }

[[tool.uv.index]]
name = "first"
[[tool.uv.index]]
name = "second"
[tool.uv.index.auth]
user = ""
[[tool.uv.index.more]]
a = 1
[[tool.uv.index.more]]
a = 2
"""


def test_every_form_of_toml_has_its_line() -> None:
    assert paths_of(tomllib.loads(EVERY_FORM)) == set(key_lines(EVERY_FORM))
    lines = key_lines(EVERY_FORM)
    expected = {
        ("project",): 2,
        ("project", "name"): 3,
        ("project", "dependencies"): 4,
        ("project", "dependencies", 0): 5,
        ("project", "dependencies", 1): 5,
        ("project", "dependencies", 2): 7,
        ("tool",): 10,
        ("tool", "mvenv"): 10,
        ("tool", "mvenv", "text"): 11,
        ("tool", "mvenv", "literal"): 14,
        ("tool", "mvenv", "after"): 16,
        ("tool", "mvenv", "odd key", "b.c", "d", "e", 1, "f"): 17,
        ("tool", "mvenv", "odd key", "b.c", "d", "g"): 17,
        ("tool", "uv", "index"): 19,
        ("tool", "uv", "index", 0, "name"): 20,
        ("tool", "uv", "index", 1): 21,
        ("tool", "uv", "index", 1, "name"): 22,
        ("tool", "uv", "index", 1, "auth", "user"): 24,
        ("tool", "uv", "index", 1, "more", 1, "a"): 28,
    }
    assert {path: lines[path] for path in expected} == expected


def test_windows_line_ends_count_once() -> None:
    windows = EVERY_FORM.replace("\n", "\r\n")
    assert key_lines(windows) == key_lines(EVERY_FORM)


@pytest.mark.parametrize(
    "text", ["a = ", "[a", "a = [1", "a = {b = 1", 'a = "', "= 1", "a = [1 [", '"\\q" = 1']
)
def test_text_that_is_not_toml_has_no_lines(text: str) -> None:
    assert key_lines(text) == {}


def test_nesting_too_deep_to_follow_has_no_lines() -> None:
    assert key_lines("a = " + "[" * 100_000) == {}


def test_tables_end_where_their_own_keys_do() -> None:
    text = """\
x = 1

[a] # empty
# [b]

[a.b]
c = [
  1,
] # here

# before d
[[d]]
e = \'\'\'
[f]\'\'\'
[[d]]
[g.h]
i.j = 1
"""
    assert table_ends(text) == {
        ("a",): 3,
        ("a", "b"): 9,
        ("d", 0): 14,
        ("d", 1): 15,
        ("g", "h"): 17,
    }
    assert table_ends("[a") == {}


def test_arrays_are_found_with_the_ends_of_their_values() -> None:
    text = 'a = [ "x" , [1,2,], {b = [ ]} # c\n]'
    spans = array_spans(text)
    assert {path: text[span.start : span.end] for path, span in spans.items()} == {
        ("a",): ' "x" , [1,2,], {b = [ ]} # c\n',
        ("a", 1): "1,2,",
        ("a", 2, "b"): " ",
    }
    assert [text[:end] for end in spans["a",].entry_ends] == [
        'a = [ "x"',
        'a = [ "x" , [1,2,]',
        'a = [ "x" , [1,2,], {b = [ ]}',
    ]
    assert spans["a", 2, "b"] == ArraySpan(text.index("[ ]") + 1, (), text.index("[ ]") + 2)
    assert array_spans("a = [1") == {}


names = st.text(min_size=1, max_size=5) | st.sampled_from(["a", "b-c", "tool", "a.b", "#", "'", '"'])
scalars = st.text(max_size=8) | st.integers(-9, 9) | st.booleans() | st.dates() | st.times() | st.datetimes()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(names, values, max_size=4))
def test_finds_every_key_and_entry_that_tomllib_finds(data: dict[str, Any]) -> None:
    text = tomlkit.dumps(data)
    assert set(key_lines(text)) == paths_of(tomllib.loads(text))


blocks = st.lists(
    st.sampled_from(
        [
            "1",
            '"text # [x]"',
            '"""\n[a]\n"b" = "c"\n"""""',
            "'''\nk0 = 1\n'''",
            "[\n  1, # ]\n  2,\n]",
            "{ k0 = [\n1] }",
            '"\\""',
            "1.5 # comment",
        ]
    )
    | st.none(),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(blocks)
def test_lines_are_those_counted_while_writing(written: list[str | None]) -> None:
    text, expected = "", {}
    for number, value in enumerate(written):
        if value is None:
            text += "# k0 = [\n\n"
        else:
            expected[f"k{number}",] = text.count("\n") + 1
            text += f"k{number} = {value}\n"
    lines = key_lines(text)
    assert {path: line for path, line in lines.items() if len(path) == 1} == expected


def test_keys_are_written_as_toml_writes_them() -> None:
    assert show_key(("project", "dependencies", 3)) == "project.dependencies[3]"
    assert show_key(("tool", "odd key", "a.b", 'c"d', "e\n")) == 'tool."odd key"."a.b"."c\\"d"."e\\n"'
    assert show_key(("", "é")) == '""."é"'


def test_paths_below_the_current_directory_are_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    monkeypatch.chdir(project)
    assert show_path(project / "sub" / "pyproject.toml") == str(Path("sub", "pyproject.toml"))
    assert show_path(tmp_path / "pyproject.toml") == str(tmp_path / "pyproject.toml")
    assert show_path(Path("..", "pyproject.toml")) == str(Path("..", "pyproject.toml"))
    assert show_place(project / "pyproject.toml", 7, 2) == "pyproject.toml:7:2"
    assert show_place(project / "pyproject.toml") == "pyproject.toml"


def test_a_linked_file_is_shown_where_the_link_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere.toml").touch()
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").symlink_to(tmp_path / "elsewhere.toml")
    monkeypatch.chdir(project)
    assert show_path(project / "pyproject.toml") == "pyproject.toml"


def test_a_current_directory_that_is_gone_leaves_paths_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert show_path(Path("pyproject.toml")) == "pyproject.toml"


def test_control_characters_and_surrogates_are_escaped() -> None:
    assert printable("a\n\x1b[31m\ud800 é") == "a\\n\\x1b[31m\\ud800 é"
