"""Where a program's modules are after a build, for what only calls itself a module."""

from __future__ import annotations

from types import ModuleType

from runtime_shim.loading import staying


class _Pretender:
    """Calls itself a module, as cffi's libraries in `sys.modules` do."""

    __slots__ = ()
    __class__ = property(lambda self: ModuleType)


def test_modules_alone_are_led() -> None:
    module = ModuleType("one")
    module.__file__ = "/old/one.py"
    for each in (_Pretender(), module):
        staying._lead_module(each, "/old", "/new")
    assert module.__file__ == "/new/one.py"
