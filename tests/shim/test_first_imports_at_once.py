"""Two threads that first import the two sides of a conflict at once: each finds its own, from the first import on."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

# Two at once would meet in an attribute of `sys`, as OpenCV's loader has one.
ASSIGNING = """
import importlib.util, sys, time, types
assert not hasattr(sys, "assigning"), "both at once"
sys.assigning = True
sys.modules["lib.assigned"] = types.ModuleType("lib.assigned")
for _ in range(4):
    time.sleep(0.05)
    importlib.util.find_spec("lib.absent")
sys.modules["lib.assigned"].of = "{package}"
from lib.assigned import of
del sys.assigning
"""


def _add_to_library(world: World, package: str, module: str, text: str) -> None:
    """Add a module to `lib` of a package's environment, and of its plain venv: other tests compare the two."""
    for site in (world.home(package), world.plain_site(package)):
        (site / "lib" / f"{module}.py").write_text(text, "utf-8")


def test_modules_put_there_while_another_thread_imports(world: World) -> None:
    """[assigned] What a module puts into `sys.modules` is its environment's, whoever imports meanwhile.

    What pybind11's `def_submodule` does; the other side has no module of that name.
    """
    assigning = world.add_probe(
        """
        import sys, time, types
        for name in ("ext", "ext.sub"):
            sys.modules[f"{__name__}.{name}"] = types.ModuleType(f"{__name__}.{name}")
        sys.modules[f"{__name__}.ext.sub"].x = "found"
        time.sleep(0.4)
        exec(f"from {__name__}.ext.sub import x")
        """,
        ["dep_a"],
    )
    importing = world.add_probe(
        """
        import importlib.util, time
        for _ in range(8):
            time.sleep(0.04)
            assert importlib.util.find_spec("lib.absent") is None
        """,
        ["dep_b"],
    )
    program = f"""
        import json, sys, threading
        def load(package, name):
            __import__(f"{{package}}.{{name}}")
        work = [("dep_a", "{assigning}"), ("dep_b", "{importing}")]
        threads = [threading.Thread(target=load, args=one) for one in work]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        from dep_a.{assigning}.ext import sub
        print(json.dumps([sys.modules["dep_a.{assigning}"].x, sub.x]))
        """
    assert world.answer(program) == ["found", "found"]


def _loaded_by_four_threads(probe: str) -> str:
    """Return the part of a program in which two threads of each side call a probe's `load` at once: `found`."""
    return textwrap.indent(
        textwrap.dedent(f"""
            barrier, found = threading.Barrier(4), {{}}
            def load(package, number):
                barrier.wait()
                try:
                    found[package, number] = __import__(f"{{package}}.{probe}", fromlist=["load"]).load()
                except BaseException as error:
                    found[package, number] = repr(error)
            threads = [threading.Thread(target=load, args=(p, n)) for p in ("dep_a", "dep_b") for n in (1, 2)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            """).strip(),
        " " * 8,
    ).lstrip()


def test_modules_that_both_assign(world: World) -> None:
    """[assigned] Both sides put a module of one name there, and neither tells whose it is."""
    for package in ("dep_a", "dep_b"):
        _add_to_library(world, package, "assigning", ASSIGNING.format(package=package))
    name = world.add_probe(
        "def load():\n    import lib.assigning, sys\n    return sys.modules['lib.assigned'].of\n"
    )
    program = f"""
        import json, threading
        {_loaded_by_four_threads(name)}
        print(json.dumps(sorted([*key, value] for key, value in found.items())))
        """
    assert world.answer(program) == [[package, n, package] for package in ("dep_a", "dep_b") for n in (1, 2)]


def test_circle_of_import_locks(world: World) -> None:
    """[no deadlock] Who imports a version waits for a module that a thread imports which waits for that version."""
    for package in ("dep_a", "dep_b"):
        _add_to_library(world, package, "circle", "import circle_of_all\nimport lib.late\n")
    name = world.add_probe("def load():\n    import lib.circle\n    return lib.late.VERSION\n")
    world.project.write(
        "circle_of_all.py",
        f"import sys, time\nfrom dep_b import {name} as b\nsys.halfway.set()\ntime.sleep(0.3)\nB = b.load()\n",
    )
    program = f"""
        import faulthandler, json, sys, threading, time
        faulthandler.dump_traceback_later(30, exit=True)
        sys.halfway, found = threading.Event(), []
        from dep_a import {name} as a
        thread = threading.Thread(target=lambda: __import__("circle_of_all"))
        thread.start()
        assert sys.halfway.wait(10)
        started = time.monotonic()
        version = a.load()
        thread.join()
        import circle_of_all
        print(json.dumps([version, circle_of_all.B, time.monotonic() - started < 5]))
        """
    assert world.answer(program) == ["1", "2", True]


@pytest.mark.parametrize("module", ["cext.multi", "cext.single"])
def test_extensions_initialised_at_once(compiled: World, module: str) -> None:
    """[PyImport_AddModule] An extension makes its modules in C, and is held up in between: each has its own."""
    name = compiled.add_probe(f"""
        import sys
        def load():
            import {module} as ext
            early, virtual = sys.modules["{module}.early"], sys.modules["{module}.virtual"]
            return [ext.version(), ext.LIBRARY, early.VERSION, virtual.VERSION, ext.count(), id(early)]
        """)
    program = f"""
        import json, sys, threading, time
        def slow(event, arguments):  # extensions import this one after they have made a module
            if event == "import" and arguments[0] == "lib.sub.deep":
                time.sleep(0.2)
        sys.addaudithook(slow)
        {_loaded_by_four_threads(name)}
        made = [{{found[package, number].pop() for number in (1, 2)}} for package in ("dep_a", "dep_b")]
        print(json.dumps([*(found[key] for key in sorted(found)), [len(one) for one in (*made, made[0] | made[1])]]))
        """
    one, two = ["1"] * 4 + [1], ["2"] * 4 + [1]
    assert compiled.answer(program) == [one, one, two, two, [1, 1, 2]]
