"""`importlib`, `pkgutil` and `runpy` answer each caller about its own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

OWN = {
    "find_spec": """
        import importlib.util
        def outcome():
            names = ["lib", "lib.late", "lib.sub", "lib.sub.deep", "lib.mod"]
            return [[str(found.name), found.origin, found.parent, found.has_location]
                    for found in map(importlib.util.find_spec, names)] + [__import__("lib").VERSION]
        """,
    "find_spec, relative": """
        import importlib.util
        def outcome():
            found = importlib.util.find_spec(".tools", __package__)
            return [str(found.name), found.origin]
        """,
    "find_spec for what is nowhere": """
        import importlib.util, lib
        def outcome():
            return [importlib.util.find_spec("absent"), importlib.util.find_spec("lib.absent"), lib.VERSION]
        """,
    "find_spec below what is nowhere": """
        import importlib.util, lib
        def outcome():
            try:
                importlib.util.find_spec("absent.mod")
            except ModuleNotFoundError as error:
                return [str(error), error.name, lib.VERSION]
        """,
    "module_from_spec": """
        import importlib.util
        def outcome():
            spec = importlib.util.find_spec("lib.sub.deep")
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return [module.VERSIONS, type(module.__name__).__name__, module.__package__, module.__name__]
        """,
    "reload": """
        import importlib, lib.late
        def outcome():
            lib.late.VERSION = "changed"
            module = lib.late
            again = importlib.reload(lib.late)
            return [again is module, module.VERSION, type(module.__name__).__name__, module.__name__]
        """,
    "reload of a package": """
        import importlib, lib
        def outcome():
            before = lib.x
            importlib.reload(lib)
            return [lib.VERSION, lib.x is before, lib.loaded_with(), lib.__package__, str(lib.__spec__.name)]
        """,
    "pkgutil.iter_modules": """
        import pkgutil, lib
        def outcome():
            return [sorted([found.name, found.ispkg] for found in pkgutil.iter_modules(lib.__path__, "lib.")),
                    lib.VERSION]
        """,
    "pkgutil.walk_packages": """
        import pkgutil, lib, sys
        def outcome():
            names = sorted(found.name for found in pkgutil.walk_packages(lib.__path__, "lib."))
            return [names, sys.modules["lib.sub"].VERSION]
        """,
    "pkgutil.get_data": """
        import pkgutil
        def outcome():
            return [pkgutil.get_data("lib", "data.txt").decode(), pkgutil.get_data("lib.sub", "more.txt").decode()]
        """,
    "pkgutil.resolve_name": """
        import pkgutil
        def outcome():
            return [pkgutil.resolve_name("lib.mod:Thing.version"), pkgutil.resolve_name("lib.late.VERSION")]
        """,
    "pkgutil.get_loader and find_loader": """
        import pkgutil, lib
        def outcome():
            importer = pkgutil.get_importer(lib.__path__[0])
            return [importer.find_spec("late").origin, lib.VERSION]
        """,
    "importlib.resources": """
        import importlib.resources as resources
        def outcome():
            top = resources.files("lib")
            with resources.as_file(resources.files("lib.sub") / "more.txt") as path:
                more = path.read_text()
            return [(top / "data.txt").read_text(), more, sorted(item.name for item in top.iterdir()
                    if item.name != "__pycache__"), resources.is_resource("lib", "data.txt")]
        """,
    "importlib.resources by module": """
        import importlib.resources as resources, lib.sub
        def outcome():
            return [resources.files(lib).joinpath("data.txt").read_text(),
                    resources.read_text(lib.sub, "more.txt")]
        """,
    "loader.get_data and get_source": """
        import os, lib.late
        def outcome():
            loader = lib.late.__loader__
            return [loader.get_data(lib.late.__file__).decode(), loader.get_source("lib.late"),
                    loader.get_filename("lib.late"), loader.is_package("lib.late"), loader.path,
                    loader.get_code("lib.late").co_filename]
        """,
    "runpy.run_module": """
        import runpy
        def outcome():
            found = runpy.run_module("lib.late")
            return [found["VERSION"], found["__name__"], found["__package__"], found["__file__"]]
        """,
    "runpy.run_module of a package": """
        import contextlib, io, runpy
        def outcome():
            with contextlib.redirect_stdout(io.StringIO()) as text:
                found = runpy.run_module("lib", run_name="__main__")
            return [found["RESULT"], text.getvalue().split(" [")[0]]
        """,
    "runpy.run_path": """
        import contextlib, io, os, runpy, lib
        def outcome():
            found = runpy.run_path(os.path.join(os.path.dirname(lib.__file__), "mod.py"))
            return [found["lib"].VERSION, found["__name__"]]
        """,
    "invalidate_caches": """
        import importlib, importlib.util, os, lib
        def outcome():
            path = os.path.join(os.path.dirname(lib.__file__), "written.py")
            assert importlib.util.find_spec("lib.written") is None
            with open(path, "w") as file:
                file.write("VERSION = 'written ' + __import__('lib').VERSION")
            try:
                importlib.invalidate_caches()
                from lib import written
                return written.VERSION
            finally:
                os.remove(path)
        """,
    "PathFinder": """
        import importlib.machinery, lib
        def outcome():
            found = importlib.machinery.PathFinder.find_spec("lib.late", lib.__path__)
            return [found.origin, found.name]
        """,
    "zipimport": """
        import os, sys, tempfile, zipfile, lib
        def outcome():
            with tempfile.TemporaryDirectory() as folder:
                archive = os.path.join(folder, "zipped.zip")
                with zipfile.ZipFile(archive, "w") as file:
                    file.writestr("from_zip.py", "import sys\\nNAME = __name__\\n")
                sys.path.append(archive)
                try:
                    import from_zip
                    return [from_zip.NAME, type(from_zip.__loader__).__name__, lib.VERSION]
                finally:
                    sys.path.remove(archive)
                    sys.modules.pop("from_zip", None)
        """,
}


@pytest.mark.parametrize("function", OWN)
def test_own_modules(world: World, function: str) -> None:
    """[own modules] The import system's public functions mean the caller's own modules."""
    world.same_outcome(OWN[function])


def test_find_spec_for_what_a_view_lacks(world: World) -> None:
    """[probing] `find_spec` is None, not an error, for a name that only another environment has."""
    program = """
        import json, importlib.util
        from dep_a import probe as a
        from dep_b import probe as b
        print(json.dumps([a.probe(), b.probe(), importlib.util.find_spec("duo")]))
        """
    name = world.add_probe("""
        import importlib.util
        def probe():
            return [importlib.util.find_spec(name) is not None for name in ("only_a", "only_b", "duo")]
        """)
    text = program.replace("import probe", f"import {name}")
    assert world.answer(text) == [[True, False, True], [False, True, True], None]


def test_loaders_asked_by_others(world: World) -> None:
    """[loaders] An environment's loader answers about its own module, whoever asks it by name."""
    name = world.add_probe("""
        import lib.late
        from lib import sub
        def ask(loader, name):
            return [loader.get_source(name), loader.get_filename(name), loader.is_package(name),
                    loader.get_code(name).co_filename, loader.get_resource_reader(name) is not None]
        """)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        def ask(loader, name):
            return [loader.get_source(name), loader.get_filename(name), loader.is_package(name),
                    loader.get_code(name).co_filename, loader.get_resource_reader(name) is not None]
        wrong = []
        for mine, other in ((a, b), (b, a)):
            for module in (mine.lib.late, mine.sub, mine):
                found = mine.ask(module.__loader__, module.__name__)
                for asking in (other.ask, ask):
                    for name in (module.__name__, module.__spec__.name, module.__loader__.name):
                        if asking(module.__loader__, name) != found or found[1] != module.__file__:
                            wrong.append([name, found])
        print(json.dumps(wrong))
        """
    assert world.answer(program) == []


def test_run_module_from_the_command_line(world: World) -> None:
    """[-m] `python -m lib` runs the application's version, under the name `__main__`."""
    outcome = world.project.python("-m", "lib", "x", "y")
    expected = world.plain["dep_b"].python("-m", "lib", "x", "y", cwd=world.plain_folder)
    assert (outcome.out, outcome.err) == (expected.out, expected.err)
    assert "__main__ 2 ['x', 'y'] lib" in outcome.out


def test_run_module_from_the_application(world: World) -> None:
    """[runpy] `runpy.run_module` in the application runs the application's version, or one environment's own."""
    program = """
        import contextlib, io, json, runpy
        import dep_a, dep_b
        with contextlib.redirect_stdout(io.StringIO()) as text:
            found = runpy.run_module("lib", run_name="__main__", alter_sys=True)
        tools = runpy.run_module("dep_a.tools")
        print(json.dumps([found["RESULT"], text.getvalue().split()[:2], tools["library_version"]()]))
        """
    assert world.answer(program) == ["2", ["__main__", "2"], "1"]
