"""Overrides that were edited since the build take effect when an interpreter starts.

[importer] The release that an override names sees the other version, in every way of asking. [neighbours] Nobody else
does. [same] Everybody sees the same modules of that release. [shared] An unversioned release may be named, too.
[left] What only a build can do is said in one line, and the program goes on with what is in force. [reload] An
interactive session takes the edit over. [untouched] Without an edit nothing of this is loaded.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shim.world import World

NAME = "custom_dependencies_versions.json"
FLAT = {"Dep_B": {"2.0.0": {"LIB": "1"}}}


class Overrides:
    """The two copies of the file; both are as the build has left them after the test."""

    def __init__(self, world: World) -> None:
        self.own = world.project.root / NAME
        self.copy = world.project.library / NAME

    def say(self, data: Any) -> None:
        self.own.write_text(data if isinstance(data, str) else json.dumps(data))


@pytest.fixture
def overrides(world: World) -> Iterator[Overrides]:
    files = Overrides(world)
    before = files.copy.read_text()
    assert not files.own.exists()
    yield files
    files.own.unlink(missing_ok=True)
    files.copy.write_text(before)


WAYS = """
    import importlib, importlib.metadata, importlib.util, sys, threading
    import lib
    from lib import x, sub as subpackage
    import lib.mod as mod

    def in_thread():
        found = []
        thread = threading.Thread(target=lambda: found.append(importlib.import_module("lib.late").VERSION))
        thread.start()
        thread.join()
        return found[0]

    def ways():
        import lib.late
        from importlib.metadata import distribution, distributions, requires
        names = [one.name for one in distributions()]
        return {
            "statement": lib.VERSION,
            "from": [x.VERSION, subpackage.VERSION, mod.VERSION],
            "in a function": lib.late.VERSION,
            "import_module": importlib.import_module("lib").VERSION,
            "sys.modules": sys.modules["lib"].VERSION,
            "thread": in_thread(),
            "exec": eval("__import__('lib').VERSION", {}),
            "find_spec": importlib.util.find_spec("lib").loader.get_data(lib.__path__[0] + "/data.txt").decode(),
            "metadata": importlib.metadata.version("lib"),
            "requires": requires("lib"),
            "text": distribution("lib").read_text("METADATA").splitlines()[2],
            "once": sorted(name for name in set(names) if names.count(name) > 1),
            "all": sorted(set(names) & {"lib", "duo", "utils", "only-a", "only-b", "dep-a", "dep-b", "shared"}),
            "duo": importlib.metadata.version("duo"),
            "own": lib.__distribution__.version,
        }
    """


def test_the_importer_and_nobody_else(world: World, overrides: Overrides) -> None:
    """[importer] [neighbours] What dep-b's code finds, before and after; what its neighbour and dep-a find."""
    name = world.add_probe(WAYS, environments_only=["dep_a", "dep_b"])
    program = f"""
        import json
        import dep_b.{name}, dep_a.{name}, only_b, only_a, lib
        print(json.dumps([dep_b.{name}.ways(), dep_a.{name}.ways(), only_b.LIBRARY, only_a.LIBRARY, lib.VERSION]))
        """
    of_b, of_a, *others = world.answer(program)
    assert (of_b["statement"], of_a["statement"], others) == ("2", "1", ["2", "1", "2"])
    overrides.say(FLAT)
    of_b_now, *unchanged = world.answer(program)
    assert unchanged == [of_a, *others]
    of_lib = set(of_b) - {"once", "all", "duo"}
    assert {way: of_b_now[way] for way in of_lib} == {way: of_a[way] for way in of_lib}
    assert {way: of_b_now[way] for way in ("once", "all", "duo")} == {
        "once": [],
        "all": of_b["all"],
        "duo": "2",
    }


