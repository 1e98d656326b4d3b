"""An archive from a place that others may write to: nothing of it gets out of its folder."""

from __future__ import annotations

import io
import os
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from orchestrator.remote_cache import archive
from orchestrator.remote_cache.notes import RefusedError

if TYPE_CHECKING:
    from pathlib import Path


def a_file(name: str, content: bytes = b"") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def a_link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


@pytest.mark.parametrize(
    "members",
    [
        [a_file("../evil")],
        [a_link("lib", "/etc"), a_file("lib/evil")],
        [a_link("lib", "../outside"), a_file("lib/evil")],
        [a_link("bin/python", "/bin/sh")],
        [a_link("bin/other", sys.executable)],
        [a_link("/mvenv-evil", "lib")],
        [a_link("../evil", "environment/lib")],
        [a_link("a", "lib"), a_link("a/evil", "b")],
        [a_link("a", "b/../../outside")],
        [a_link("a", "../py_modules/other/lib")],
        [a_link("a", "../outside", tarfile.LNKTYPE)],
        [a_link("fifo", "", tarfile.FIFOTYPE)],
        [a_link("device", "", tarfile.CHRTYPE)],
        [a_file("twice"), a_file("twice")],
    ],
    ids=lambda members: " ".join(f"{member.name}-{member.linkname}" for member, _ in members),
)
def test_an_archive_that_reaches_out(members: list[tuple[tarfile.TarInfo, bytes]], tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    with tarfile.open(tmp_path / "archive", "w:gz") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    before = sorted(os.listdir(tmp_path))
    (tmp_path / "work").mkdir()
    with pytest.raises(RefusedError):
        archive.unpack(
            tmp_path / "archive", tmp_path / "work/environment", sys.executable, ["py_modules/lib-1a2b"]
        )
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "work"])
    assert os.listdir(tmp_path / "work") == ["environment"] and not os.listdir(tmp_path / "outside")


def test_a_python_without_the_filter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tarfile.open(tmp_path / "archive", "w:gz") as tar:
        tar.addfile(a_file("lib.py")[0])
    monkeypatch.delattr(tarfile, "data_filter")
    with pytest.raises(RefusedError, match=r"3\.11\.4 can"):
        archive.unpack(tmp_path / "archive", tmp_path / "environment", sys.executable, ())


def test_no_archive(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"\x1f\x8b\x08\0\0\0\0\0\0\0nothing")
    with pytest.raises(RefusedError):
        archive.unpack(tmp_path / "archive", tmp_path / "environment", sys.executable, ())
