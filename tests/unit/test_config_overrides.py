from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config.overrides import load_overrides
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "custom_dependencies_versions.json"
FORM = 'hint: the form is `{"dep-a": {"2.2.2": {"dep-c": "1.1.1"}}}`, nested to any depth'


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / NAME


def refusal(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_overrides(file)
    return str(caught.value)


def test_a_missing_file_is_an_empty_one(file: Path) -> None:
    assert load_overrides(file) == {}


@pytest.mark.parametrize(
    "overrides",
    [
        {},
        {"A": {"2.2.2": {"C": "1.1.1"}}},
        {
            "A": {"1.1.1": {"B": {"2.2.2": {"C": {"3.3.3": {}}}}, "D": {"0.1.0": {"C": "4.4.4"}}}},
            "B": {"2.2.2": {"C": {"4.4.4": {}}}},
        },
    ],
)
def test_flat_and_nested_forms(file: Path, overrides: dict[str, Any]) -> None:
    file.write_text(json.dumps(overrides))
    assert load_overrides(file) == overrides


def test_a_text_that_is_not_json_has_line_and_column(file: Path) -> None:
    assert refusal(file, '{\n  "A" "B"\n}') == (
        f"error: `{NAME}` is not valid JSON\n  cause: {NAME}:2:7: Expecting ':' delimiter"
    )


def test_an_empty_file(file: Path) -> None:
    assert refusal(file, "") == f"error: `{NAME}` is not valid JSON\n  cause: {NAME}:1:1: Expecting value"


@pytest.mark.parametrize("text", ['{"A": {"1": {},\n}}', '{"A": {"1": {"B": "2" , } } }', '{"A": ["x",]}'])
def test_a_comma_after_the_last_entry(file: Path, text: str) -> None:
    # Which of the two characters is named, and how, differs between Python versions.
    rendered = refusal(file, text)
    assert rendered.startswith(f"error: `{NAME}` is not valid JSON\n  cause: {NAME}:")
    assert rendered.endswith("\n\nhint: JSON has no comma after the last entry")


@pytest.mark.parametrize(
    "text", ['{ // why\n"A": {}}', '{"A": {} /* why */}', '{"A": {}} # why', "// why\n{}"]
)
def test_a_comment(file: Path, text: str) -> None:
    rendered = refusal(file, text)
    assert rendered.startswith(f"error: `{NAME}` is not valid JSON\n  cause: {NAME}:1:")
    assert rendered.endswith("\n\nhint: JSON has no comments")


def test_a_comma_too_many_elsewhere_is_not_explained_away(file: Path) -> None:
    assert "hint" not in refusal(file, '{"A": {},, "B": {}}')


@pytest.mark.parametrize(
    ("text", "given"),
    [("[]", "an array"), ('"A"', "a string"), ("null", "null"), ("3", "a number"), ("true", "a boolean")],
)
def test_the_top_level_is_an_object(file: Path, text: str, given: str) -> None:
    assert refusal(file, text) == (
        f"error: the top level must be an object, not {given}\n  cause: {NAME}\n\n{FORM}"
    )


@pytest.mark.parametrize(
    ("value", "given"),
    [("1.1", "a number"), ("1", "a number"), ("NaN", "a number"), ("null", "null"), ('["1.1"]', "an array")],
)
def test_a_value_of_another_type_is_named_by_its_keys(file: Path, value: str, given: str) -> None:
    assert refusal(file, f'{{"A": {{"2.2": {{"C": {value}}}}}}}') == (
        f'error: `A."2.2".C` must be an object or a string, not {given}\n  cause: {NAME}\n\n{FORM}'
    )


def test_all_wrong_values_in_the_order_written(file: Path) -> None:
    assert refusal(file, '{"B": {"1": 1}, "A": true, "\\ud800": []}') == (
        f"error: 3 problems in `{NAME}`\n"
        f"  cause: {NAME}: `B.1` must be an object or a string, not a number\n"
        f"  cause: {NAME}: `A` must be an object or a string, not a boolean\n"
        f'  cause: {NAME}: `"\\ud800"` must be an object or a string, not an array\n'
        f"\n{FORM}"
    )


def test_a_number_too_long_for_python(file: Path) -> None:
    assert refusal(file, '{"A": ' + "1" * 5000 + "}").startswith(
        f"error: `{NAME}` is not valid JSON\n  cause: {NAME}: Exceeds the limit"
    )


def test_a_file_that_cannot_be_read(file: Path) -> None:
    file.mkdir()
    with pytest.raises(ConfigError) as caught:
        load_overrides(file)
    assert str(caught.value) == f"error: `{NAME}` cannot be read\n  cause: {NAME}: Is a directory"


def test_a_link_to_nowhere_is_not_a_missing_file(file: Path) -> None:
    file.symlink_to("gone.json")
    with pytest.raises(ConfigError) as caught:
        load_overrides(file)
    assert str(caught.value) == f"error: `{NAME}` cannot be read\n  cause: {NAME}: No such file or directory"


def test_text_that_is_not_utf8(file: Path) -> None:
    file.write_bytes(b'{"A\xff": {}}')
    with pytest.raises(ConfigError) as caught:
        load_overrides(file)
    assert str(caught.value).startswith(f"error: `{NAME}` is not UTF-8 text\n  cause: {NAME}:1: byte 0xff")


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3) | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def is_shape(value: object, depth: int = 0) -> bool:
    if isinstance(value, dict):
        return all(is_shape(inner, depth + 1) for inner in value.values())
    return depth > 0 and isinstance(value, str)


@settings(max_examples=80, deadline=None)
@given(json_values)
def test_accepts_nested_objects_and_strings_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    file = tmp_path_factory.mktemp("overrides") / NAME
    file.write_text(json.dumps(value))
    if is_shape(value):
        assert load_overrides(file) == value
    else:
        with pytest.raises(ConfigError):
            load_overrides(file)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=40) | st.text('{}[]",:/# \n\\uA1e', max_size=20).map(str.encode))
def test_any_file_gives_overrides_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("overrides") / NAME
    file.write_bytes(content)
    try:
        assert is_shape(load_overrides(file))
    except ConfigError as error:
        str(error).encode("utf-8")
