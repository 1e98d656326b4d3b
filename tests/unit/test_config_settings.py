from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from orchestrator.config.project import load_project
from orchestrator.config.settings import Settings, check_time
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Load a project with this `[tool.mvenv]` (the text's first line is line 4) and give what it says."""
    monkeypatch.chdir(tmp_path)

    def refusal(table: str) -> str:
        pyproject = tmp_path / "pyproject.toml"
        pyproject.write_text(f'[project]\nname = "a"\n[tool.mvenv]\n{table}\n', encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load_project(pyproject)
        return str(caught.value)

    return refusal


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().python = "3.12"  # type: ignore[misc]


def test_an_unknown_key_close_to_a_known_one(refusal: Callable[[str], str]) -> None:
    assert refusal("\nexclude_newer = '2025-01-31'") == (
        "error: `exclude_newer` is not a setting of `[tool.mvenv]`\n"
        "  cause: pyproject.toml:5: tool.mvenv.exclude_newer\n"
        "\n"
        "hint: did you mean `exclude-newer` instead of `exclude_newer`?"
    )


@pytest.mark.parametrize("name", ["mvennv", "mvnev", "Mvenv"])
def test_a_misspelled_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(f'[project]\nname = "app"\n[tool.{name}]\nisolate = ["numpy"]\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_project(pyproject)
    assert str(caught.value) == (
        f"error: `tool.{name}` is no table of mvenv's, but has its settings\n"
        f"  cause: pyproject.toml:3: tool.{name}\n"
        "\n"
        f"hint: did you mean `[tool.mvenv]` instead of `[tool.{name}]`?"
    )


@pytest.mark.parametrize(
    "table", ["[tool.venv]\npython = '3.12'", "[tool.mvenvs]\nfolder = 'x'", "[tool.uv]"]
)
def test_somebody_elses_table(tmp_path: Path, table: str) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(f'[project]\nname = "app"\n{table}\n', "utf-8")
    assert load_project(pyproject).name == "app"


def test_an_unknown_key_close_to_none(refusal: Callable[[str], str]) -> None:
    assert refusal("colour = []") == (
        "error: `colour` is not a setting of `[tool.mvenv]`\n"
        "  cause: pyproject.toml:4: tool.mvenv.colour\n"
        "\n"
        "hint: the settings are `aliases`, `constraints`, `default-groups`, `environments`, `exclude-newer`, "
        "`isolate`, `lag`, `other-builds`, `prefer`, `python`, `singletons` and `together`"
    )


def test_an_unknown_key_that_would_break_the_line(refusal: Callable[[str], str]) -> None:
    assert refusal('"a\\nb" = 1') == (
        "error: `a\\nb` is not a setting of `[tool.mvenv]`\n"
        '  cause: pyproject.toml:4: tool.mvenv."a\\nb"\n'
        "\n"
        "hint: the settings are `aliases`, `constraints`, `default-groups`, `environments`, `exclude-newer`, "
        "`isolate`, `lag`, `other-builds`, `prefer`, `python`, `singletons` and `together`"
    )


@pytest.mark.parametrize(
    ("line", "key", "given"),
    [
        ("python = 3.12", "python", "a float"),
        ("exclude-newer = 2025-01-31", "exclude-newer", "a date"),
        ("exclude-newer = 2025-01-31T00:00:00Z", "exclude-newer", "a date-time"),
    ],
)
def test_text_without_quotes(refusal: Callable[[str], str], line: str, key: str, given: str) -> None:
    assert refusal(line) == (
        f"error: `tool.mvenv.{key}` must be a string, not {given}\n"
        f"  cause: pyproject.toml:4: tool.mvenv.{key}\n"
        "\n"
        f"hint: put the value of `tool.mvenv.{key}` in quotes"
    )


@pytest.mark.parametrize(
    ("line", "key", "expected", "given"),
    [
        ("python = ['3.12']", "python", "a string", "an array"),
        ("python = true", "python", "a string", "a boolean"),
        ("constraints = []", "constraints", "a table", "an array"),
        ("aliases = []", "aliases", "a table", "an array"),
        ("aliases = {old = 1}", "aliases.old", "a string or a table", "an integer"),
        ("aliases = {old = {requirement = 1}}", "aliases.old.requirement", "a string", "an integer"),
        ("aliases = {old = {requirement = 'b', module = 1}}", "aliases.old.module", "a string", "an integer"),
        ("isolate = 'b'", "isolate", "a list of strings", "a string"),
        ("isolate = [[]]", "isolate[0]", "a string", "an array"),
        ("singletons = {}", "singletons", "a list of strings", "a table"),
        ("together = 'b'", "together", "a list of lists of strings", "a string"),
        ("together = ['b']", "together[0]", "a list of strings", "a string"),
    ],
)
def test_a_value_of_another_type(
    refusal: Callable[[str], str], line: str, key: str, expected: str, given: str
) -> None:
    assert refusal(line) == (
        f"error: `tool.mvenv.{key}` must be {expected}, not {given}\n"
        f"  cause: pyproject.toml:4: tool.mvenv.{key}"
    )


@pytest.mark.parametrize(
    ("value", "key", "expected", "given"),
    [
        ('"c<1"', "b", "a list of strings", "a string"),
        ("[[]]", "b[0]", "a string", "an array"),
    ],
)
def test_constraints_of_another_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, key: str, expected: str, given: str
) -> None:
    monkeypatch.chdir(tmp_path)
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(
        f'[project]\nname = "a"\ndependencies = ["b"]\n[tool.mvenv.constraints]\nb = {value}\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_project(pyproject)
    assert str(caught.value) == (
        f"error: `tool.mvenv.constraints.{key}` must be {expected}, not {given}\n"
        f"  cause: pyproject.toml:5: tool.mvenv.constraints.{key}"
    )


def test_an_empty_interpreter_request(refusal: Callable[[str], str]) -> None:
    assert refusal('python = " "') == (
        "error: `python` is empty\n"
        "  cause: pyproject.toml:4: tool.mvenv.python\n"
        "\n"
        "hint: write a version such as `3.12` or the path of an interpreter, or leave `python` out"
    )


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-31",
        "2024-02-29",
        "2025-01-31T12:00:00Z",
        "2025-01-31t12:00:00z",
        "2025-01-31 12:00:00.123456789+02:00",
        "2025-01-31T12:00:00-00:00",
    ],
)
def test_times_that_are_accepted(text: str) -> None:
    check_time(text)
    assert Settings.model_validate({"exclude-newer": text}).exclude_newer == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "20250131",
        "2025-W05-5",
        "2025-1-31",
        "2025-01-31\n",
        "2025-01-31T12:00Z",
        "2025-01-31T12:00:00",
        "2025-01-31T12:00:00+02",
        "2025-01-31X12:00:00Z",
        "\uff12\uff10\uff12\uff15-01-31",  # full-width digits
    ],
)
def test_times_of_another_form(text: str) -> None:
    with pytest.raises(ValueError, match=r"is neither a date nor an RFC 3339 timestamp$"):
        check_time(text)


