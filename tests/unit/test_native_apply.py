"""Changing files: on private copies, in one step each, and nothing half done when it fails."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import InstallError
from orchestrator.native.apply import apply, patchelf
from orchestrator.native.model import Change, Edit, NativePlace, Separated, SharedObject
from orchestrator.native.read import shared_objects
from orchestrator.system.files import record_hash
from tests.support.interpreters import running_interpreter
from tests.support.native import Compiler, cannot_compile, soname

if TYPE_CHECKING:
    from pathlib import Path

_REASON = cannot_compile(running_interpreter()) or ("not Linux" if sys.platform != "linux" else "")
pytestmark = pytest.mark.skipif(bool(_REASON), reason=_REASON or "")

_CHANGE = Change(
    "env", {"liba.so": "liba-1.so"}, (Edit("a.libs/liba.so", "liba-1.so"),), {"a.libs/liba-1.so": "liba.so"}
)


@pytest.fixture
def site_packages(tmp_path: Path) -> Path:
    """An environment with one library, a hard link to a file of the cache."""
    cache = tmp_path / "cache"
    cache.mkdir()
    Compiler(cache, running_interpreter()).library("liba.so", "int a(void) { return 1; }", soname="liba.so")
    folder = tmp_path / "site-packages"
    (folder / "a.libs").mkdir(parents=True)
    (folder / "a.libs/liba.so").hardlink_to(cache / "liba.so")
    (cache / "liba.so").chmod(0o555)
    (folder / "a-1.dist-info").mkdir()
    record = 'a.libs/liba.so,sha256=old,1\n"b, c.py",,\na-1.dist-info/RECORD,,\n'
    (folder / "a-1.dist-info/RECORD").write_text(record)
    return folder


def place(site_packages: Path) -> NativePlace:
    return NativePlace("env", "1", *shared_objects(site_packages))


def test_the_original_stays_as_it_is(site_packages: Path, tmp_path: Path) -> None:
    before = (tmp_path / "cache/liba.so").read_bytes()
    program = patchelf()
    assert program is not None
    done = apply(_CHANGE, place(site_packages), site_packages, program)
    assert (tmp_path / "cache/liba.so").read_bytes() == before
    changed = site_packages / "a.libs/liba.so"
    assert soname(changed) == "liba-1.so"
    assert changed.stat().st_mode & 0o777 == 0o555
    assert changed.stat().st_nlink == 1
    digest = record_hash(changed)
    assert done == Separated("env", {"liba.so": "liba-1.so"}, 0, {"a.libs/liba.so": digest})
    size = changed.stat().st_size
    assert (site_packages / "a-1.dist-info/RECORD").read_text() == (
        f"a.libs/liba.so,{digest},{size}\na.libs/liba-1.so,{digest},{size}\n"
        '"b, c.py",,\na-1.dist-info/RECORD,,\n'
    )
    assert sorted(os.listdir(site_packages / "a.libs")) == ["liba-1.so", "liba.so"]


def test_what_patchelf_refuses_keeps_its_name_in_a_file_of_its_own(
    site_packages: Path, tmp_path: Path
) -> None:
    own, cached = site_packages / "a.libs/liba.so", tmp_path / "cache/liba.so"
    done = apply(_CHANGE, place(site_packages), site_packages, "/bin/false")
    assert done == Separated(
        "env",
        files={"a.libs/liba.so": record_hash(own)},
        obstacle="a.libs/liba.so: patchelf ended with code 1",
    )
    assert own.read_bytes() == cached.read_bytes()
    assert not own.samefile(cached)
    assert os.listdir(site_packages / "a.libs") == ["liba.so"]


def test_a_failure_leaves_every_file_whole(site_packages: Path) -> None:
    before = (site_packages / "a.libs/liba.so").read_bytes()
    with pytest.raises(InstallError) as caught:
        apply(_CHANGE, place(site_packages), site_packages, "/nonexistent")
    assert "libraries of environment `env`" in caught.value.message
    assert caught.value.hints
    assert (site_packages / "a.libs/liba.so").read_bytes() == before
    assert os.listdir(site_packages / "a.libs") == ["liba.so"]


def test_without_any_change_a_file_of_its_own(site_packages: Path, tmp_path: Path) -> None:
    apply(Change("env", edits=(Edit("a.libs/liba.so"),)), place(site_packages), site_packages, "/nonexistent")
    own, cached = site_packages / "a.libs/liba.so", tmp_path / "cache/liba.so"
    assert own.read_bytes() == cached.read_bytes()
    assert not own.samefile(cached)


def test_links_are_read_as_what_they_lead_to(site_packages: Path) -> None:
    (site_packages / "a.libs/other.so").symlink_to("liba.so")
    (site_packages / "elsewhere.so").symlink_to("/lib/nowhere.so")
    objects, links = shared_objects(site_packages)
    assert [each.path for each in objects] == ["a.libs/liba.so"]
    assert links == {"a.libs/other.so": "a.libs/liba.so"}


@pytest.mark.parametrize(
    ("names", "symbols", "files", "text"),
    [
        ({"liba.so": "x"}, 0, {}, "gave 1 library a name of its own: liba.so"),
        (
            dict.fromkeys(("d", "b", "a", "c"), "x"),
            2,
            {},
            "gave 4 libraries names of their own: a, b, c, …; made 2 C++ symbols its own",
        ),
        ({}, 1, {}, "made 1 C++ symbol its own"),
        ({}, 0, {"x": ""}, "made 1 file its own"),
    ],
)
def test_the_line_of_the_summary(
    names: dict[str, str], symbols: int, files: dict[str, str], text: str
) -> None:
    assert Separated("env", names, symbols, files).message() == text


def test_objects_are_told_by_their_content(site_packages: Path) -> None:
    (site_packages / "data").write_bytes((site_packages / "a.libs/liba.so").read_bytes())
    (site_packages / "not.so").write_bytes(b"text" * 100)
    paths = [each.path for each in shared_objects(site_packages)[0]]
    assert paths == ["a.libs/liba.so", "data"]
    assert isinstance(shared_objects(site_packages)[0][0], SharedObject)
