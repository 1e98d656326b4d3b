"""`runtime_shim.reload()`: an interactive session takes over a new build.

[new] What is imported after it is the new build's. [loaded] What was loaded before stays as it was. [damaged] A map
that cannot be used changes nothing.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.shim import universe
from tests.shim.world import build_world
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

SESSION = """
    import importlib, json, subprocess, sys
    import runtime_shim
    import dep_a, lib
    from dep_a import tools
    before = [lib.VERSION, dep_a.VERSION, tools.library_version()]
    old = lib
    subprocess.run(BUILD, check=True, capture_output=True, env=ENVIRONMENT)
    unchanged = [importlib.import_module("lib") is old, "dep_d" in sys.modules]
    runtime_shim.reload()
    import dep_d
    import lib.late
    after = [importlib.import_module("lib").VERSION, lib.late.VERSION, dep_d.VERSION]
    kept = [dep_a.VERSION, tools.library_version(), old.VERSION, importlib.import_module("lib@1") is dep_a.lib]
    runtime_shim.reload()
    print(json.dumps([before, unchanged, after, kept, importlib.import_module("dep_d") is dep_d]))
    """


def test_new_build(interpreter: Interpreter, tmp_path: Path) -> None:
    """[new] [loaded] A requirement is added, and the version that the application itself sees is another one."""
    index = Index(tmp_path / "index")
    universe.publish(index)
    index.add(
        "dep-d",
        "1.0",
        requires=["lib==2"],
        files={"dep_d/__init__.py": "import lib\nVERSION = lib.VERSION\n"},
    )
    world = build_world(tmp_path, index, interpreter, PlainVenvs(tmp_path), ["dep-a", "dep-b", "lib==1"], {})
    world.project.pyproject(["dep-a", "dep-b", "dep-d", "lib==2"])
    build = [sys.executable, "-P", "-m", "orchestrator", "build"]
    session = SESSION.replace("BUILD", repr(build)).replace(
        "ENVIRONMENT", repr(dict(world.project.environment))
    )
    found = json.loads(world.program(session).out)
    assert found == [["1", "1", "1"], [True, False], ["2", "2", "2"], ["1", "1", "1", True], True]


def test_damaged(world: World) -> None:
    """[damaged] The error says what to do, and the session goes on as before."""
    path = next(world.project.root.glob(".venv/lib/python3*/site-packages/runtime_shim/import_map.json"))
    text = path.read_text("utf-8")
    program = f"""
        import json, pathlib
        import runtime_shim, dep_a, lib
        path = pathlib.Path({str(path)!r})
        path.write_text("{{")
        try:
            runtime_shim.reload()
        except ImportError as error:
            message = str(error)
        import dep_b, lib.late
        print(json.dumps([message.replace(str(path), "MAP"), dep_b.VERSION, lib.late.VERSION]))
        """
    try:
        message, *versions = world.answer(program)
    finally:
        path.write_text(text, "utf-8")
    assert message.endswith("run `mvenv build` again"), message
    assert versions == ["2", "2"]
    assert json.loads(text)
