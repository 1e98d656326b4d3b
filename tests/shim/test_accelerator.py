"""The accelerator: the same answers as the Python code, and nothing lost where it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime_shim import accelerator

if TYPE_CHECKING:
    from tests.shim.world import World

# Asks for whom each frame works that is called, of the accelerator and of the Python code.
_COMPARING = """
    import sys, runtime_shim
    runtime_shim._started_runtime()
    from runtime_shim.accelerator import extension
    from runtime_shim.caller import frames
    from runtime_shim.modules import keys

    asked, decided, different = 0, 0, []
    in_python = frames.find_in_python

    def slowly(frame):
        global is_decided
        is_decided = False
        return in_python(frame)

    frames.find_in_python = slowly
    keys._configure_accelerator()

    def compare(frame, event, argument):
        global asked, decided, is_decided
        if event == "call" and "runtime_shim" not in frame.f_globals.get("__name__", ""):
            sys.setprofile(None)
            expected, is_decided = in_python(frame), True
            found = extension.find(frame)
            if frame.f_code.co_filename in keys.MACHINERY:  # elsewhere no look-up has begun
                asked, decided = asked + 1, decided + is_decided
            if found is not expected:
                different.append((frame.f_code.co_filename, frame.f_code.co_name, str(found), str(expected)))
            sys.setprofile(compare)

    def at_work(function):
        sys.setprofile(compare)
        try:
            return function()
        finally:
            sys.setprofile(None)
"""


def test_is_there(world: World) -> None:
    """[accelerator] Where it was compiled it is used; the environment variable switches it off."""
    code = "from runtime_shim import accelerator; print(accelerator.extension is not None)"
    expected = accelerator.extension is not None and not world.interpreter.threading
    assert world.project.python("-c", code, env={accelerator.OFF: ""}).out.strip() == str(expected)
    assert world.project.python("-c", code, env={accelerator.OFF: "1"}).out.strip() == "False"


@pytest.mark.every_python
def test_same_answers(world: World) -> None:
    """[accelerator] Each frame that is called while programs of two environments import, pickle, look up and reload."""
    _needs_accelerator(world)
    program = world.program_file(
        _COMPARING
        + """
    def work():
        import copy, dataclasses, importlib, inspect, pickle, typing
        import dep_a, dep_b, lib
        from lib import mod
        importlib.import_module("lib.mod")
        importlib.reload(lib)
        sys.modules["lib"], sys.modules.get("lib.mod"), "lib.absent" in sys.modules, __import__("lib")
        exec("import lib.mod", {})
        list(map(importlib.import_module, ["lib", "dep_a", "json.tool"]))
        pickle.loads(pickle.dumps([lib.mod, copy.copy(1)] and lib.VERSION))
        inspect.getmodule(dep_a), inspect.getsource(dep_b)

    at_work(work)
    print(asked > 1000, decided > 300, different[:3])
    """
    )
    outcome = world.project.python(program, env={accelerator.OFF: ""})
    assert outcome.out.split(maxsplit=2) == ["True", "True", "[]\n"], outcome


def test_a_file_that_becomes_somebodys(world: World) -> None:
    """[accelerator] What is remembered of a file is forgotten when that changes."""
    _needs_accelerator(world)
    program = world.program_file(
        """
        import sys, dep_a, dep_b
        from runtime_shim.accelerator import extension
        from runtime_shim.caller.files import code_files
        from runtime_shim.model.environment import known

        names = {"find": extension.find, "sys": sys}
        source = "def ask(): return asked()\\ndef asked(): return find(sys._getframe(1), sys._getframe())"
        exec(compile(source, "/nowhere/made.py", "exec"), names)
        found = []
        for one in (known.named("dep-a"), known.application, known.named("dep-b")):
            code_files.give(["/nowhere/made.py"], one)
            found += [names["ask"]() is one for _ in range(2)]
            code_files.owners.pop("/nowhere/made.py")  # as of the oldest, where there are very many
        print(found)
        """
    )
    outcome = world.project.python(program, env={accelerator.OFF: ""})
    assert outcome.out.strip() == str([True] * 6), outcome


@pytest.mark.parametrize(
    "sample",
    ["object()", "type('Sample', (), {'co_filename': 'a', 'co_name': 'b', 'co_code': b''})()"],
    ids=["no code object", "fields elsewhere"],
)
def test_unknown_layout(world: World, sample: str) -> None:
    """[accelerator] An interpreter whose code objects are not as expected is told, and nothing is read from them."""
    _needs_accelerator(world)
    code = f"""
from runtime_shim.accelerator import extension
try:
    extension.learn({sample}, b"")
except (AttributeError, RuntimeError) as error:
    print(type(error).__name__)
"""
    outcome = world.project.python("-c", code, env={accelerator.OFF: ""})
    assert outcome.out.strip() in ("AttributeError", "RuntimeError"), outcome


def test_keys_hold_on_to_nothing(world: World) -> None:
    """[accelerator] A key and the strings that it was compared with go when nobody has them."""
    _needs_accelerator(world)
    program = world.program_file(
        """
        import gc, sys, dep_a
        from runtime_shim.model.environment import known
        from runtime_shim.modules.keys import key_type

        kind = key_type(known.named("dep-a"))
        before = sys.getallocatedblocks()
        for _ in range(3):
            for number in range(2000):
                name = f"lib.made{number}"
                key = kind(name)
                assert key == kind(name) and hash(key) == hash(name) and key != name + "x"
                key == "".join(["lib.", f"made{number}"])
            del key
            gc.collect()
        print(sys.getallocatedblocks() - before < 2000)
        """
    )
    outcome = world.project.python(program, env={accelerator.OFF: ""})
    assert outcome.out.strip() == "True", outcome


def _needs_accelerator(world: World) -> None:
    if accelerator.extension is None or world.interpreter.threading:
        pytest.skip("there is no accelerator for this Python here")