@pytest.mark.parametrize("text", ["2025-13-01", "2025-02-29", "2025-01-31T25:00:00Z", "0000-01-01"])
def test_times_that_do_not_exist(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a time that exists: "):
        check_time(text)


def test_a_wrong_time_in_the_file(refusal: Callable[[str], str]) -> None:
    assert refusal('exclude-newer = "last week"') == (
        "error: `last week` is neither a date nor an RFC 3339 timestamp\n"
        "  cause: pyproject.toml:4: tool.mvenv.exclude-newer\n"
        "\n"
        "hint: write a date such as `2025-01-31` or a timestamp such as `2025-01-31T12:00:00Z`"
    )


def test_what_is_preferred() -> None:
    assert Settings.model_validate({}).prefer == "newest"
    assert Settings.model_validate({"prefer": "fewest", "lag": {"months": 6}}).lag.majors == 1


def test_a_preference_that_there_is_not(refusal: Callable[[str], str]) -> None:
    assert refusal('prefer = "oldest"') == (
        "error: `oldest` is not what `tool.mvenv.prefer` can be: 'newest' or 'fewest'\n"
        "  cause: pyproject.toml:4: tool.mvenv.prefer\n"
        "\n"
        'hint: write `prefer = "newest"` or `prefer = "fewest"`'
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("{months = 0}", "`tool.mvenv.lag.months` must be 1 or more"),
        ('{majors = "2"}', "`tool.mvenv.lag.majors` must be a whole number, not a string"),
        ("{years = 1}", "`years` is not a setting of `[tool.mvenv.lag]`"),
        ("18", "`tool.mvenv.lag` must be a table, not an integer"),
    ],
)
def test_a_lag_that_is_none(refusal: Callable[[str], str], value: str, message: str) -> None:
    assert refusal(f"lag = {value}").startswith(f"error: {message}\n")
