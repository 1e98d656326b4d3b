"""What the reader of the C stack says of interpreters that it does not know."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from orchestrator.install.attribution import warning
from runtime_shim.caller import c_stack


def test_it_can_be_read_here() -> None:
    assert c_stack.obstacle() == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("version_info", (3, 99, 0), "mvenv does not know the frames of Python 3.99 yet"),
        ("abiflags", "t", "mvenv does not know the frames of free-threaded builds yet"),
        ("implementation", SimpleNamespace(name="pypy"), "this is pypy, not CPython"),
    ],
)
def test_it_cannot(monkeypatch: pytest.MonkeyPatch, name: str, value: object, told: str) -> None:
    monkeypatch.setattr(c_stack, "_reader", c_stack._Unavailable())
    monkeypatch.setattr(c_stack, "_obstacle", "")
    monkeypatch.setattr(sys, name, value)
    assert c_stack.obstacle() == told
    assert told in warning(told)


@pytest.mark.parametrize(
    ("version", "enabled", "is_told"), [((3, 14, 9), True, True), ((3, 14, 9), False, False)]
)
def test_jit_compiler(monkeypatch: pytest.MonkeyPatch, version: object, enabled: bool, is_told: bool) -> None:
    """Of 3.14: its code cannot be unwound. tests/shim/test_jit.py has what comes of it."""
    assert c_stack.obstacle() == ""
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "_jit", SimpleNamespace(is_enabled=lambda: enabled), raising=False)
    assert ("JIT" in c_stack.obstacle()) == is_told
