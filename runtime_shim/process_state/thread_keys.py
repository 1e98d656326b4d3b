"""Packages that keep something in the dict of the running thread, under a name that both copies use.

``PyThreadState_GetDict()`` is one dict per thread. lxml keeps a parser context there, and the other copy fails on it
(``_ParserDictionaryContext._findThreadParserContext`` in lxml's src/lxml/parser.pxi, ``_getThreadErrorLog`` in
xmlerror.pxi); numpy 1 keeps what ``seterr`` has set (``UFUNC_PYVALS_NAME`` in numpy/core/src/umath/ufunc_object.c),
so one copy's ``seterr`` is the other's.

Each copy looks its entry up with one interned string, made when its extension module is loaded and kept in a static
variable. That variable is given another string, which no other copy has. Nothing else changes: no lookup costs more,
and it holds for every thread. The variable is the one place in the module's writable data that points to that string;
where there is no such place, or more than one, nothing is done.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

from runtime_shim.caller.disguise import as_importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment

# Extension module -> the names of its entries.
NAMES = {
    "lxml.etree": ("_ParserDictionaryContext", "_GlobalErrorLog", "_XSLTErrorLog"),
    "numpy.core._multiarray_umath": ("UFUNC_PYVALS",),
}

# C code holds a pointer to each: they must live as long as the process.
_own_names: list[str] = []

_HEADER_SIZE, _LOADED, _WRITABLE = 64, 1, 2  # sizeof(Elf64_Ehdr), PT_LOAD, PF_W


def around(execute: Callable[[ModuleType], None], environment: Environment) -> Callable[[ModuleType], None]:
    """Return what executes a module and gives it names of its own for its entries."""

    @as_importlib
    def execute_and_rename(module: ModuleType) -> None:
        execute(module)
        _rename(module, environment)

    return execute_and_rename


def _rename(module: ModuleType, environment: Environment) -> None:
    segments = [(start, ctypes.string_at(start, size)) for start, size in _writable_data(module)]
    entries = _entries_of_this_thread()
    for name in NAMES[module.__name__]:
        places = [place for segment in segments for place in _pointers(*segment, sys.intern(name))]
        if len(places) == 1:
            own = f"{name} of {environment.name}"
            _own_names.append(own)
            ctypes.c_void_p.from_address(places[0]).value = id(own)
            if name in entries:  # made while the module was executed
                entries[own] = entries.pop(name)


def _entries_of_this_thread() -> dict[Any, Any]:
    function = ctypes.pythonapi.PyThreadState_GetDict
    function.restype = ctypes.c_void_p
    entries: dict[Any, Any] = ctypes.cast(function(), ctypes.py_object).value
    return entries


def _pointers(start: int, data: bytes, thing: object) -> Iterator[int]:
    """Yield the addresses in *data*, which begins at the address *start*, that hold a pointer to *thing*."""
    wanted = id(thing).to_bytes(8, sys.byteorder)
    found = data.find(wanted)
    while found >= 0:
        if (start + found) % 8 == 0:
            yield start + found
        found = data.find(wanted, found + 1)


def _writable_data(module: ModuleType) -> Iterator[tuple[int, int]]:
    """Yield (address, size) of the writable segments of a module's shared object (ELF, 64 bits; of others none)."""
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
    if file is None or os.name != "posix" or sys.platform == "darwin":
        return 0
    start = getattr(ctypes.CDLL(file), f"PyInit_{module.__name__.rpartition('.')[2]}")
    places = (ctypes.c_void_p * 4)()  # Dl_info: dli_fname, dli_fbase, …
    return (places[1] or 0) if ctypes.CDLL(None).dladdr(start, places) else 0