def test_children(world: World, overrides: Overrides) -> None:
    """[importer] A child interpreter that dep-b starts sees what dep-b sees."""
    name = world.add_probe(
        """
        import subprocess, sys
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        def version():
            import lib
            return lib.VERSION

        def outcome():
            code = "import lib; print(lib.VERSION, end='')"
            child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                return [child.stdout, pool.submit(version).result(), child.stderr]
        """,
        environments_only=["dep_b"],
    )
    overrides.say(FLAT)
    program = f"""
        import json
        if __name__ == "__main__":
            import dep_b.{name} as probe
            print(json.dumps(probe.outcome()))
        """
    assert world.answer(program) == ["1", "1", ""]


def test_one_module_for_all(world: World, overrides: Overrides) -> None:
    """[same] Who saw dep-b before sees the one dep-b that there is, under its permanent name as well."""
    overrides.say(FLAT)
    program = """
        import importlib, json, pickle
        import dep_b, dep_b.tools, lib
        import importlib.metadata
        again = importlib.import_module("dep_b@2.0")
        value = pickle.loads(pickle.dumps(dep_b.lib.mod.Thing(3))) if importlib.import_module("lib@1.mod") else None
        print(json.dumps([
            again is dep_b, dep_b.VERSION, dep_b.tools.library_version(), dep_b.lib is lib, value.version,
            str(dep_b.__distribution__), importlib.metadata.version("dep-b"),
        ]))
        """
    assert world.answer(program) == [True, "1", "1", False, "1", "dep-b 2.0", "2.0"]


def test_the_project_as_importer(world: World, overrides: Overrides) -> None:
    """[importer] The project is in the file under its own name."""
    program = """
        import json
        import lib, dep_b
        from importlib.metadata import version
        print(json.dumps([lib.VERSION, version("lib"), dep_b.VERSION]))
        """
    assert world.answer(program) == ["2", "2", "2"]
    overrides.say({"my-app": {"1.0": {"lib": "1"}}})
    assert world.answer(program) == ["1", "1", "2"]


def test_a_chain(world: World, overrides: Overrides) -> None:
    """[importer] only-b, which dep-b alone requires, uses lib 1; dep-b itself, which the project requires, duo 3."""
    overrides.say({"my-app": {"1.0": {"dep-b": {"2.0": {"duo": "3", "only-b": {"2": {"lib": "1"}}}}}}})
    program = """
        import importlib, json
        import dep_b, dep_b.tools, only_b
        duo = dep_b.tools.call(importlib.import_module, "duo")
        print(json.dumps([duo.VERSION, dep_b.VERSION, only_b.LIBRARY]))
        """
    assert world.answer(program) == ["3", "2", "1"]


def test_a_shared_importer(world: World, overrides: Overrides) -> None:
    """[shared] `shared` is everybody's, and still one module for all."""
    program = """
        import json
        import shared, dep_a.tools, dep_b
        try:
            found = shared.load("duo").VERSION
        except ImportError as error:
            found = type(error).__name__
        own = dep_a.tools.call(__import__, "shared")
        print(json.dumps([found, own is shared, own.TOKEN is shared.TOKEN, shared.loaded("lib") is dep_b.lib]))
        """
    assert world.answer(program) == ["ModuleNotFoundError", True, True, True]
    overrides.say({"shared": {"5": {"duo": "3"}}})
    assert world.answer(program) == ["3", True, True, True]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"dep-b": {"2": {"lib": "7"}}}, "asks for what is not installed (dep-b 2 → lib 7)"),
        (
            {"dep-b": {"2.0": {"lib": "7", "absent": "1"}}},
            "asks for what is not installed (dep-b 2.0 → lib 7; dep-b 2.0 → absent 1)",
        ),
    ],
)
def test_what_is_left_for_a_build(world: World, overrides: Overrides, said: Any, told: str) -> None:
    """[left] The program runs with what is in force."""
    overrides.say(said)
    outcome = world.program("import dep_b, only_b\nprint(dep_b.VERSION, only_b.LIBRARY)")
    assert (outcome.out, outcome.err) == ("2 2\n", f"mvenv: {NAME} {told}; run `mvenv build`\n")


