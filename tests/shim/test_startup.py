"""What start-up costs, and what the shim may import at all."""

from __future__ import annotations

import ast
import marshal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import runtime_shim

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

SHIM = Path(runtime_shim.__path__[0])
SOURCES = sorted(SHIM.rglob("*.py"))
EXPENSIVE = {
    "runtime_shim.runtime",
    "json",
    "re",
    "typing",
    "ctypes",
    "importlib.metadata",
    "dataclasses",
    "pathlib",
}

SINCE_3_15 = {"runtime_shim.lazy_import_hook"}


def imported(report: str) -> set[str]:
    """Return the module names in the output of `-X importtime`."""
    return {
        line.rpartition("|")[2].strip() for line in report.splitlines() if line.startswith("import time:")
    }


def test_nothing_to_do(world: World) -> None:
    """[start-up] A program of nothing but the standard library loads the package `runtime_shim` alone."""
    report = world.project.python("-X", "importtime", "-c", "pass").err
    names = imported(report)
    assert "runtime_shim" in names, "the shim is not installed"
    assert names & EXPENSIVE == set()
    assert {name for name in names if name.startswith("runtime_shim.")} <= SINCE_3_15


def test_what_a_plain_start_loads(world: World) -> None:
    """[start-up] Beside `runtime_shim`, the modules loaded are those of a plain venv."""
    ours = imported(world.project.python("-X", "importtime", "-c", "pass").err)
    plain = imported(
        world.plain["dep_c"].python("-X", "importtime", "-c", "pass", cwd=world.plain_folder).err
    )
    # `site` reads any .pth file with this codec.
    assert ours - plain <= {"runtime_shim", "encodings.utf_8_sig", *SINCE_3_15}


def test_standard_library_program(world: World) -> None:
    """[start-up] A program that imports the standard library only never starts the shim proper."""
    program = "import json, re, typing, asyncio, sys; print('runtime_shim.runtime' in sys.modules)"
    assert world.project.python("-c", program).out == "False\n"


def test_started(world: World) -> None:
    """[start-up] The shim proper is started by the first import from an environment, without json or re."""
    names = imported(world.project.python("-X", "importtime", "-c", "import lib").err)
    assert "runtime_shim.runtime" in names
    assert names & {"json", "re", "typing", "dataclasses", "pathlib"} == set()


def test_activated_once(world: World) -> None:
    """[start-up] Activating again changes nothing."""
    program = """
        import json, sys
        import runtime_shim
        path, finders = sys.path, list(sys.meta_path)[1:]
        runtime_shim.activate()
        import dep_a
        runtime_shim.activate()
        added = [type(one).__name__ for one in sys.meta_path if one not in finders]
        print(json.dumps([sys.path is path, sys.meta_path == finders, added, dep_a.VERSION]))
        """
    assert world.answer(program) == [True, True, ["EnvironmentFinder", "type", "ExplainingFinder"], "1"]


@pytest.mark.parametrize("first", ["dep_a", "json"])
def test_activated_again_while_the_path_is_another_list(world: World, first: str) -> None:
    """[start-up] As by pex, which reads the `.pth` files anew with a `sys.path` of its own."""
    program = f"""
        import json, site, sys
        import {first}
        sys.path = list(sys.path)
        site.addsitedir(next(entry for entry in sys.path if entry.endswith("site-packages")))
        site.addsitedir(next(entry for entry in sys.path if entry.endswith("site-packages")))
        import dep_a, dep_b
        added = [type(one).__name__ for one in sys.meta_path if type(one).__module__.startswith("runtime_shim")]
        print(json.dumps([dep_a.VERSION, dep_b.VERSION, added]))
        """
    assert world.answer(program) == ["1", "2", ["EnvironmentFinder", "ExplainingFinder"]]


RESTORED = {
    "in place": "sys.meta_path[:] = saved",
    "assigned": "sys.meta_path = saved",
    "a hook as well": "sys.meta_path[:0] = [*saved]",
}


@pytest.mark.parametrize("restored", RESTORED)
def test_finders_restored_that_were_saved_before_the_start(world: World, restored: str) -> None:
    """[start-up] A copy of `sys.meta_path` from before the first import does not start the shim a second time."""
    program = f"""
        import json, sys
        saved = list(sys.meta_path)
        import dep_a
        same = sys.meta_path == saved
        finders, hook = list(sys.meta_path), sys.__excepthook__
        {RESTORED[restored]}
        import dep_b, shared
        try:
            import nobody_has_this
        except ImportError:
            pass
        added = [str(one) for one in sys.meta_path if one not in finders]
        print(json.dumps([same, added, sys.__excepthook__ is hook, dep_a.VERSION, dep_b.VERSION]))
        """
    assert world.answer(program) == [True, [], True, "1", "2"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(SHIM).as_posix())
