from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config.document import read_text, read_toml, toml_type
from orchestrator.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "pyproject.toml"


def refusal(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_toml(file)
    return str(caught.value)


def test_gives_text_and_data(file: Path) -> None:
    file.write_bytes("a = 'é'\r\n".encode())
    document = read_toml(file)
    assert (document.path, document.text, document.data) == (file, "a = 'é'\r\n", {"a": "é"})


def test_invalid_toml_has_line_and_column(file: Path) -> None:
    assert refusal(file, b"[project]\nname = \n") == (
        "error: `pyproject.toml` is not valid TOML\n  cause: pyproject.toml:2:8: Invalid value"
    )


def test_toml_that_ends_too_early_points_behind_its_last_character(file: Path) -> None:
    assert refusal(file, b"[project]\na = [1,") == (
        "error: `pyproject.toml` is not valid TOML\n  cause: pyproject.toml:2:8: Invalid value"
    )


def test_a_byte_order_mark_is_explained(file: Path) -> None:
    assert refusal(file, b"\xef\xbb\xbf[project]\n") == (
        "error: `pyproject.toml` is not valid TOML\n"
        "  cause: pyproject.toml:1:1: Invalid statement\n"
        "\n"
        "hint: save the file without a byte order mark"
    )


def test_values_nested_too_deeply(file: Path) -> None:
    assert refusal(file, b"a = " + b"[" * 50_000) == (
        "error: `pyproject.toml` is not valid TOML\n  cause: pyproject.toml: the values are nested too deeply"
    )


def test_a_number_too_long_for_python(file: Path) -> None:
    rendered = refusal(file, b"a = " + b"1" * 5000)
    assert rendered.startswith(
        "error: `pyproject.toml` is not valid TOML\n  cause: pyproject.toml: Exceeds the limit"
    )


def test_text_that_is_not_utf8_has_its_line(file: Path) -> None:
    assert refusal(file, b"[project]\nname = '\xff'\n") == (
        "error: `pyproject.toml` is not UTF-8 text\n"
        "  cause: pyproject.toml:2: byte 0xff is not UTF-8\n"
        "\n"
        "hint: save the file in the UTF-8 encoding"
    )


def test_a_missing_file(file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read_text(file)
    assert str(caught.value) == (
        "error: `pyproject.toml` cannot be read\n  cause: pyproject.toml: No such file or directory"
    )


def test_a_file_without_permission(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    # Not chmod: to root every file is readable.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(ConfigError) as caught:
        read_text(file)
    assert str(caught.value) == (
        "error: `pyproject.toml` cannot be read\n  cause: pyproject.toml: Permission denied"
    )


def test_every_toml_type_has_a_name(file: Path) -> None:
    file.write_text(
        "v = [true, 1, 1.5, 'a', [], {}, 2025-01-31T00:00:00Z, 2025-01-31T00:00:00, 2025-01-31, 12:00:00]"
    )
    assert [toml_type(value) for value in read_toml(file).data["v"]] == [
        "a boolean",
        "an integer",
        "a float",
        "a string",
        "an array",
        "a table",
        "a date-time",
        "a date-time",
        "a date",
        "a time",
    ]
