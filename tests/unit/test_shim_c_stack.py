"""What the reader of the C stack says of interpreters that it does not know."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from orchestrator.install.attribution import warning
from runtime_shim.caller import c_stack, evaluation_loop


def test_it_can_be_read_here() -> None:
    assert c_stack.obstacle() == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("version_info", (3, 99, 0), "mvenv does not know the frames of Python 3.99 yet"),
        ("abiflags", "t", "mvenv does not know the frames of free-threaded builds yet"),
        ("platform", "win32", "Windows has no `backtrace` and `dladdr`"),
        ("implementation", SimpleNamespace(name="pypy"), "this is pypy, not CPython"),
    ],
)
def test_it_cannot(monkeypatch: pytest.MonkeyPatch, name: str, value: object, told: str) -> None:
    monkeypatch.setattr(c_stack, "_reader", c_stack._Unavailable())
    monkeypatch.setattr(c_stack, "_obstacle", "")
    monkeypatch.setattr(sys, name, value)
    assert c_stack.obstacle() == told
    assert told in warning(told)


def test_it_is_read_as_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """[nearest symbol] The unwinder is asked whether an address is in the function that its symbol names."""
    asked: list[int] = []
    original = evaluation_loop.Unwinder.function

    def function(self: evaluation_loop.Unwinder, address: int) -> int:
        asked.append(address)
        return original(self, address)

    monkeypatch.setattr(c_stack, "_reader", c_stack._Unavailable())
    monkeypatch.setattr(evaluation_loop.Unwinder, "function", function)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert c_stack.start(lambda _: None)
    assert asked


@pytest.mark.parametrize(
    ("symbol", "function", "is_named"),
    [
        (b"_PyEval_EvalFrameDefault", 0, True),  # nobody knows
        (b"_PyEval_EvalFrameDefault", 0x1000, True),
        (b"_PyEval_EvalFrameDefault", 0x0F00, True),  # taken together with a neighbour
        (b"_PyEval_EvalFrameDefault", 0x9000, False),  # a static function behind it
        (b"PyEval_EvalCode", 0x1000, False),
        (None, 0x1000, False),
    ],
)
def test_the_nearest_symbol_is_not_always_the_one(
    symbol: bytes | None, function: int, is_named: bool
) -> None:
    assert evaluation_loop.is_named(symbol, 0x1000, function) is is_named
