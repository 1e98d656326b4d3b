"""[jit] The experimental JIT compiler, from 3.14 on, where a build has it: loops that are compiled change no answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.process import run

if TYPE_CHECKING:
    from tests.shim.world import World

ROUNDS = 6000  # enough to be compiled within the first two thirds

# In `dep_b`, whose own `lib` is another: what dep_a's extension modules look up, and what Python code imports.
HOT = f"""
import sys

import lib
from importlib import import_module

def calling(get, thing, wanted):
    wrong = compiled = 0
    for _ in range({ROUNDS}):
        compiled += sys._jit.is_active()
        wrong += get("lib").VERSION != wanted
        wrong += repr(thing) != wanted
    return wrong, compiled

def importing(wanted):
    wrong = compiled = 0
    for _ in range({ROUNDS}):
        compiled += sys._jit.is_active()
        import lib
        wrong += lib.VERSION != wanted
        wrong += import_module("lib").VERSION != wanted
    return wrong, compiled
"""

# Of nobody in particular: whoever is below is meant, and that is C code of dep_a's.
NEUTRAL = f"""
import sys

def loop(get, wanted):
    wrong = compiled = 0
    for _ in range({ROUNDS}):
        compiled += sys._jit.is_active()
        try:
            wrong += get("lib").VERSION != wanted
        except ImportError:
            wrong += 1
    return wrong, compiled
"""


def answer(compiled: World, program: str) -> Any:
    version = tuple(map(int, compiled.interpreter.full_version.split(".")[:2]))
    if version < (3, 14):
        pytest.skip("this Python has no JIT compiler")
    environment = {**compiled.project.environment, "PYTHON_JIT": "1"}
    python = str(compiled.project.root / ".venv/bin/python")
    can = "import sys; print(sys._jit.is_enabled())"
    if run((python, "-c", can), cwd=compiled.project.root, env=environment).out != "True\n":
        pytest.skip("this build has no JIT compiler")
    outcome = compiled.project.python(compiled.program_file(program), env={"PYTHON_JIT": "1"})
    assert not outcome.err, outcome
    return json.loads(outcome.out)


def test_extensions_called_by_compiled_loops(compiled: World) -> None:
    probe = compiled.add_probe(HOT, ["dep_a", "dep_b"])
    program = f"""
        import json
        import dep_a.{probe} as a
        import dep_b.{probe} as b
        import dep_a.uses_cext as of_a

        found = [b.calling(of_a.cext.multi.import_module, of_a.cext.multi.Thing(), "1") for _ in range(2)]
        found += [a.importing("1"), b.importing("2")]
        print(json.dumps(found))
        """
    (compiled.home("dep_a") / "dep_a" / "uses_cext.py").write_text("import cext.multi\n")
    found = answer(compiled, program)
    assert [wrong for wrong, _ in found] == [0, 0, 0, 0]
    assert all(times > ROUNDS / 4 for _, times in found), found


def test_extensions_below_compiled_loops(compiled: World) -> None:
    """3.14 has no unwind information for such code: the build says so where the compiler is on."""
    neutral = compiled.project.library / "site-packages" / "shared" / "hot.py"
    neutral.write_text(NEUTRAL)
    (compiled.home("dep_a") / "dep_a" / "uses_cext.py").write_text("import cext.multi\n")
    program = """
        import importlib, json
        import dep_a.uses_cext as of_a
        import shared.hot

        call = of_a.cext.multi.call_with
        gets = (importlib.import_module, __import__)
        print(json.dumps([call(shared.hot.loop, get, "1") for get in gets for _ in range(2)]))
        """
    found = answer(compiled, program)
    assert all(times > ROUNDS / 4 for _, times in found[1:]), found
    wrong = [number for number, _ in found]
    doctor = compiled.project.mvenv("doctor", env={"PYTHON_JIT": "1"})
    if compiled.interpreter.version == "3.14":
        assert any(wrong)
        assert "the JIT compiler of Python 3.14 is on (PYTHON_JIT)" in doctor.out
    else:
        assert not any(wrong)
        assert "JIT" not in doctor.out
    assert "JIT" not in compiled.project.mvenv("doctor").out