def test_two_importers_that_differ(world: World, overrides: Overrides) -> None:
    """[left] lib's files are loaded once: it cannot see another `shared` below dep-c alone."""
    overrides.say({"dep-c": {"1.0": {"lib": {"1": {"duo": "3"}}}}})
    outcome = world.program("import dep_a, dep_c\nprint(dep_a.VERSION, dep_c.VERSION)")
    assert outcome.out == "1 1\n"
    told = "asks for what a build has to keep apart (dep-c 1.0 → lib 1 → duo 3)"
    assert outcome.err == f"mvenv: {NAME} {told}; run `mvenv build`\n"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"A": 3}', '{"A": {"1": {"a": "2"}}}', "\xff", "[" * 100000]
)
def test_a_file_that_cannot_be_used(world: World, overrides: Overrides, text: str) -> None:
    """[left] A file that is no overrides does not keep a program from running."""
    overrides.own.write_bytes(text.encode("latin-1"))
    outcome = world.program("import dep_b\nprint(dep_b.VERSION)")
    assert outcome.out == "2\n"
    assert outcome.err.startswith(f"mvenv: cannot use {NAME} (")
    assert outcome.err.endswith("); run `mvenv build`\n")
    assert outcome.err.count("\n") == 1


def test_the_copy(world: World, overrides: Overrides) -> None:
    """[importer] The copy beside site-packages counts like the project's file; where they differ, neither does."""
    program = "import dep_b, dep_a\nprint(dep_b.VERSION, dep_a.VERSION)"
    overrides.copy.write_text(json.dumps(FLAT))
    assert world.program(program).out == "1 1\n"
    overrides.say({"dep-a": {"1.0": {"lib": "2"}}})
    assert world.program(program).out == "1 2\n"
    overrides.say({"dep-b": {"2.0": {"lib": "2"}}})
    outcome = world.program(program)
    assert outcome.out == "2 1\n"
    assert outcome.err.startswith(f"mvenv: cannot use {NAME} (")
    overrides.own.unlink()
    overrides.copy.unlink()
    assert world.program(program).err == ""


def test_reload(world: World, overrides: Overrides) -> None:
    """[reload] What is imported afterwards sees the edit; taken back, it is as before."""
    program = f"""
        import json, os, sys
        import runtime_shim
        import dep_b, only_b
        seen = [dep_b.VERSION]
        path = {str(overrides.own)!r}
        def anew():
            runtime_shim.reload()
            for name in ("dep_b", "dep_b.tools"):
                sys.modules.pop(name, None)
            import dep_b.tools
            return [dep_b.VERSION, dep_b.tools.library_version(), only_b.lib.VERSION]
        with open(path, "w") as file:
            file.write({json.dumps(FLAT)!r})
        seen.append(anew())
        os.unlink(path)
        seen.append(anew())
        print(json.dumps(seen))
        """
    assert world.answer(program) == ["2", ["1", "1", "2"], ["2", "2", "2"]]


def test_nothing_is_loaded_without_an_edit(world: World, overrides: Overrides) -> None:
    """[untouched] Nor for a program of the standard library alone, which never looks at the files."""
    listing = "import sys; print(*sorted(name for name in sys.modules if name.startswith('runtime_shim.')))"
    names = {
        "runtime_shim.overrides.at_start",
        "runtime_shim.overrides.overlay",
        "runtime_shim.overrides.rules",
    }
    found = world.project.python("-c", f"import dep_b; {listing}").out.split()
    assert "runtime_shim.runtime" in found
    assert names.isdisjoint(found)
    overrides.say(FLAT)
    assert set(world.project.python("-c", listing).out.split()) <= {
        "runtime_shim.lazy_import_hook"
    }  # from 3.15 on
    assert names < set(world.project.python("-c", f"import dep_b; {listing}").out.split())


def test_explain(world: World, overrides: Overrides) -> None:
    """[importer] `explain` shows the view of the importer apart."""
    overrides.say(FLAT)
    out = world.project.python("-c", "import runtime_shim; runtime_shim.explain('lib')").out
    (row,) = [line.split() for line in out.splitlines() if line.split()[:1] == ["dep-b/dep-b"]]
    assert row[1:3] == ["lib", "1,"]
