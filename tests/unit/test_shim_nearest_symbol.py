"""The C stack where nobody here can read it: on Windows, and on macOS, where symbols have no sizes."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest

from runtime_shim.caller import c_stack, nearest_symbol

_PYTHON = ctypes.PyDLL(None)


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_stack, "_reader", c_stack._Unavailable())
    monkeypatch.setattr(c_stack, "_obstacle", "")


def test_it_is_not_read_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert c_stack.obstacle() == "Windows has no `backtrace` and `dladdr`"


@pytest.mark.parametrize(
    ("function", "may_hold"),
    [
        (None, True),  # nobody knows
        (0x1000, True),
        (0x0F00, True),  # taken together with a neighbour
        (0x9000, False),  # a static function behind it
    ],
)
def test_the_nearest_symbol_is_not_always_the_one(function: int | None, may_hold: bool) -> None:
    assert nearest_symbol.begins_before(function, 0x1000) is may_hold


def test_no_symbol() -> None:
    assert nearest_symbol.begins_before(None, None)
    assert not nearest_symbol.begins_before(0x1000, None)


class SystemLibrary:
    """What macOS has in one library: the process's own functions, and an unwinder; here that is libgcc's."""

    def __init__(self, own: Any, unwinder: Any) -> None:
        self._own, self._unwinder = own, unwinder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unwinder if name.startswith("_Unwind_") else self._own, name)

    __getitem__ = __getattr__


def test_it_is_read_as_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    original = ctypes.PyDLL
    try:
        library = SystemLibrary(_PYTHON, original("libgcc_s.so.1"))
    except OSError:
        pytest.skip("no libgcc here")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "PyDLL", lambda name: library if name is None else original(name))
    may_hold = nearest_symbol.held_by_symbol()
    loop = ctypes.cast(_PYTHON._PyEval_EvalFrameDefault, ctypes.c_void_p).value
    assert loop is not None
    assert may_hold(loop, loop + 16)
    assert not may_hold(loop - 4096, loop + 16)
    assert c_stack.start(lambda _: None)
