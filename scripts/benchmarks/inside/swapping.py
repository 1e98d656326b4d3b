"""The obvious way to two versions: before each import the entries of `sys.modules` are swapped for the caller's.

For a comparison of times only: it is wrong under threads, and for whoever looks names up later.
"""

from __future__ import annotations

import builtins
import sys
import traceback
from typing import Any

_plain = builtins.__import__
_sides: dict[str, tuple[str, frozenset[str]]] = {}
_kept: dict[str, dict[str, Any]] = {}
_shown: list[str | None] = [None]
"""Whose entries are in `sys.modules`, last."""


def install(sides: dict[str, tuple[str, list[str]]]) -> None:
    """Begin to swap.

    :param sides: folder of some code → the folder with what that code imports, and the names of packages there.
    """
    for folder, (libraries, names) in sides.items():
        _sides[folder] = (libraries, frozenset(names))
        _kept[folder] = {}
    builtins.__import__ = _import


def _import(name: str, *how: Any, **more: Any) -> Any:
    side = _caller()
    if side is None or side == _shown[-1]:
        return _plain(name, *how, **more)
    libraries, names = _sides[side]
    own = _kept[side]
    hidden = {key: sys.modules.pop(key) for key in list(sys.modules) if key.partition(".")[0] in names}
    sys.modules.update(own)
    sys.path.insert(0, libraries)
    _shown.append(side)
    try:
        return _plain(name, *how, **more)
    finally:
        _shown.pop()
        sys.path.remove(libraries)
        for key in list(sys.modules):
            if key.partition(".")[0] in names:
                own[key] = sys.modules.pop(key)
        sys.modules.update(hidden)


def _caller() -> str | None:
    """Return the side whose code is the first on the stack, which is taken as a whole."""
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_stack(None)]
    for file in files:
        for side, (libraries, _) in _sides.items():
            if file.startswith((side, libraries)):
                return side
    return None
