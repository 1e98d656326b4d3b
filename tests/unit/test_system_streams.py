"""What is written where an encoding does not have a character."""

from __future__ import annotations

import codecs
import io
import json
import sys

import pytest

from orchestrator.system import streams


def written(text: str, encoding: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, newline="\n"))
    streams.accept_all_characters()
    print(text, end="", flush=True)
    return raw.getvalue()


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "iso8859-15", "cp437"])
def test_a_tree_can_be_drawn_anywhere(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = written("├── a → b\n└── c\n", encoding, monkeypatch).decode(encoding)
    assert found in ("|-- a -> b\n`-- c\n", "├── a -> b\n└── c\n")


def test_what_an_encoding_has_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written("größer · «»", "cp1252", monkeypatch) == "größer · «»".encode("cp1252")


@pytest.mark.parametrize("text", ["größer", "\N{SNOWMAN}", "\N{GRINNING FACE}", "日本"])
def test_a_document_says_what_it_has_said(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = json.dumps({"name": text}, ensure_ascii=False)
    assert json.loads(written(document, "ascii", monkeypatch)) == {"name": text}


def test_utf_8_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for spelling in ("utf-8", "UTF8"):
        assert written("→", spelling, monkeypatch) == "→".encode()
        assert isinstance(sys.stdout, io.TextIOWrapper)
        assert sys.stdout.errors == "strict"


def test_no_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """[pythonw] A program without a console has none."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    streams.accept_all_characters()


def test_only_what_is_written_is_mended() -> None:
    codecs.register_error("mvenv.plain", streams.plain)
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("ascii", "mvenv.plain")
