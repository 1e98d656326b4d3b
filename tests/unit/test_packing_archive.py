"""The archive: the same bytes for the same contents, and what is equal once."""

from __future__ import annotations

import gzip
import io
import os
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import MvenvError, UsageError
from orchestrator.packing import archive, compression
from orchestrator.packing.equal_files import first_of_equal
from orchestrator.packing.model import Entry, File, Link
from orchestrator.pipeline.pack import moment

if TYPE_CHECKING:
    from pathlib import Path


def written(entries: list[Entry], when: int = 0) -> bytes:
    output = io.BytesIO()
    archive.write(entries, output, when)
    return output.getvalue()


def test_members(tmp_path: Path) -> None:
    (tmp_path / "program").write_text("program")
    entries: list[Entry] = [
        File("b/run", tmp_path / "program", True),
        Link("b/link", "run"),
        File("a.txt", b"text"),
        File("b-c", b""),
    ]
    (tmp_path / "program").chmod(0o600)
    content = written(entries, 99)
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        members = tar.getmembers()
    assert [(each.name, each.type, f"{each.mode:o}", each.linkname) for each in members] == [
        ("a.txt", tarfile.REGTYPE, "644", ""),
        ("b", tarfile.DIRTYPE, "755", ""),
        ("b/link", tarfile.SYMTYPE, "755", "run"),
        ("b/run", tarfile.REGTYPE, "755", ""),
        ("b-c", tarfile.REGTYPE, "644", ""),
    ]
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in members} == {
        (99, 0, 0, "", "")
    }
    os.utime(tmp_path / "program", (5, 5))
    assert written(entries[::-1], 99) == content


def test_what_is_equal_is_there_once(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("same")
    files = [
        File("1", b"same"),
        File("2", b"else"),
        File("3", b"same"),
        File("4", b"same", True),
        File("5", b""),
        File("6", b""),
    ]
    assert first_of_equal(files) == {"3": "1"}
    one, other = File("1", tmp_path / "x"), File("2", tmp_path / "x")
    assert first_of_equal([one, other]) == {"2": "1"}
    with tarfile.open(fileobj=io.BytesIO(written([one, other]))) as tar:
        assert [(each.name, each.linkname) for each in tar] == [("1", ""), ("2", "1")]


def test_object_code_is_linked_only_where_it_was(tmp_path: Path) -> None:
    """Two environments have copies of one library so that the dynamic linker takes them for two."""
    (tmp_path / "a.so").write_bytes(b"\x7fELF and so on")
    (tmp_path / "b.so").write_bytes(b"\x7fELF and so on")
    os.link(tmp_path / "a.so", tmp_path / "c.so")
    files = [File(name, tmp_path / name) for name in ("a.so", "b.so", "c.so")]
    assert first_of_equal(files) == {"c.so": "a.so"}


def test_names_that_are_no_text() -> None:
    names = [os.fsdecode(b"\xff\xfe"), "gr\u00fcn"]
    content = written([File(name, b"text") for name in names])
    assert b"\xff\xfe\0" in content
    assert "gr\u00fcn\0".encode() in content


def test_long_names() -> None:
    name = "/".join(["folder" * 10] * 5)
    with tarfile.open(fileobj=io.BytesIO(written([File(name, b"text")]))) as tar:
        assert tar.getnames()[-1] == name


def test_forms(tmp_path: Path) -> None:
    for name in ("a.tar", "a.tar.gz", "a.tgz"):
        for folder in ("one", "other"):
            (tmp_path / folder).mkdir(exist_ok=True)
            with compression.compressed(tmp_path / folder / name, compression.form_of(name)) as stream:
                stream.write(b"content")
        content = (tmp_path / "one" / name).read_bytes()
        assert content == (tmp_path / "other" / name).read_bytes()
        assert (content if name.endswith(".tar") else gzip.decompress(content)) == b"content"


@pytest.mark.skipif(shutil.which("zstd") is None, reason="needs zstd to compare with")
def test_zstandard(tmp_path: Path) -> None:
    assert compression.best_suffix() == ".tar.zst"
    with compression.compressed(tmp_path / "a.tar.zst", compression.form_of("a.tar.zst")) as stream:
        stream.write(b"content")
    done = subprocess.run(["zstd", "-dc", tmp_path / "a.tar.zst"], capture_output=True, check=True)
    assert done.stdout == b"content"


def test_without_zstandard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_module", lambda *_: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert compression.best_suffix() == ".tar.gz"
    with pytest.raises(MvenvError, match="nothing here that compresses with Zstandard"):
        compression.compressed(tmp_path / "a.tar.zst", compression.ZSTD).__enter__()


def test_a_compressor_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "_module", lambda *_: None)
    (tmp_path / "zstd").write_text("#!/bin/sh\necho no room >&2\nexit 1\n")
    (tmp_path / "zstd").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with (
        pytest.raises(MvenvError, match="the archive could not be compressed") as failed,
        compression.compressed(tmp_path / "a.tar.zst", compression.ZSTD) as stream,
    ):
        for _ in range(100):
            stream.write(b"content" * 10_000)
    assert failed.value.causes == ("no room",)


def test_a_name_that_does_not_say_the_form() -> None:
    with pytest.raises(UsageError, match=r"`a.zip` does not say how the archive is to be compressed"):
        compression.form_of("a.zip")


def test_the_time_of_everything() -> None:
    assert moment({}) == moment({"SOURCE_DATE_EPOCH": ""}) == 315532800
    assert moment({"SOURCE_DATE_EPOCH": "1700000000"}) == 1700000000
    for text in ("yesterday", "-1", "1.5", "9" * 20):
        with pytest.raises(MvenvError, match="SOURCE_DATE_EPOCH is no time"):
            moment({"SOURCE_DATE_EPOCH": text})
