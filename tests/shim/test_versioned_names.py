"""`lib@1` is version 1 of `lib` for everybody, for ever.

[in sys.modules] A loaded top-level module is there under its versioned name. [import] Versioned names and those of
their submodules can be imported, loaded already or not. [same] They are the environment's modules themselves, which
stay untouched. [unknown] A version that nobody holds is an error that says which there are. [label]
`__distribution__`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World


def test_in_sys_modules(world: World) -> None:
    """[in sys.modules] Under the import name and the version of the distribution, and for good."""
    program = """
        import gc, json, sys
        import dep_a, dep_b
        before = [sys.modules["lib@1"] is dep_a.lib, sys.modules["lib@2"] is dep_b.lib, "lib@3" in sys.modules]
        dep_b.tools = None
        gc.collect()
        print(json.dumps([before, sys.modules["dep_a@1.0"] is dep_a, sys.modules["lib@1"].VERSION]))
        """
    assert world.answer(program) == [[True, True, False], True, "1"]


@pytest.mark.parametrize("first", ["", "import dep_a, dep_b", "import lib.mod, dep_c.tools"])
def test_importable(world: World, first: str) -> None:
    """[import] [same] By whoever asks, before and after the environments were used."""
    name = world.add_probe(
        "def load(name):\n    import importlib\n    return importlib.import_module(name)\n"
    )
    program = f"""
        import importlib, json, sys
        {first}
        top, deep = importlib.import_module("lib@1"), importlib.import_module("lib@2.sub.deep")
        mod = importlib.import_module("lib@1.mod")
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([
            [top.VERSION, mod.VERSION, deep.VERSIONS],
            [a.load("lib") is top, a.load("lib.mod") is mod, b.load("lib.sub.deep") is deep],
            [a.load("lib@2.sub.deep") is deep, b.load("lib@1.mod") is mod],
            __import__("lib@1.mod", fromlist=["x"]) is mod,
            [mod.__name__, str(mod.__spec__.name), mod.__package__, type(mod.__loader__).__name__],
            importlib.import_module("only_a@1").VERSION,
        ]))
        """
    assert world.answer(program) == [
        ["1", "1", ["2", "2", "2"]],
        [True, True, True],
        [True, True],
        True,
        ["lib.mod", "lib.mod", "lib", "EnvironmentSourceLoader"],
        "1",
    ]


def test_attribute_of_the_package_stays(world: World) -> None:
    """[same] importlib sets an imported submodule as an attribute of its package; not when a versioned name is.

    `from .bar import bar` is a common way to let a package's attribute be something else than its submodule.
    """
    for package in ("dep_a", "dep_b"):
        (world.home(package) / package / "shadowed.py").write_text("def shadowed():\n    return 'function'\n")
    program = """
        import importlib, json, sys, types
        import dep_a
        from dep_a.shadowed import shadowed
        dep_a.shadowed = shadowed
        module = importlib.import_module("dep_a@1.0.shadowed")
        late = importlib.import_module("dep_a@1.0.tools")
        print(json.dumps([type(module) is types.ModuleType, dep_a.shadowed is shadowed, dep_a.tools is late]))
        """
    assert world.answer(program) == [True, True, True]


def test_loaded_anew(world: World) -> None:
    """[same] When a module is imported again after its removal, the versioned name means the new one."""
    program = """
        import importlib, json, sys
        import lib.mod
        old = importlib.import_module("lib@2.mod")
        for name in [name for name in sys.modules if name == "lib" or name.startswith("lib.")]:
            if getattr(sys.modules.get(name), "VERSION", None) == "2":
                del sys.modules[name]
        import lib.mod
        new = importlib.import_module("lib@2.mod")
        print(json.dumps([old is lib.mod, new is lib.mod, importlib.import_module("lib@2") is lib]))
        """
    assert world.answer(program) == [False, True, True]


@pytest.mark.parametrize(
    "name", ["lib@7", "lib@7.1.mod", "lib@1.0", "lib@", "lib@1.absent", "elsewhere@1", "json@2.0.9"]
)
def test_unknown(world: World, name: str) -> None:
    """[unknown] An error with the name that was asked for; `find_spec` answers as for any unknown name."""
    program = f"""
        import importlib, importlib.util, json
        import dep_a
        try:
            importlib.import_module({name!r})
        except ModuleNotFoundError as error:
            print(json.dumps([error.name, str(error)]))
        """
    found, message = world.answer(program)
    assert message.startswith("No module named ")
    if name.startswith("lib@") and "absent" not in name:
        assert found == name
        assert "environment dep-a has lib@1; environment dep-b has lib@2" in message
        assert "mvenv build" in message
    else:
        assert "environment" not in message


def test_distribution(world: World) -> None:
    """[label] Every module of a versioned distribution says which one it is of; others say nothing."""
    program = """
        import importlib, json, shared
        import dep_a, dep_b.tools
        modules = [importlib.import_module("lib@1"), importlib.import_module("lib@1.sub.deep"), dep_b.tools]
        found = [module.__distribution__ for module in modules]
        print(json.dumps([
            [[one.name, one.version, one.environment, str(one)] for one in found],
            found[0] == found[1] and hash(found[0]) == hash(found[1]) and found[0] != found[2],
            [hasattr(shared, "__distribution__"), hasattr(json, "__distribution__")],
        ]))
        """
    assert world.answer(program) == [
        [
            ["lib", "1", "dep-a", "lib 1"],
            ["lib", "1", "dep-a", "lib 1"],
            ["dep-b", "2.0", "dep-b", "dep-b 2.0"],
        ],
        True,
        [False, False],
    ]


def test_run_as_a_program(world: World) -> None:
    """[import] ``python -m dep_a@1.0.tool`` and ``python -m dep_a@1.0``, with relative imports and its own view."""
    text = "if __name__ == '__main__':\n    import lib\n    from . import lib as own\n"
    name = world.add_probe(text + "    print(lib.VERSION, own is lib, __spec__.parent)\n")
    assert world.project.python("-m", f"dep_a@1.0.{name}").out == "1 True dep_a@1.0\n"
    assert world.project.python("-m", f"dep_b@2.0.{name}").out == "2 True dep_b@2.0\n"
    main = world.home("dep_a") / "dep_a" / "__main__.py"
    main.write_text("from . import lib\nprint(lib.VERSION, __name__)\n", "utf-8")
    try:
        assert world.project.python("-m", "dep_a@1.0").out == "1 __main__\n"
    finally:
        main.unlink()
