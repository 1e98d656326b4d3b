"""The application's own source: first for the application, and importable by name from environments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World


def test_shadowing(world: World, tmp_path: Path) -> None:
    """[shadowing] The application's `utils.py` is the application's, as in plain Python; environments keep theirs."""
    (tmp_path / "utils.py").write_text("WHERE = 'application'\n")
    name = world.add_probe("""
        import utils
        def where():
            import importlib, sys
            return [utils.WHERE, utils.VERSION, importlib.import_module("utils") is utils is sys.modules["utils"]]
        """)
    program = tmp_path / "main.py"
    for order in ("import utils\n{}", "{}import utils\n"):
        imports = f"from dep_a import {name} as a\nfrom dep_b import {name} as b\n"
        program.write_text(
            f"import json, sys\n{order.format(imports)}"
            "print(json.dumps([utils.WHERE, utils.__file__, type(utils.__name__).__name__, a.where(), b.where(),\n"
            "                  sys.modules['utils'] is utils]))\n"
        )
        found = json_of(world, str(program))
        assert found == [
            "application",
            str(tmp_path / "utils.py"),
            "str",
            ["environment", "1", True],
            ["environment", "2", True],
            True,
        ]


def json_of(world: World, *arguments: str) -> object:
    """Run the project's Python and return the JSON it prints."""
    outcome = world.project.python(*arguments)
    assert not outcome.err, outcome
    return json.loads(outcome.out)


@pytest.mark.parametrize("imports", ["import lib, dep_b, dep_a", "import dep_b, dep_a, lib"])
def test_shadowing_a_declared_name(world: World, tmp_path: Path, imports: str) -> None:
    """[shadowing] A package of the application's own shadows one it declares, submodules included, in any order."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "__init__.py").write_text("VERSION = 'own'\nfrom . import mod\n")
    (tmp_path / "lib" / "mod.py").write_text("VERSION = 'own mod'\n")
    (tmp_path / "main.py").write_text(
        f"import json\n{imports}\nimport lib.mod\n"
        "try:\n    import lib.late\nexcept ModuleNotFoundError as error:\n    missing = error.name\n"
        "print(json.dumps([lib.VERSION, lib.mod.VERSION, missing, dep_a.VERSION, dep_b.VERSION]))\n"
    )
    assert json_of(world, str(tmp_path / "main.py")) == ["own", "own mod", "lib.late", "1", "2"]


FRAMEWORK = """
    import importlib, importlib.util, sys
    def load(name):
        return importlib.import_module(name)
    def entry(text):
        module, _, attribute = text.partition(":")
        __import__(module)
        return getattr(sys.modules[module], attribute)
    def probe(name):
        return [importlib.util.find_spec(name) is not None, name in sys.modules]
    """


def test_imported_by_a_framework(world: World) -> None:
    """[by name] An environment's code that imports the application's module by name gets the application's module.

    The module's own imports are the application's, not the framework's.
    """
    world.project.write("my_settings.py", "import lib, dep_a\nVERSIONS = [lib.VERSION, dep_a.VERSION]\n")
    world.project.write("my_site/__init__.py", "")
    world.project.write(
        "my_site/wsgi.py", "from . import urls\nfrom lib.late import VERSION\napp = object()\n"
    )
    world.project.write("my_site/urls.py", "import lib\nVERSION = lib.VERSION\n")
    name = world.add_probe(FRAMEWORK)
    program = f"""
        import json, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        before = [a.probe("my_settings"), a.probe("my_absent")]
        settings = a.load("my_settings")
        app = b.entry("my_site.wsgi:app")
        import my_settings, my_site.wsgi
        print(json.dumps([before, settings is my_settings is b.load("my_settings"), settings.VERSIONS,
                          a.entry("my_site.wsgi:app") is app is my_site.wsgi.app, my_site.wsgi.VERSION,
                          my_site.urls.VERSION, a.probe("my_settings"), type(settings.__name__).__name__]))
        """
    assert world.answer(program) == [
        [[True, False], [False, False]],
        True,
        ["2", "1"],
        True,
        "2",
        "2",
        [True, True],
        "str",
    ]


def test_named_like_what_the_framework_lacks(world: World, tmp_path: Path) -> None:
    """[by name] The application's module is found although another environment has a distribution of its name."""
    (tmp_path / "only_b.py").write_text("import lib\nWHERE = 'application'\nVERSION = lib.VERSION\n")
    name = world.add_probe(FRAMEWORK)
    (tmp_path / "main.py").write_text(
        f"import json\nfrom dep_a import {name} as a\nfrom dep_b import {name} as b\n"
        "mine, theirs = a.load('only_b'), b.load('only_b')\nimport only_b\n"
        "print(json.dumps([mine is only_b, mine.WHERE, mine.VERSION, hasattr(theirs, 'WHERE'), theirs.LIBRARY]))\n"
    )
    assert json_of(world, str(tmp_path / "main.py")) == [True, "application", "2", False, "2"]


