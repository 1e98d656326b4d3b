"""A record is read as it was written, or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.manifest.remembered import remember
from orchestrator.plan.homes import make_plan
from orchestrator.plan.model import APPLICATION, Contents, Knowledge
from orchestrator.reports.graph.document import graph_document
from orchestrator.resolution.outcome import Groups
from orchestrator.state.record import read_record, write_record
from orchestrator.system import names
from tests.unit.built_values import PROJECT, ROOT, SPLIT, recorded_request

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.state.documents import Record

KNOWN = Knowledge(
    {("low", "1"): Contents("Low", "1", ("löw",), frozenset(["x"]), frozenset(["y"]))},
    frozenset([frozenset(["a", "b"])]),
)
PLAN = make_plan(Groups(SPLIT, (), 2, proved=True), KNOWN)
RECORD: Record = {
    "content": "c0ffee",
    "environments": ["py_modules/far-11111111"],
    "graph": graph_document(
        PLAN, PROJECT, {place.name: ROOT / "py_modules" / place.name for place in PLAN.everywhere()}, {}
    ),
    "knowledge": remember(KNOWN),
    "native": {"checksum": ""},
    "made_from": "0ff",
    "overrides": {"library": ".venv/lib/python3.11", "text": '{}\n  "checksum": ""'},
    "inputs": {"mvenv": "1", "files": {}, "sources": {}},
    "python_request": None,
    "request": recorded_request(),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=9), below, max_size=3),
    max_leaves=8,
)
KEYS = sorted({*RECORD, "schema", "checksum", "mvenv"})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / ".venv").mkdir()
    return folder


@pytest.fixture
def written(root: Path) -> str:
    write_record(root / ".venv", RECORD)
    return file(root).read_text("utf-8")


def file(root: Path) -> Path:
    return root / ".venv" / names.RECORD


def read(root: Path, text: str | bytes) -> Record | None:
    file(root).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_record(root)


def test_as_it_was_written(root: Path, written: str) -> None:
    found: Any = read_record(root)
    assert {key: value for key, value in found.items() if key in RECORD} == RECORD
    assert found["graph"]["application"]["name"] == APPLICATION


def test_written_again(root: Path, written: str) -> None:
    found = read_record(root)
    assert found is not None
    write_record(root / ".venv", found)
    assert file(root).read_text("utf-8") == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "3",
        '"text"',
        "null",
        b"\xff",
        "[" * 100_000,
        '{"schema": ' + "9" * 5000 + "}",
        '{"schema": 1, "graph": {"schema": 3}, "checksum": ""}',
        '{"schema": 1, "graph": [], "checksum": ""}',
        '{"schema": 1, "graph": {"schema": 3}, "checksum": "\\ud800"}',
        '{"schema": 1, "graph": {"schema": 3}, "checksum": ["x"]}',
    ],
)
def test_what_is_no_record(text: str | bytes, root: Path) -> None:
    assert read(root, text) is None


def test_none_is_there(root: Path) -> None:
    file(root).unlink(missing_ok=True)
    assert read_record(root) is None
    file(root).mkdir()
    assert read_record(root) is None
    file(root).rmdir()


@given(document=JSON)
def test_any_json(document: object, root: Path) -> None:
    assert read(root, json.dumps(document)) is None


@given(key=st.sampled_from(KEYS), value=JSON)
def test_a_record_in_which_something_else_stands(key: str, value: object, root: Path) -> None:
    """Whatever its shape: what nobody has checked is not used."""
    write_record(root / ".venv", RECORD)
    document = json.loads(file(root).read_text("utf-8"))
    if document[key] != value:
        document[key] = value
        assert read(root, json.dumps(document, indent=2, sort_keys=True) + "\n") is None


@given(at=st.integers(0, 2000), byte=st.binary(min_size=1, max_size=1))
def test_a_record_with_another_byte(at: int, byte: bytes, root: Path) -> None:
    write_record(root / ".venv", RECORD)
    text = file(root).read_bytes()
    at %= len(text)
    assert text[at : at + 1] == byte or read(root, text[:at] + byte + text[at + 1 :]) is None


@pytest.mark.parametrize("number", ["RECORD_SCHEMA", "GRAPH_SCHEMA"])
def test_another_schema(number: str, root: Path, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its checksum is right: another mvenv has written it."""
    monkeypatch.setattr("orchestrator.state.record._SCHEMAS", (9, 3) if number == "RECORD_SCHEMA" else (1, 9))
    assert read_record(root) is None
