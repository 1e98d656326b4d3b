"""The folder of links for tools that read code without running it is on nobody's path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World


@pytest.mark.parametrize("flags", [(), ("-I",), ("-s", "-E")])
def test_sys_path(world: World, flags: tuple[str, ...]) -> None:
    """The application's path ends with its `site-packages`, before the first import and after it; nobody's has more."""
    assert (world.project.library / "static_view/lib").is_symlink()
    name = world.add_probe("import sys\ndef seen():\n    return [*sys.path]\n", ("dep_a",))
    program = f"""
        import json, sys
        kept, before = sys.path, [*sys.path]
        import dep_a.{name}, importlib, pkgutil
        importlib.invalidate_caches()
        links = [entry for entry in (*before, *kept, *sys.path, *dep_a.{name}.seen()) if "static_view" in entry]
        found = [one.module_finder.path for one in pkgutil.iter_modules() if one.name in ("dep_a", "dep_b", "lib")]
        print(json.dumps([before[-1], before == [*kept] == [*sys.path], links, found]))
        """
    site_packages = str(world.project.library / "site-packages").replace(str(world.project.root), "<root>")
    assert world.answer(program, *flags) == [site_packages, True, [], []]


def test_mypy_in_the_process(world: World) -> None:
    """It asks for the path in a module of its own, and nothing else sees more for it."""
    module = world.project.write("mypy/pyinfo.py", "import sys\ndef path():\n    return sys.path[0:]\n")
    world.project.write("mypy/__init__.py", "")
    program = """
        import json, sys
        from mypy import pyinfo
        import dep_a, dep_b
        asked = pyinfo.path()
        print(json.dumps([asked[:-1] == [*sys.path], asked[-1], "static_view" in dep_b.__file__]))
        """
    try:
        folder = str(world.project.library / "static_view").replace(str(world.project.root), "<root>")
        assert world.answer(program) == [True, folder, False]
    finally:
        module.unlink()
        (module.parent / "__init__.py").unlink()


def test_pylint_in_the_process(world: World) -> None:
    """It looks for modules of the application through `PathFinder`; what it imports itself is what everybody gets."""
    text = """
        import importlib, importlib.machinery
        def found(name):
            return importlib.machinery.PathFinder.find_spec(name).origin
        imported = importlib.import_module("dep_b")
        """
    module = world.project.write("astroid/modutils.py", text)
    world.project.write("astroid/__init__.py", "")
    program = """
        import importlib.machinery, json
        from astroid import modutils
        import dep_b
        others = importlib.machinery.PathFinder.find_spec("dep_b")
        print(json.dumps(["static_view" in modutils.found("dep_b"), modutils.imported is dep_b, dep_b.VERSION, others]))
        """
    try:
        assert world.answer(program) == [True, True, "2", None]
    finally:
        module.unlink()
        (module.parent / "__init__.py").unlink()