def test_main_module(world: World) -> None:
    """[__main__] `__main__` is the program for everybody; its classes survive pickling in an environment's code."""
    name = world.add_probe("""
        import pickle, sys
        def trip(value):
            import __main__
            again = pickle.loads(pickle.dumps(value))
            return [__main__ is sys.modules["__main__"], type(again) is __main__.Mine, again.version]
        """)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        import lib
        class Mine:
            def __init__(self):
                self.version = lib.VERSION
        if __name__ == "__main__":
            print(json.dumps([a.trip(Mine()), b.trip(Mine())]))
        """
    assert world.answer(program) == [[True, True, "2"]] * 2


@pytest.mark.parametrize("way", ["-m", "-c", "file", "folder", "stdin"])
def test_ways_to_start(world: World, way: str) -> None:
    """[ways to start] However the application is started, its code is the application's."""
    code = "import dep_a, lib, my_neighbour; print(dep_a.VERSION, lib.VERSION, my_neighbour.VERSION)"
    world.project.write("my_neighbour.py", "import lib\nVERSION = 'neighbour ' + lib.VERSION\n")
    world.project.write("my_start.py", code)
    world.project.write("my_folder/__main__.py", f"import sys\nsys.path.append('.')\n{code}\n")
    arguments = {
        "-m": ("-m", "my_start"),
        "-c": ("-c", code),
        "file": ("my_start.py",),
        "folder": ("my_folder",),
        "stdin": ("-",),
    }[way]
    outcome = world.project.python(*arguments, stdin=code if way == "stdin" else "")
    assert (outcome.out, outcome.err) == ("1 2 neighbour 2\n", "")


def test_plugin_folder(world: World, tmp_path: Path) -> None:
    """[outside] Code that a person has written is the application's, in the project or not, whoever loads it."""
    inside = world.project.root / "plugins"
    inside.mkdir()
    for folder, module in ((inside, "plugin_inside"), (tmp_path, "plugin_outside")):
        (folder / f"{module}.py").write_text(
            "import lib\nVERSION = lib.VERSION\ndef later():\n    import lib\n    return lib.VERSION\n"
        )
    name = world.add_probe("""
        import importlib, sys
        def load(folder, name):
            sys.path.insert(0, folder)
            return importlib.import_module(name)
        """)
    program = f"""
        import json
        from dep_a import {name} as a
        modules = [a.load({str(inside)!r}, "plugin_inside"), a.load({str(tmp_path)!r}, "plugin_outside")]
        print(json.dumps([[module.VERSION, module.later()] for module in modules]))
        """
    assert world.answer(program) == [["2", "2"], ["2", "2"]]


PRECEDENCE = {"in front": ("lib-copy", "2"), "behind": ("2", "2"), "PYTHONPATH": ("lib-copy", "2")}


@pytest.mark.parametrize("where", PRECEDENCE)
def test_a_copy_on_the_path(world: World, tmp_path: Path, where: str) -> None:
    """[path] A folder with a copy of an environment's package: what precedes `site-packages` is the application's.

    An environment's own distributions win for the environment, whatever is on the path.
    """
    (tmp_path / "engine" / "lib").mkdir(parents=True)
    (tmp_path / "engine" / "lib" / "__init__.py").write_text("VERSION = 'lib-copy'\n")
    engine = str(tmp_path / "engine")
    put = {"in front": f"sys.path.insert(0, {engine!r})", "behind": f"sys.path.append({engine!r})"}.get(
        where, ""
    )
    (tmp_path / "main.py").write_text(
        "import json, sys\nprobed = 'lib' in sys.modules\nimport dep_a\n"
        f"{put}\nimport lib, dep_b, dep_a.tools\n"
        "print(json.dumps([lib.VERSION, dep_a.VERSION, dep_b.VERSION, dep_a.tools.library_version()]))\n"
    )
    environment = {"PYTHONPATH": engine} if where == "PYTHONPATH" else {}
    outcome = world.project.python(str(tmp_path / "main.py"), env=environment)
    application, other = PRECEDENCE[where]
    assert json.loads(outcome.out) == [application, "1", other, "1"]


def test_an_environments_folder_on_the_path(world: World, tmp_path: Path) -> None:
    """[path] A folder of an environment, exported as PYTHONPATH, gives that environment's module and no second copy."""
    name = world.add_probe("import duo\n", ["dep_a"])
    (tmp_path / "main.py").write_text(
        f"import json, sys\nimport duo, lib, dep_a, dep_b\nfrom dep_a import {name} as a\n"
        "print(json.dumps([duo.VERSION, a.duo is duo, lib.VERSION, dep_b.VERSION,\n"
        "    len({id(module) for name, module in list(sys.modules.items())\n"
        "         if getattr(module, '__file__', None) == duo.__file__})]))\n"
    )
    outcome = world.project.python(str(tmp_path / "main.py"), env={"PYTHONPATH": str(world.home("dep_a"))})
    assert json.loads(outcome.out) == ["1", True, "2", "2", 1]
