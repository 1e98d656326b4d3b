"""[remote] Scripts that another process sends (PEP 768, from 3.14 on): a person's, whatever they come in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.universe import APPLICATION_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World

pytestmark = pytest.mark.every_python

# What is at work in the main thread: code of an environment, C code and the standard library on its behalf.
WAITING = """
    import asyncio
    import sys
    import time

    import lib

    def is_over(end):
        return hasattr(sys, "answers") or time.monotonic() > end

    def sleeping(end):
        while not is_over(end):
            time.sleep(0.01)

    def counting(end):
        while not is_over(end):
            pass

    def mapping(end):
        while not is_over(end):
            list(map(is_over, [end] * 100))

    def executing(end):
        exec("while not is_over(end): pass", {"is_over": is_over, "end": end})

    def executing_in_between(end):
        while not is_over(end):
            exec("import lib", {})

    async def _later(end):
        while not is_over(end):
            await asyncio.sleep(0.01)

    def in_a_loop(end):
        asyncio.run(_later(end))

    WAYS = (sleeping, counting, mapping, executing, executing_in_between, in_a_loop)
    """

# Beside what it imports itself, functions that it defines, threads that it starts, and code that it runs.
SCRIPT = """
import importlib, sys, threading
def later():
    import lib
    return lib.VERSION
answers = []
import lib
answers.append(lib.VERSION)
answers.append(importlib.import_module("lib").VERSION)
answers.append(sys.modules["lib"].VERSION)
answers.append(later())
thread = threading.Thread(target=lambda: answers.append(later()))
thread.start()
thread.join()
exec("import lib; answers.append(lib.VERSION)")
exec("import lib; answers.append(lib.VERSION)", {"answers": answers})
import dep_a, dep_b
answers += [dep_a.VERSION, dep_b.VERSION]
sys.answers = answers
"""

# What looks like it: source run in empty globals, by all ways to call `exec`.
LIKE_IT = """
    import asyncio
    import functools
    import threading

    SOURCE = "import lib; sys = __import__('sys'); sys.answers.append(lib.VERSION)"

    def outcome():
        import sys
        sys.answers = []
        exec(SOURCE, {})
        eval(compile(SOURCE, "<string>", "exec"), {})
        list(map(exec, [SOURCE], [{}]))
        functools.partial(exec, SOURCE, {})()
        thread = threading.Thread(target=exec, args=(SOURCE, {}))
        thread.start()
        thread.join()
        loop = asyncio.new_event_loop()
        loop.call_soon(exec, SOURCE, {})
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
        found, sys.answers = sys.answers, []
        return found
    """


@pytest.fixture
def since_3_14(world: World) -> World:
    if tuple(map(int, world.interpreter.full_version.split(".")[:2])) < (3, 14):
        pytest.skip("this Python runs no scripts of other processes")
    return world


def test_everywhere(since_3_14: World, tmp_path: Path) -> None:
    probe = since_3_14.add_probe(WAITING, ["dep_a"])
    script = tmp_path / "script.py"  # it is younger than the process, and in nobody's folder
    script.write_text(SCRIPT)
    sender = f"import sys, time; time.sleep(0.05); sys.remote_exec(int(sys.argv[1]), {str(script)!r})"
    program = f"""
        import json, os, subprocess, sys, time
        import dep_a.{probe} as probe

        found = {{}}
        for way in probe.WAYS:
            sending = subprocess.Popen([sys.executable, "-c", {sender!r}, str(os.getpid())], stderr=subprocess.PIPE)
            way(time.monotonic() + 20)
            refused = sending.communicate()[1].decode()
            found[way.__name__] = vars(sys).pop("answers", refused.splitlines()[-1:])
        print(json.dumps(found))
        """
    found = since_3_14.answer(program)
    if any("PermissionError" in str(answers) for answers in found.values()):
        pytest.skip("this user may not write into other processes")
    own = APPLICATION_VERSION
    assert found == {
        way: [own] * 7 + ["1", "2"]
        for way in ("sleeping", "counting", "mapping", "executing", "executing_in_between", "in_a_loop")
    }


def test_what_looks_like_it(world: World) -> None:
    world.same_outcome(LIKE_IT)