def test_imports_standard_library_only(source: Path) -> None:
    """[standard library] No file of the shim imports anything but the standard library and itself."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide what is imported"
            names = [node.module or ""]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            assert top == "runtime_shim" or top in sys.stdlib_module_names, f"{source}:{node.lineno}: {name}"


def test_damaged_map(world: World) -> None:
    """[start-up] A missing or damaged import map is an ImportError that says what to do."""
    file = world.project.library / "site-packages/runtime_shim/import_map.json"
    text = file.read_bytes()
    for damaged in (None, b"{", b"[]", b'{"schema": 99}', b"\xff"):
        file.unlink()
        if damaged is not None:
            file.write_bytes(damaged)
        try:
            outcome = world.project.python("-c", "import lib", check=False)
        finally:
            file.unlink(missing_ok=True)
            file.write_bytes(text)
        assert outcome.code == 1
        assert "import_map.json" in outcome.err
        assert "run `mvenv build` again" in outcome.err


BUNDLE = "site-packages/runtime_shim/modules.bundle"


def test_shims_modules_come_from_one_file(world: World) -> None:
    """[start-up] At its start the shim opens its bundle and no other module's file; tracebacks know the source."""
    program = """
        import json, sys
        import runtime_shim
        opened = []
        # The interpreter's own: a hook of the program's hears nothing of the start.
        runtime_shim._add_audit_hook(lambda event, args: event == "open" and opened.append(str(args[0])))
        import lib
        from runtime_shim.runtime import Runtime
        ours = [path for path in opened if "runtime_shim" in path]
        code = Runtime.start.__code__
        print(json.dumps([sorted({path.rpartition("/")[2] for path in ours}), code.co_filename, Runtime.__module__]))
        """
    opened, filename, module = world.answer(program)
    assert [name for name in opened if not name.startswith("bundle.")] == [
        "import_map.json",
        "modules.bundle",
    ]
    assert filename.endswith("/site-packages/runtime_shim/runtime.py")
    assert module == "runtime_shim.runtime"


def damaged(content: bytes, how: str) -> bytes:
    """Return a bundle's content cut off, with other data, or with code that says nothing."""
    if how == "half":
        return content[: len(content) // 2]
    if how == "another kind":
        return content[:4] + marshal.dumps(3)
    code = content.index(b"ModuleLocks")  # in the code of one module
    return content[:code] + bytes(4) + content[code + 4 :]


@pytest.mark.parametrize(
    "damage", [None, b"", b"\x00\x00\r\n", b"junk of another kind", "half", "another kind", "a flaw"]
)
def test_damaged_bundle(world: World, damage: bytes | str | None) -> None:
    """[start-up] Without a bundle, with another Python's or with a damaged one the modules are loaded from files."""
    file = world.project.library / BUNDLE
    content = file.read_bytes()
    file.unlink()
    if damage is not None:
        file.write_bytes(damaged(content, damage) if isinstance(damage, str) else damage)
    try:
        assert world.project.python("-c", "import dep_a; print(dep_a.VERSION)").out == "1\n"
    finally:
        file.write_bytes(content)


@pytest.mark.skipif(sys.platform != "linux", reason="counts page faults as Linux does")
def test_deep_imports_have_room(world: World) -> None:
    """[memory for frames] Where modules import each other deeply, calls do not map memory and unmap it again.

    As they do in a plain interpreter wherever a module's frame ends near the end of a chunk of 16 KiB; the latest
    releases of CPython (gh-142183) keep one chunk.
    """
    text = (
        "def f():\n    "
        + "; ".join(f"a{number} = 0" for number in range(250))
        + "\nfor _ in range(400): f()\n"
    )
    name = world.add_probe(text)
    for _ in range(60):
        name = world.add_probe(f"from . import {name}\n{text}")
    program = f"""
        import resource
        import dep_a
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        from dep_a import {name}
        print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
        """
    world.answer(program)  # from now on they are compiled
    faults = world.answer(program)
    assert faults < 700, "a plain 3.11.7 has 3,400"


def test_nested_imports_within_the_recursion_limit(world: World) -> None:
    """[recursion limit] The shim adds a frame to the six of an import: nine tenths of the plain depth are there."""
    name = world.add_probe("DEPTH = 0")
    names = [name]
    for _ in range(105):
        name = world.add_probe(f"from .{name} import DEPTH\nDEPTH += 1")
        names.append(name)
    program = f"""
        import subprocess, sys
        import dep_a
        names, possible = {names!r}, 0
        for depth in range(64, len(names), 3):
            if subprocess.run([sys.executable, "-c", f"import dep_a.{{names[depth]}}"], capture_output=True).returncode:
                break
            possible = depth
        print(possible)
        """
    plain, project = world.plain_answer("dep_a", program), world.answer(program)
    assert project >= 0.88 * plain > 0
