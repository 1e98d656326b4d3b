"""Without a view of the C stack, versions are still kept apart for everything that Python code does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.extensions import WITHOUT_READER

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

PROBE = """
    import importlib, sys, lib.mod, typing, pickle
    from lib import lazy

    def outcome():
        from lib import late
        again = pickle.loads(pickle.dumps(lib.mod.Thing(1)))
        return [late.VERSION, importlib.import_module("lib.sub.deep").VERSIONS, sys.modules["lib.x"].VERSION,
                typing.get_type_hints(lib.mod.Record)["thing"].version, type(again) is lib.mod.Thing,
                lazy.absolute(), list(map(lambda _: __import__("lib").VERSION, [0])),
                importlib.metadata.version("lib"), "only_b" in sys.modules]

    def call(function, *arguments):
        return function(*arguments)
    """


@pytest.mark.parametrize("reader", ["native", "fallback"])
def test_python_code(world: World, reader: str) -> None:
    """[fallback] The same answers with the reader and without it."""
    name = world.add_probe(PROBE.replace("import importlib,", "import importlib.metadata,"))
    program = (
        (WITHOUT_READER if reader == "fallback" else "")
        + f"""
import json
from dep_a import {name} as a
from dep_b import {name} as b
from runtime_shim.caller import c_stack
print(json.dumps([a.outcome(), b.outcome(), a.call(b.outcome)[0], b.call(a.outcome)[0],
                  type(c_stack._reader).__name__]))
"""
    )
    a, b, *called, kind = world.answer(program)
    assert a == ["1", ["1"] * 3, "1", "1", True, "1", ["1"], "1", False]
    assert b[:-1] == ["2", ["2"] * 3, "2", "2", True, "2", ["2"], "2"]
    assert called == ["2", "1"]
    assert kind == {"native": "_Stack", "fallback": "_Unavailable"}[reader], (
        "a glibc CPython must have the reader"
    )


def test_without_ctypes(world: World) -> None:
    """[fallback] An interpreter without `ctypes` starts all the same."""
    name = world.add_probe(PROBE.replace("import importlib,", "import importlib.metadata,"))
    program = f"""
        import json, sys
        sys.modules["ctypes"] = None
        from dep_a import {name} as a
        from dep_b import {name} as b
        from runtime_shim.caller import c_stack
        print(json.dumps([a.outcome()[:4], b.outcome()[:4], type(c_stack._reader).__name__]))
        """
    assert world.answer(program) == [["1", ["1"] * 3, "1", "1"], ["2", ["2"] * 3, "2", "2"], "_Unavailable"]
