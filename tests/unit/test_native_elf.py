"""The reader of ELF files, against pyelftools, and on what is no ELF file."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from orchestrator.native import elf
from tests.support.interpreters import running_interpreter
from tests.support.native import Compiler, cannot_compile

_REASON = cannot_compile(running_interpreter()) or ("not Linux" if sys.platform != "linux" else "")


def as_pyelftools_has_it(path: Path) -> elf.Dynamic:
    with path.open("rb") as file:
        image = ELFFile(file)
        section, table = image.get_section_by_name(".dynamic"), image.get_section_by_name(".dynsym")
        assert isinstance(section, DynamicSection)
        assert isinstance(table, SymbolTableSection)
        texts: dict[str, list[str]] = {}
        for tag in section.iter_tags():
            for attribute in ("soname", "needed", "rpath", "runpath"):
                if tag.entry.d_tag == f"DT_{attribute.upper()}":
                    texts.setdefault(attribute, []).append(getattr(tag, attribute))
        symbols = list(table.iter_symbols())
    runpath, rpath = (tuple(":".join(texts.get(tag, [])).split(":")) for tag in ("runpath", "rpath"))
    undefined = [each.name for each in symbols if each["st_shndx"] == "SHN_UNDEF"]
    return elf.Dynamic(
        soname="".join(texts.get("soname", [])),
        needed=tuple(texts.get("needed", [])),
        rpath=() if any(runpath) else tuple(filter(None, rpath)),
        runpath=tuple(filter(None, runpath)),
        unique=frozenset(
            each.name
            for each in symbols
            if each["st_info"]["bind"] == "STB_LOOS" and each["st_shndx"] != "SHN_UNDEF"
        ),
        uses_python=any(name.startswith(("Py", "_Py")) for name in undefined),
    )


def installed_objects() -> list[Path]:
    folders = [Path(folder) for folder in sys.path if folder.endswith(("site-packages", "lib-dynload"))]
    return [path for folder in folders for path in sorted(folder.rglob("*.so*")) if path.is_file()]


@pytest.mark.skipif(sys.platform != "linux", reason="not Linux")
def test_agrees_with_pyelftools_on_what_is_installed() -> None:
    """Extension modules of the interpreter and of what is installed for development."""
    objects = installed_objects()
    assert len(objects) > 20
    for path in objects:
        assert elf.read(path) == as_pyelftools_has_it(path), path


@pytest.mark.skipif(bool(_REASON), reason=_REASON or "")
@pytest.mark.parametrize("hash_style", ["sysv", "gnu", "both"])
@pytest.mark.parametrize("tags", ["--enable-new-dtags", "--disable-new-dtags"])
def test_agrees_with_pyelftools_on_every_form(tmp_path: Path, hash_style: str, tags: str) -> None:
    """With search paths of both kinds, either hash table, and a process-wide symbol."""
    compiler = Compiler(tmp_path, running_interpreter())
    options = f"$ORIGIN/../x.libs:/opt,--no-as-needed,{tags},--hash-style={hash_style}"
    body = (
        "inline int &counter() { static int value = 0; return value; }\nint bump() { return ++counter(); }\n"
    )
    compiler.library("libbelow.so", "int below(void) { return 1; }", soname="libbelow.so.1")
    compiler.module("made", {"bump": "int"}, links=("libbelow.so",), rpath=options, body=body)
    found = elf.read(tmp_path / "made.so")
    assert found == as_pyelftools_has_it(tmp_path / "made.so")
    assert found.rpath + found.runpath == ("$ORIGIN/../x.libs", "/opt")
    assert bool(found.runpath) is (tags == "--enable-new-dtags")
    assert "libbelow.so.1" in found.needed
    assert len(found.unique) == 1
    assert found.unique < elf.symbols(tmp_path / "made.so")
    assert found.uses_python


def test_what_is_no_shared_object(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for content in (
        b"",
        b"\x7fEL",
        b"text",
        b"\x7fELF",
        b"\x7fELF" + bytes(200),
        b"\x7fELF\x02\x01" + b"\xff" * 999,
    ):
        file.write_bytes(content)
        assert elf.read(file) is None
        assert elf.symbols(file) == frozenset()


@pytest.mark.skipif(sys.platform != "linux", reason="not Linux")
def test_a_file_that_is_cut_short(tmp_path: Path) -> None:
    """It is never an error: whatever is in it, a wheel may hold it."""
    whole = installed_objects()[0].read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 97)):
        (tmp_path / "cut.so").write_bytes(whole[:length])
        elf.read(tmp_path / "cut.so")
        elf.symbols(tmp_path / "cut.so")


@pytest.mark.skipif(bool(_REASON), reason=_REASON)
def test_a_program_is_read_as_one_alone(tmp_path: Path) -> None:
    """One for a fixed address (``ET_EXEC``) can be started, and never loaded."""
    program = tmp_path / "program"
    content = bytearray(Path(os.path.realpath(sys.executable)).read_bytes())
    content[16] = 3
    program.write_bytes(content)
    loaded = elf.read(program)
    assert loaded is not None
    content[16] = 2
    program.write_bytes(content)
    assert elf.read(program) is None
    assert elf.read(program, is_program=True) == loaded
