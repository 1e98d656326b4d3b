from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.config.overrides import (
    load_overrides,
    merge_by_record,
    merge_overrides,
    recorded,
    written_back,
)
from orchestrator.errors import ConfigError
from runtime_shim.overrides.rules import OverridesError, rules

if TYPE_CHECKING:
    from pathlib import Path

NAME = "custom_dependencies_versions.json"
MEND = "hint: mend it there, or delete the file: then nothing is overridden"
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
        f"error: `{NAME}` is not valid JSON\n  cause: {NAME}:2:7: Expecting ':' delimiter\n\n{MEND}"
    )


def test_an_empty_file(file: Path) -> None:
    said = f"error: `{NAME}` is not valid JSON\n  cause: {NAME}:1:1: Expecting value\n\n{MEND}"
    assert refusal(file, "") == said


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
    assert refusal(file, '{"A": {},, "B": {}}').endswith(f"\n\n{MEND}")


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


words = st.sampled_from(["a", "B", "1", "2.0"]) | st.text(max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | words | st.integers(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


def makes_sense(value: object) -> bool:
    try:
        rules(value)  # type: ignore[arg-type]
    except OverridesError:
        return False
    return True


@settings(max_examples=80, deadline=None)
@given(json_values)
def test_accepts_what_makes_sense_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    file = tmp_path_factory.mktemp("overrides") / NAME
    file.write_text(json.dumps(value))
    if makes_sense(value):
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
        assert makes_sense(load_overrides(file))
    except ConfigError as error:
        str(error).encode("utf-8")


def test_a_contradiction_has_both_lines(file: Path) -> None:
    text = '{\n  "A": {"1.0": {\n    "C": "1"\n  }},\n  "a": {"1": {"c": "2"}}\n}'
    assert refusal(file, text) == (
        "error: a 1.0 cannot use both c 1 and 2\n"
        f'  cause: {NAME}:3: A."1.0".C\n'
        f"  cause: {NAME}:5: a.1.c\n"
        f"\n{FORM}"
    )


def test_a_cycle_is_spelled_out(file: Path) -> None:
    assert refusal(file, '{"A": {"1.0": {"B": "2.0"}},\n "B": {"2.0": {"A": {"1.0": {}}}}}') == (
        f'error: the overrides form a cycle: a 1.0 → b 2.0 → a 1.0\n  cause: {NAME}:2: B."2.0".A'
    )


def test_what_has_no_meaning_has_its_line(file: Path) -> None:
    assert refusal(file, '{"A": {"1.0":\n {"B": "latest"}}}') == (
        f'error: `latest` is not a version\n  cause: {NAME}:2: A."1.0".B\n\n{FORM}'
    )


FLAT = '{"A": {"2.2.2": {"C": "1.1.1"}}}'
OTHER = '{ "A": {"2.2.2": {"C": "3"}} }'


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / ".venv" / "lib" / "python3.11"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    ("base", "own", "copy", "text", "changed_root"),
    [
        (None, None, None, "{}\n", False),
        (None, FLAT, None, FLAT, False),
        ("{}", FLAT, "{}", FLAT, False),
        ("{}", None, FLAT, FLAT, True),
        ("{}", "{}\n", FLAT, FLAT, True),
        (FLAT, FLAT, OTHER, OTHER, True),
        (FLAT, OTHER, FLAT, OTHER, False),
        (FLAT, OTHER, OTHER.replace(" ", ""), OTHER, False),
        (FLAT, FLAT, None, FLAT, False),
        (FLAT, OTHER, None, OTHER, False),
        (FLAT, None, FLAT, "{}\n", False),
        (FLAT, FLAT, "{}", "{}", True),
        (
            FLAT,
            FLAT[:-1] + ', "X": {"1": {"C": "1"}}}',
            FLAT[:-1] + ', "Y": {"1": {"C": "1"}}}',
            json.dumps(
                {"A": {"2.2.2": {"C": "1.1.1"}}, "X": {"1": {"C": "1"}}, "Y": {"1": {"C": "1"}}}, indent=2
            )
            + "\n",
            True,
        ),
    ],
)
def test_two_copies(
    base: str | None,
    own: str | None,
    copy: str | None,
    text: str,
    changed_root: bool,
    file: Path,
    library: Path,
) -> None:
    """What one side alone says is kept as it is written there."""
    for path, content in ((file, own), (library / NAME, copy)):
        if content is not None:
            path.write_text(content)
    merged = merge_overrides(file.parent, library, None if base is None else json.loads(base))
    assert (merged.text, merged.changed_root) == (text, changed_root)
    assert merged.data == json.loads(text)


def test_both_copies_have_changed_the_same(file: Path, library: Path) -> None:
    file.write_text('{\n"A": {"2.2.2": {"C": "2"}}}')
    (library / NAME).write_text('{"A":\n {"2.2.2":\n {"C": "3"}}}')
    with pytest.raises(ConfigError) as caught:
        merge_overrides(file.parent, library, json.loads(FLAT))
    assert str(caught.value) == (
        f'error: `{NAME}` and its copy have both changed `A."2.2.2".C` since the last build\n'
        f'  cause: {NAME}:2: "2"\n'
        f'  cause: .venv/lib/python3.11/{NAME}:3: "3"\n'
        "\n"
        "hint: make both say the same, or delete the copy"
    )


def test_both_copies_together_form_a_cycle(file: Path, library: Path) -> None:
    file.write_text('{"A": {"1": {"B": "1"}}}')
    (library / NAME).write_text('{"B": {"1": {"A": "1"}}}')
    with pytest.raises(ConfigError, match="the overrides form a cycle: a 1 → b 1 → a 1") as caught:
        merge_overrides(file.parent, library, {})
    assert len(caught.value.causes) == 2


def test_a_broken_copy(file: Path, library: Path) -> None:
    (library / NAME).write_text("{,}")
    with pytest.raises(ConfigError) as caught:
        merge_overrides(file.parent, library, {})
    assert f".venv/lib/python3.11/{NAME}:1:2" in str(caught.value)
    hint = "it is the copy of the project's file: mend it, or delete it, and the build writes it anew"
    assert caught.value.hints[-1] == hint


def test_nothing_is_recorded(file: Path, library: Path) -> None:
    file.write_text(FLAT)
    assert merge_by_record(file.parent, None).text == FLAT


def test_written_back(file: Path, library: Path) -> None:
    """The project's file gets what the copy says, and is put back if the commit fails."""
    (library / NAME).write_text("{}\n")
    merged = merge_overrides(file.parent, library, {})
    known = recorded(merged, "lib/python3.11")
    (library / NAME).write_text(FLAT)
    with pytest.raises(OSError, match="full"), written_back(file.parent, known):
        assert file.read_text() == FLAT
        raise OSError("full")
    assert not file.exists()
    with written_back(file.parent, known):
        pass
    assert file.read_text() == FLAT
    file.write_text(OTHER)
    (library / NAME).write_text("{}\n")
    with written_back(file.parent, known):
        pass
    assert file.read_text() == OTHER, "only the project's file has changed"


def test_written_back_through_a_link(file: Path, library: Path) -> None:
    kept = file.with_name("kept.json")
    kept.write_text("{}\n")
    file.symlink_to(kept.name)
    (library / NAME).write_text(FLAT)
    with written_back(file.parent, {"library": ".venv/lib/python3.11", "text": "{}\n"}):
        pass
    assert file.is_symlink()
    assert kept.read_text() == FLAT


def test_too_large(file: Path) -> None:
    """What takes longer to compare than anybody waits at the start of a program."""
    file.write_text(json.dumps({f"dep-{number}": {"1.0": {"low": "1.0"}} for number in range(40_000)}))
    with pytest.raises(ConfigError, match="is too large"):
        load_overrides(file)
