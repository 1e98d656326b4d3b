"""Which parts of an installation of Python are brought along, and which cannot be."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import MvenvError
from orchestrator.native import elf
from orchestrator.packing.base import Base
from orchestrator.packing.interpreter import brought
from orchestrator.packing.model import File, Link

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs of Linux alone can be moved")


@pytest.fixture
def base(tmp_path: Path) -> Base:
    """An installation whose program is no Python, but is one that needs no more than the C library."""
    library = tmp_path / "usr/lib/python3.99"
    for name in (
        "os.py",
        "json/__init__.py",
        "json/__pycache__/__init__.cpython-399.pyc",
        "test/test_os.py",
        "unittest/test/test_case.py",
        "idlelib/idle.py",
        "config-3.99-x86_64-linux-gnu/libpython3.99.a",
        "site-packages/left.py",
        "dist-packages/left.py",
        "lib-dynload/_json.so",
        "package/site-packages/kept.py",
        "EXTERNALLY-MANAGED",
    ):
        path = library / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/sitecustomize.py").write_text("")
    (library / "sitecustomize.py").symlink_to(tmp_path / "etc/sitecustomize.py")
    (library / "alias.py").symlink_to("os.py")
    program = os.path.realpath(shutil.which("true") or "")
    place = str(library)
    return Base(
        program, "3.99", str(tmp_path / "usr"), place, place, [], "cpython-399", "abi", "linux-x86_64"
    )


def test_the_program_and_its_library(base: Base, tmp_path: Path) -> None:
    found = {entry.name: entry for entry in brought(base, tmp_path).entries}
    library = ".python/lib/python3.99"
    assert sorted(found) == [
        ".python/bin/python3.99",
        f"{library}/alias.py",
        f"{library}/json/__init__.py",
        f"{library}/lib-dynload/_json.so",
        f"{library}/os.py",
        f"{library}/package/site-packages/kept.py",
        f"{library}/sitecustomize.py",
    ]
    assert found[".python/bin/python3.99"] == File(".python/bin/python3.99", Path(base.executable), True)
    assert found[f"{library}/alias.py"] == Link(f"{library}/alias.py", "os.py")
    assert isinstance(found[f"{library}/sitecustomize.py"], File)  # its target is not in the archive


def test_what_it_needs_is_told_but_for_the_c_library(base: Base, tmp_path: Path) -> None:
    assert brought(base, tmp_path).needs == ()
    module = getattr(pytest.importorskip("_ctypes"), "__file__", None)
    if module is None:
        pytest.skip("this Python has it in its program")
    shutil.copy(module, Path(base.library, "lib-dynload"))
    dynamic = elf.read(Path(module))
    assert dynamic is not None
    needs = brought(base, tmp_path).needs
    assert set(needs) <= set(dynamic.needed)
    assert set(dynamic.needed) - set(needs) <= {"libc.so.6", "libdl.so.2", "libpthread.so.0", "libc.so"}


def test_what_is_no_program_of_linux(base: Base, tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\n")
    with pytest.raises(MvenvError, match="this Python cannot be brought along") as refused:
        brought(replace(base, executable=str(script)), tmp_path)
    assert refused.value.causes == (f"{script} is no ELF program: only those of Linux can be moved",)


def test_a_library_that_is_elsewhere(base: Base, tmp_path: Path) -> None:
    with pytest.raises(MvenvError, match="this Python cannot be brought along") as refused:
        brought(replace(base, prefix="/opt"), tmp_path)
    assert refused.value.causes == (f"its standard library, {base.library}, is not below /opt",)
