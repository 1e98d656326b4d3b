"""Damaged files by the dozen, and those that once went wrong; by the million: `scripts/fuzz`."""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import REGRESSIONS, TARGETS, Target, damaged, regressions, seed

EXAMPLES = 16


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_whole_files(target: Target, tmp_path: Path) -> None:
    """What damage is made from is read without an error, or all damage would be found at the first line."""
    with pytest.MonkeyPatch.context() as patch:
        from tests.fuzz import targets

        patch.setattr(targets, "_shown", _fail)
        if target.name == "pyproject.toml":
            (tmp_path / "local").mkdir()
        target.read(tmp_path, seed(target))


def _fail(error: Exception) -> None:
    raise error


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_damaged(target: Target) -> None:
    with tempfile.TemporaryDirectory() as name:

        @settings(max_examples=EXAMPLES, database=None)
        @given(st.integers(0, 2**32))
        def check(number: int) -> None:
            target.read(Path(name), damaged(target, random.Random(number)))

        check()


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_any_bytes(target: Target) -> None:
    with tempfile.TemporaryDirectory() as name:

        @settings(max_examples=EXAMPLES // 2, database=None)
        @given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
        @example(b"")
        @example(b"\xff\xfe")
        @example(b"\xef\xbb\xbf")
        @example(b"[" * 100_000)
        @example(b'{"a":' * 100_000)
        @example(b"9" * 100_000)
        def check(content: bytes) -> None:
            target.read(Path(name), content)

        check()


@pytest.mark.parametrize(("target", "file"), regressions())
def test_what_once_went_wrong(target: str, file: str, tmp_path: Path) -> None:
    TARGETS[target].read(tmp_path, (REGRESSIONS / target / file).read_bytes())


@pytest.mark.parametrize("run", ["x", "\t", " ", "[", "-", "x.", "a/", "://", "@"])
@pytest.mark.parametrize("target", ["pyproject.toml", "requirements.txt", "METADATA"])
def test_long_runs_of_one_character(target: str, run: str, tmp_path: Path) -> None:
    """What looks for the end of something looks once, not from each character again."""
    name = {"pyproject.toml": '"my-app', "requirements.txt": "two", "METADATA": "plain"}[target]
    text = seed(TARGETS[target]).decode()
    assert name in text
    run *= 60_000 // len(run)
    content = text.replace(name, f'"{run}'.replace("\t", "\\t") if name[0] == '"' else run)
    started = time.process_time()
    TARGETS[target].read(tmp_path, content.encode())
    assert time.process_time() - started < 5
