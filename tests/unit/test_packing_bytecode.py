"""Compiled modules: the same whenever and wherever they are made."""

from __future__ import annotations

import marshal
import sys
from pathlib import Path

import pytest

from orchestrator.errors import MvenvError
from orchestrator.packing.bytecode import compiled
from orchestrator.packing.model import Entry, File, Link


def test_what_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("def function():\n    return {'a', 'b'} and 'text'\n")
    (tmp_path / "template.py").write_text("class {{ name }}:\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    module = tmp_path / "module.py"
    entries: list[Entry] = [
        File("py_modules/low-1/lib/python3.11/site-packages/low/module.py", module),
        File("py_modules/low-1/bin/module.py", module),
        File("template.py", tmp_path / "template.py"),
        File("app.py", module),
        File("data.txt", module),
        Link("link.py", "app.py"),
    ]
    found = {
        file.name: file.source for file in compiled(entries, Path(sys.executable), "cpython-311", scratch)
    }
    assert list(found) == [
        "py_modules/low-1/lib/python3.11/site-packages/low/__pycache__/module.cpython-311.pyc",
        "__pycache__/app.cpython-311.pyc",
    ]
    called = []
    for source in found.values():
        assert isinstance(source, Path)
        content = source.read_bytes()
        assert content[4:8] == b"\1\0\0\0"
        called.append(marshal.loads(content[16:]).co_filename)
    assert called == ["low/module.py", "app.py"]


def test_no_room(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("")
    (tmp_path / "scratch").write_text("no folder")
    with pytest.raises(MvenvError, match="the modules could not be compiled"):
        compiled(
            [File("module.py", tmp_path / "module.py")], Path(sys.executable), "tag", tmp_path / "scratch"
        )
