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
        ("getobjects", list, "mvenv does not know the frames of builds that trace references"),
        ("implementation", SimpleNamespace(name="pypy"), "this is pypy, not CPython"),
    ],
)
def test_it_cannot(monkeypatch: pytest.MonkeyPatch, name: str, value: object, told: str) -> None:
    monkeypatch.setattr(c_stack, "_reader", c_stack._Unavailable())
    monkeypatch.setattr(c_stack, "_obstacle", "")
    monkeypatch.setattr(sys, name, value, raising=False)
    assert c_stack.obstacle() == told
    assert told in warning(told)
