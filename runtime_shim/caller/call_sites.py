"""Calls of which the code itself says that no extension module's C code is at work between caller and look-up.

Most look-ups that a program writes out are ``sys.modules.get(name)``, ``sys.modules[name]`` and ``__import__(name)``:
:mod:`dataclasses` does the first for each field of each class. What such an instruction calls is the interpreter's own,
so the C stack, which takes tens of microseconds to read (:mod:`runtime_shim.caller.c_stack`), has nothing to tell.

An expression begins where its leftmost part does, and every instruction knows the place of its expression in the source
(``co_positions``, PEP 657). So the instructions before a call that begin at the same place are those that load what is
called. Where there are no positions (``-X no_debug_ranges``), or other instructions among them, the answer is no.
"""

from __future__ import annotations

import builtins
import opcode
import sys
from itertools import islice

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType


def _there(*names: str) -> frozenset[int]:
    """Return those of these instructions that this Python has."""
    return frozenset(opcode.opmap[name] for name in names if name in opcode.opmap)


_IMPORT = builtins.__import__
# Instruction → by how many bits its argument is larger than a name's index.
_LOADS = {
    opcode.opmap[name]: shift
    for name, shift in (
        ("LOAD_GLOBAL", 1),
        ("LOAD_NAME", 0),
        ("LOAD_ATTR", int(sys.version_info >= (3, 12))),
        ("LOAD_METHOD", 0),  # 3.11
    )
    if name in opcode.opmap
}
_SILENT = _there("CACHE", "PRECALL", "PUSH_NULL")
_LOAD_NAME, _EXTENDED_ARG = opcode.opmap["LOAD_NAME"], opcode.opmap["EXTENDED_ARG"]
_CALLS = _there("CALL", "PRECALL", "CALL_KW")
_ITEMS = _there("BINARY_SUBSCR", "BINARY_OP")


def _subscription() -> tuple[int, int]:
    """Return the instruction of ``container[index]`` and its argument (one of the binary operators since 3.14)."""
    units = (lambda container, index: container[index]).__code__.co_code
    place = next(place for place in range(0, len(units), 2) if units[place] in _ITEMS)
    return units[place], units[place + 1]


_CONTAINS = opcode.opmap["CONTAINS_OP"]
_SUBSCRIPTION = _subscription()
_LARGEST_CODE = 30_000  # bytes; generated code can be long
_MOST_SITES = 128

KINDS = (), ("sys", "modules"), ("<module>", "sys"), ("__import__",), ("<module>", "__import__")
"""The beginnings of the names through which a look-up can be called, in the order that the accelerator knows."""

# (id of a code object, offset of its instruction) → the code object, and what is loaded: global names, or module-level
# ones that are given as `<module>`. Not by the code object itself, whose hash is that of all that it holds.
_sites: dict[tuple[int, int], tuple[CodeType, tuple[str, ...]]] = {}


def is_of_interpreter(frame: FrameType, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> bool:
    """Whether what *frame* calls at this moment is known to be the interpreter's own look-up of modules."""
    try:
        code, offset = frame.f_code, frame.f_lasti
        site = _sites.get((id(code), offset))
        if site is None or site[0] is not code:
            if not _may_have_some(code):
                return False  # not remembered: of most code nothing has to be
            if len(_sites) >= _MOST_SITES:
                _sites.clear()
            site = _sites[id(code), offset] = code, _loaded_before(code, offset)
        return bool(site[1]) and _is_still_what_it_was(frame, site[1])
    except Exception:
        if is_finalizing():  # the interpreter has emptied the modules that would know
            return False
        raise


def kind(code: CodeType, offset: int, is_finalizing: Callable[[], bool] = sys.is_finalizing) -> int:
    """Return the position in :data:`KINDS` of what an instruction calls."""
    try:
        return KINDS.index(_loaded_before(code, offset)[:2]) if _may_have_some(code) else 0
    except Exception:
        if is_finalizing():  # as above
            return 0
        raise


def _may_have_some(code: CodeType) -> bool:
    return "__import__" in code.co_names or {"sys", "modules"}.issubset(code.co_names)


def _is_still_what_it_was(frame: FrameType, names: tuple[str, ...]) -> bool:
    """Whether the names by which a look-up is called mean what they mean everywhere."""
    namespace = frame.f_globals
    if names[0] == "<module>":
        if frame.f_locals is not namespace:  # of a class, or given to `exec`
            return False
        names = names[1:]
    if names[0] == "sys":
        return namespace.get("sys") is sys and type(sys.modules) is dict
    return "__import__" not in namespace and frame.f_builtins.get("__import__") is _IMPORT


def _loaded_before(code: CodeType, offset: int) -> tuple[str, ...]:
    """Return the names through which an instruction gets what it calls, if they are those of a look-up, else ()."""
    units = code.co_code
    is_test = units[offset] == _CONTAINS
    is_item = is_test or (units[offset], units[offset + 1]) == _SUBSCRIPTION
    if len(units) > _LARGEST_CODE or not (is_item or units[offset] in _CALLS):
        return ()
    positions = list(islice(code.co_positions(), offset // 2 + 1))
    # The container of `name in sys.modules` is on the right, and loaded last.
    line, _, column, _ = positions[offset // 2 - is_test]
    if line is None or column is None:
        return ()
    names: list[str] = []
    extended = 0
    for place, (its_line, _, its_column, _) in enumerate(positions[: offset // 2]):
        operation, argument = units[2 * place], units[2 * place + 1] | extended
        extended = argument << 8 if operation == _EXTENDED_ARG else 0
        if its_line != line or its_column != column or operation in _SILENT or extended:
            continue
        if operation not in _LOADS:
            return ()
        if operation == _LOAD_NAME:
            names.append("<module>")
        names.append(code.co_names[argument >> _LOADS[operation]])
    what = names[names[:1] == ["<module>"] :]
    if is_item:
        return tuple(names) if what == ["sys", "modules"] else ()
    is_method = len(what) == 3 and what[:2] == ["sys", "modules"] and hasattr(dict, what[2])
    return tuple(names) if is_method or what == ["__import__"] else ()
