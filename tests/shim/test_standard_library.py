"""[standard library] Its modules come before those of distributions, as in plain Python; there is one copy of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.shim.universe import STANDARD

if TYPE_CHECKING:
    from tests.shim.world import World

NAMES = [file.removesuffix(".py").partition("/")[0] for file in STANDARD]
PROBE = f"""
    import importlib, importlib.util, sys

    def place(name):
        try:
            module = importlib.import_module(name)
        except ImportError as error:  # a Python without its tests
            return str(error)
        return [getattr(module, "__file__", None), getattr(module, "VERSION", None), sys.modules[name] is module,
                importlib.util.find_spec(name).origin]

    def outcome():
        import ftplib, netrc, stringprep, __hello__
        return {{name: place(name) for name in {NAMES}}}
    """


def test_as_in_plain_python(world: World) -> None:
    """Two versions of a distribution hold modules of such names; what nobody else has is theirs."""
    found = world.same_outcome(PROBE, both_orders=True)
    assert [found[package]["of_nobody_else"][1] for package in ("dep_a", "dep_b")] == ["1", "2"]
    for package in ("dep_a", "dep_b"):
        versions = {name: told[1] for name, told in found[package].items() if isinstance(told, list)}
        assert {name for name, version in versions.items() if version is not None} == {"of_nobody_else"}


def test_who_imports_it_is_no_importer_of_a_distribution(world: World) -> None:
    """`shared` imports `sys`, of which a versioned distribution has a module: it stays everybody's."""
    program = "import json, os, shared; print(json.dumps(os.path.relpath(shared.__file__).split(os.sep)[0]))"
    assert world.answer(program) == ".venv"


def test_the_application_has_the_same(world: World) -> None:
    """Before an environment is in play and after, in either order."""
    program = f"""
        import importlib, json
        names = {[name for name in NAMES if name not in ("sys", "test", "_testcapi", "of_nobody_else")]}
        here = {{}}
        def look():
            return {{name: getattr(importlib.import_module(name), "VERSION", None) for name in names}}
        %s
        print(json.dumps([dep_a.VERSION, dep_b.VERSION, sorted(set(map(str, look().values())))]))
        """
    for order in ("look(); import dep_a, dep_b", "import dep_a, dep_b; look()"):
        assert world.answer(program % order) == ["1", "2", ["None"]]


def test_a_folder_before_it(world: World) -> None:
    """What code puts in front of the library is found there, as in a plain interpreter: by its environment alone."""
    probe = """
        import os, sys

        def outcome():
            folder = os.path.join(os.path.dirname(__file__), "in_front")
            os.makedirs(folder, exist_ok=True)
            for name in ("chunky", "sched", "sys", "zipimport"):
                with open(os.path.join(folder, name + ".py"), "w") as file:
                    file.write(f"VERSION = {__name__.partition('.')[0]!r}")
            sys.path.insert(0, folder)
            try:
                import chunky, sched, zipimport
                found = [getattr(module, "VERSION", None) for module in (chunky, sched, zipimport, sys)]
                import sched as again
                return [*found, again is sched is sys.modules["sched"]]
            finally:
                sys.path.remove(folder)
        """
    found = world.same_outcome(probe, both_orders=True)
    assert found["dep_a"] == ["dep_a", "dep_a", None, None, True]
    name = world.add_probe(probe)
    program = f"""
        import json
        from dep_a import {name} as probe
        found = probe.outcome()
        import sched
        from dep_b import tools
        print(json.dumps([found[1], hasattr(sched, "VERSION"), tools.call(__import__, "sched") is sched]))
        """
    assert world.answer(program) == ["dep_a", False, True]


def test_a_folder_that_the_program_puts_before_it(world: World) -> None:
    """That is meant for the process, and everybody finds it."""
    world.project.write("in_front/sched.py", "VERSION = 'own'\n")
    program = """
        import json, os, sys
        import dep_a
        sys.path.insert(0, os.path.abspath("in_front"))
        from dep_a import tools
        print(json.dumps([tools.call(__import__, "sched").VERSION, __import__("sched").VERSION]))
        """
    assert world.answer(program) == ["own", "own"]
