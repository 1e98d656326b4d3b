"""What the reader of the C stack says of interpreters that it does not know, and how it reads without `backtrace`."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.install.attribution import warning
from runtime_shim import audit_hooks
from runtime_shim.caller import c_stack
from runtime_shim.model.environment import known

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_stack, "_reader", c_stack._Unavailable())
    monkeypatch.setattr(c_stack, "_obstacle", "")


def test_it_can_be_read_here() -> None:
    assert c_stack.obstacle() == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "version_info",
            (3, 99, 0),
            "this mvenv does not know the frames of Python 3.99 (it knows 3.11 to 3.15)",
        ),
        ("getobjects", list, "mvenv does not know the frames of builds that trace references"),
        ("implementation", SimpleNamespace(name="pypy"), "this is pypy, not CPython"),
    ],
)
def test_it_cannot(monkeypatch: pytest.MonkeyPatch, name: str, value: object, told: str) -> None:
    monkeypatch.setattr(sys, name, value, raising=False)
    assert c_stack.obstacle() == told
    assert told in warning(told)


class _Musl:
    """What musl's C library has: no `backtrace`. And a system without libgcc, if that is asked for."""

    def __init__(self, *, has_libgcc: bool = True) -> None:
        self.real = ctypes.PyDLL
        self.has_libgcc = has_libgcc
        self.loaded: list[str | None] = []

    def __call__(self, name: str | None, *arguments: Any) -> Any:
        if name == "libgcc_s.so.1" and not self.has_libgcc:
            raise OSError(f"Error loading shared library {name}: No such file or directory")
        self.loaded.append(name)
        library = self.real(name, *arguments)
        if name is None:
            return SimpleNamespace(dladdr=library.dladdr)
        return library


@pytest.fixture
def libgcc() -> Path:
    """The file of the system's libgcc."""
    ctypes.PyDLL("libgcc_s.so.1")
    return next(Path(line.split()[-1]) for line in _maps() if "/libgcc_s" in line)


def _maps() -> Iterator[str]:
    yield from Path("/proc/self/maps").read_text().splitlines()


linux = pytest.mark.skipif(sys.platform != "linux", reason="not Linux")


@linux
def test_what_backtrace_says_is_read_by_libgcc(monkeypatch: pytest.MonkeyPatch) -> None:
    def outwards() -> list[int]:
        stack = c_stack._Stack(lambda _: None)
        return next(map(stack._addresses, (256,)))

    plain = outwards()
    monkeypatch.setattr(ctypes, "PyDLL", _Musl())
    unwound = outwards()
    assert len(plain) > 10
    # But for where this function itself and ctypes are, the stacks are the same.
    assert unwound[-10:] == plain[-10:]
    assert c_stack.obstacle() == ""


@linux
def test_libgcc_of_a_wheel_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, libgcc: Path) -> None:
    folder = tmp_path / "numpy.libs"
    folder.mkdir()
    (folder / "libgcc_s-damaged.so.1").write_bytes(b"")
    copy = folder / "libgcc_s-good.so.1"
    copy.symlink_to(libgcc)
    paths = [[], ["/nowhere"], [str(tmp_path)]]
    monkeypatch.setattr(known, "everyone", [SimpleNamespace(paths=each) for each in paths])
    musl = _Musl(has_libgcc=False)
    monkeypatch.setattr(ctypes, "PyDLL", musl)
    assert c_stack.obstacle() == ""
    assert str(copy) in musl.loaded


@linux
def test_no_libgcc_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "PyDLL", _Musl(has_libgcc=False))
    assert c_stack.obstacle() == (
        "this interpreter or its libc cannot (there is no libgcc_s.so.1; Alpine has it in the package libgcc)"
    )


@linux
def test_nothing_that_is_called_back_gets_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The unwinder calls no Python code: a trace function, or a signal, finds none to interrupt."""
    monkeypatch.setattr(ctypes, "PyDLL", _Musl())
    stack = c_stack._Stack(lambda _: None)
    stack._addresses(256)  # `queue` is imported
    called: list[str] = []
    earlier = sys.gettrace()
    sys.settrace(lambda frame, *_: called.append(frame.f_code.co_name))
    try:
        stack._addresses(256)
    finally:
        sys.settrace(earlier)
    assert set(called) <= {
        "_addresses",
        "addresses",
        "__getitem__",
        "__init__",
        "PYFUNCTYPE",
        "CFunctionType",
        "<listcomp>",
        "_unwound",
    }


@pytest.mark.parametrize(
    ("version", "enabled", "is_told"), [((3, 14, 9), True, True), ((3, 14, 9), False, False)]
)
def test_jit_compiler(monkeypatch: pytest.MonkeyPatch, version: object, enabled: bool, is_told: bool) -> None:
    """Of 3.14: its code cannot be unwound. tests/shim/test_jit.py has what comes of it."""
    assert c_stack.obstacle() == ""
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "_jit", SimpleNamespace(is_enabled=lambda: enabled), raising=False)
    assert ("JIT" in c_stack.obstacle()) == is_told


@linux
def test_audit_hooks_hear_nothing_new(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are kept from what the shim does often; a hook that looks something up would be called without end."""
    monkeypatch.setattr(ctypes, "PyDLL", _Musl())
    stack = c_stack._Stack(lambda _: None)
    stack._addresses(256)
    heard: set[str] | None = set()

    def hear(event: str, _: object) -> None:
        if heard is not None:
            heard.add(event)

    sys.addaudithook(hear)
    stack._addresses(256)
    found, heard = heard, None
    assert found is not None
    assert found <= audit_hooks._EVENTS
