"""Reading what the dynamic linker reads of an ELF file: its dynamic section and its dynamic symbols.

Formats: the System V gABI (chapters 4 and 5), and ``DT_GNU_HASH`` as glibc's elf/dl-lookup.c walks it. Like the
dynamic linker, this looks at no section header. A general reader (pyelftools) takes 2 ms for a file, 20 times as
long, and every build with two environments reads some hundred files; the tests compare the two.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAGIC = b"\x7fELF"

# What comes of reading a file that is cut short, damaged or only called so.
_NOT_ELF = (struct.error, LookupError, ValueError, OverflowError, MemoryError)

_PROGRAM, _SHARED_OBJECT = 2, 3  # e_type: ET_EXEC, ET_DYN
_LOAD, _DYNAMIC = 1, 2  # p_type
_NEEDED, _HASH, _STRTAB, _SYMTAB, _SONAME, _RPATH, _RUNPATH = 1, 4, 5, 6, 14, 15, 29  # d_tag
_GNU_HASH = 0x6FFFFEF5
_UNIQUE = 10  # STB_GNU_UNIQUE, the upper half of st_info


@dataclass(frozen=True, slots=True)
class Dynamic:
    """What one file tells the dynamic linker."""

    soname: str
    needed: tuple[str, ...]
    rpath: tuple[str, ...]
    runpath: tuple[str, ...]
    unique: frozenset[str]
    """Symbols that it defines with the binding ``STB_GNU_UNIQUE``."""
    uses_python: bool
    """Whether it leaves symbols of Python's C API to be found elsewhere."""


def read(path: Path | str, *, is_program: bool = False) -> Dynamic | None:
    """Return what the file at *path* tells the dynamic linker; None if it is nothing that can be loaded.

    :param is_program: whether it is to be started, not loaded; then it need not be a shared object.
    :raises OSError: the file cannot be read.
    """
    # Most of what a build asks about is no ELF file: a buffer, or a `Path`, would take longer than the answer.
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123
        if file.read(4) != MAGIC:
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _Image(data, is_program=is_program).dynamic()
            except _NOT_ELF:
                return None


def symbols(path: Path) -> frozenset[str]:
    """Return the names of all dynamic symbols of the file at *path*, defined there or not.

    :raises OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        if file.read(4) != MAGIC:
            return frozenset()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                image = _Image(data)
                return frozenset(image.text(offset) for offset, _, _ in image.symbols())
            except _NOT_ELF:
                return frozenset()


class _Image:
    """One mapped file.

    :raises LookupError: it is no shared object, or has no dynamic section.
    """

    def __init__(self, data: mmap.mmap, *, is_program: bool = False) -> None:
        self._data = data
        wide, self._order = data[4] == 2, "<" if data[5] == 1 else ">"
        (kind,) = self._unpack("H", 16)
        if kind != _SHARED_OBJECT and not (is_program and kind == _PROGRAM):
            raise LookupError(kind)
        (headers,) = self._unpack("Q" if wide else "I", 32 if wide else 28)
        size, count = self._unpack("HH", 54 if wide else 42)
        # p_type, p_offset, p_vaddr, p_filesz
        layout, fields = ("IIQQQQ", (0, 2, 3, 5)) if wide else ("IIIII", (0, 1, 2, 4))
        self._word = "Q" if wide else "I"
        # Elf64_Sym: st_name, st_info, st_other, st_shndx, …; Elf32_Sym: st_name, st_value, st_size, st_info, …
        self._symbol, self._symbol_fields = ("IBBHQQ", (0, 1, 3)) if wide else ("IIIBBH", (0, 3, 5))
        self._loaded: list[tuple[int, int, int]] = []
        tags: list[tuple[int, int]] = []
        for number in range(count):
            entry = self._unpack(layout, headers + number * size)
            what, offset, address, length = (entry[field] for field in fields)
            if what == _LOAD:
                self._loaded.append((address, length, offset))
            elif what == _DYNAMIC:
                tags = [(tag, value) for tag, value in self._table(self._word * 2, offset, length)]
        end = next((number for number, (tag, _) in enumerate(tags) if tag == 0), len(tags))
        self._tags = tags[:end]
        self._first = dict(reversed(self._tags))
        self._strings = self._offset(self._first[_STRTAB])

    def _unpack(self, layout: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + layout, self._data, offset)

    def _table(self, layout: str, offset: int, length: int) -> Iterator[tuple[int, ...]]:
        row = struct.Struct(self._order + layout)
        return row.iter_unpack(self._data[offset : offset + length - length % row.size])

    def _offset(self, address: int) -> int:
        """Return where in the file an address is that the dynamic section names."""
        for start, length, offset in self._loaded:
            if start <= address < start + length:
                return address - start + offset
        raise LookupError(address)

    def text(self, offset: int) -> str:
        """Return a string of the dynamic string table."""
        start = self._strings + offset
        end = self._data.find(b"\0", start)
        if end < 0:
            raise LookupError(offset)
        return self._data[start:end].decode("utf-8", "surrogateescape")

    def dynamic(self) -> Dynamic:
        """Return what this file tells."""
        texts: dict[int, list[str]] = {tag: [] for tag in (_SONAME, _NEEDED, _RPATH, _RUNPATH)}
        for tag, value in self._tags:
            if tag in texts:
                texts[tag].append(self.text(value))
        runpath = _folders(texts[_RUNPATH])
        unique, uses_python = [], False
        for name, info, section in self.symbols():
            if info >> 4 == _UNIQUE and section:
                unique.append(self.text(name))
            elif not section and not uses_python:
                start = self._strings + name
                uses_python = (
                    self._data[start : start + 2] == b"Py" or self._data[start : start + 3] == b"_Py"
                )
        return Dynamic(
            soname="".join(texts[_SONAME][:1]),
            needed=tuple(texts[_NEEDED]),
            rpath=() if texts[_RUNPATH] else _folders(texts[_RPATH]),
            runpath=runpath,
            unique=frozenset(unique),
            uses_python=uses_python,
        )

    def symbols(self) -> Iterator[tuple[int, int, int]]:
        """Yield (offset of the name, ``st_info``, number of the section or 0 for undefined) of each symbol."""
        size = struct.calcsize(self._order + self._symbol)
        start = self._offset(self._first[_SYMTAB])
        name, info, section = self._symbol_fields
        for row in self._table(self._symbol, start, size * self._symbol_count()):
            yield row[name], row[info], row[section]

    def _symbol_count(self) -> int:
        if _HASH in self._first:
            return self._unpack("II", self._offset(self._first[_HASH]))[1]  # nchain
        start = self._offset(self._first[_GNU_HASH])
        buckets, first_hashed, bloom, _ = self._unpack("IIII", start)
        at = start + 16 + bloom * struct.calcsize(self._order + self._word)
        last = max(self._unpack(f"{buckets}I", at))
        if last < first_hashed:  # it defines nothing
            return first_hashed
        chains = at + 4 * buckets
        while not self._unpack("I", chains + 4 * (last - first_hashed))[0] & 1:
            last += 1
        return last + 1


def _folders(texts: list[str]) -> tuple[str, ...]:
    return tuple(folder for text in texts for folder in text.split(":") if folder)
