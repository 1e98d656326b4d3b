"""Static variables of an extension module that hold a pointer to a given object, found in its writable data.

What C code looks up once and keeps in a static variable cannot be changed from outside by name. The variable is a
place in the module's writable data that holds the object's address (ELF, 64 bits; elsewhere nothing is found).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from importlib.machinery import EXTENSION_SUFFIXES

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

_HEADER_SIZE, _LOADED, _WRITABLE = 64, 1, 2  # sizeof(Elf64_Ehdr), PT_LOAD, PF_W


class WritableData:
    """The writable segments of a module's shared object, as they were when this was made."""

    def __init__(self, module: ModuleType) -> None:
        self._segments = [(start, ctypes.string_at(start, size)) for start, size in _segments(module)]

    def __bool__(self) -> bool:
        return bool(self._segments)

    def pointers_to(self, thing: object) -> list[int]:
        """Return the addresses that hold a pointer to *thing*."""
        return [place for segment in self._segments for place in _pointers(*segment, thing)]


def point_to(place: int, thing: object) -> None:
    """Make the variable at address *place* point to *thing*, and own it as C code does."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(thing))
    ctypes.c_void_p.from_address(place).value = id(thing)


def _pointers(start: int, data: bytes, thing: object) -> Iterator[int]:
    wanted = id(thing).to_bytes(8, sys.byteorder)
    found = data.find(wanted)
    while found >= 0:
        if (start + found) % 8 == 0:
            yield start + found
        found = data.find(wanted, found + 1)


def _segments(module: ModuleType) -> Iterator[tuple[int, int]]:
    """Yield (address, size) of the writable segments of a module's shared object."""
    base = _base(module)
    header = ctypes.string_at(base, _HEADER_SIZE) if base else b""
    if header[:5] != b"\x7fELF\x02":
        return
    table = struct.unpack_from("=Q", header, 32)[0]
    entry_size, entries = struct.unpack_from("=HH", header, 54)
    for number in range(entries):
        entry = ctypes.string_at(base + table + number * entry_size, 56)
        kind, flags, _, address, _, _, size, _ = struct.unpack("=IIQQQQQQ", entry)
        if kind == _LOADED and flags & _WRITABLE:
            yield base + address, size


def _base(module: ModuleType) -> int:
    """Return where a module's shared object is in memory; 0 where that cannot be told."""
    file = module.__file__
    if file is None or not file.endswith(tuple(EXTENSION_SUFFIXES)):
        return 0  # numpy 2 has Python modules by the names of numpy 1's extensions
    if os.name != "posix" or sys.platform == "darwin":
        return 0
    start = getattr(ctypes.CDLL(file), f"PyInit_{module.__name__.rpartition('.')[2]}")
    places = (ctypes.c_void_p * 4)()  # Dl_info: dli_fname, dli_fbase, …
    return (places[1] or 0) if ctypes.CDLL(None).dladdr(start, places) else 0
