"""Namespace packages (PEP 420) whose portions differ in version, or live in several environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

OWN = {
    "import": """
        import ns.one, ns.two
        def outcome():
            return [ns.one.VERSION, ns.two.VERSION, ns.one.__file__]
        """,
    "from": """
        from ns import one, two
        from ns.both import inner
        from ns.both.inner import VERSION, SAME
        def outcome():
            return [one.VERSION, two.VERSION, inner.VERSION, VERSION, SAME]
        """,
    "the other portion first": """
        import ns.two, sys
        before = ["ns.one" in sys.modules, hasattr(ns, "one")]
        def outcome():
            import ns.one
            return [before, ns.one.VERSION, ns.two.VERSION, sys.modules["ns"] is ns, sys.modules["ns.one"] is ns.one]
        """,
    "attributes": """
        import ns, ns.both, ns.one
        def outcome():
            return [ns.__name__, type(ns.__name__).__name__, getattr(ns, "__file__", None), ns.__package__,
                    ns.__spec__.origin, ns.__spec__.name == "ns", ns.__spec__.parent, ns.both.__package__,
                    sorted(name for name in vars(ns.both) if name.startswith("__")), ns.one.VERSION,
                    ns.both.__path__[0], len(ns.both.__path__), list(ns.both.__path__)[-1],
                    ns.both.__spec__.submodule_search_locations[0], ns.__spec__.loader is ns.__loader__]
        """,
    "find_spec": """
        import importlib.util
        def outcome():
            return [importlib.util.find_spec("ns").loader is None or importlib.util.find_spec("ns").origin is None,
                    importlib.util.find_spec("ns.one").origin, importlib.util.find_spec("ns.absent")]
        """,
    "missing portion": """
        import lib
        def outcome():
            try:
                import ns.absent
            except ModuleNotFoundError as error:
                return [str(error), error.name, lib.VERSION]
        """,
    "pkgutil": """
        import ns, pkgutil, ns.one
        def outcome():
            return [sorted(found.name for found in pkgutil.walk_packages(ns.__path__, "ns.")), ns.one.VERSION]
        """,
    "reload": """
        import importlib, ns.one, ns.both.inner
        def outcome():
            importlib.reload(ns)
            importlib.reload(ns.both)
            again = importlib.reload(ns.one)
            return [again.VERSION, again is ns.one, ns.both.inner.VERSION, again.__name__]
        """,
    "resources": """
        import importlib.resources, ns.one
        def outcome():
            found = importlib.resources.files("ns.both")
            return [(found / "inner.py").read_text(), ns.one.VERSION, sorted(
                item.name for item in importlib.resources.files("ns").iterdir() if item.suffix == ".py")]
        """,
}


@pytest.mark.parametrize("use", OWN)
def test_portions(world: World, use: str) -> None:
    """[portions] `ns.one` in two versions, `ns.two` once beside them: each environment finds its own portions."""
    world.same_outcome(OWN[use], both_orders=True)


def test_portion_installed_once(world: World) -> None:
    """[portions] The portion of which there is one instance is one module for both environments."""
    name = world.add_probe("import ns.one, ns.two\n")
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([a.ns.two is b.ns.two, a.ns.one is b.ns.one, a.ns is b.ns]))
        """
    one, versions, packages = world.answer(program)
    installed = list(world.project.root.glob("py_modules/*/lib/*/site-packages/ns/two.py"))
    assert one is (len(installed) == 1)
    assert (versions, packages) == (False, False)


SPREAD = {
    "import": "import spread.x, spread.y; found = [spread.x.VERSION, spread.y.VERSION]",
    "from": "from spread import y, x; found = [x.VERSION, y.VERSION]",
    "from module": "from spread.x import VERSION as one; from spread.y import VERSION as two; found = [one, two]",
    "import_module": "import importlib; found = [importlib.import_module('spread.' + n).VERSION for n in 'xy']",
    "find_spec": "import importlib.util, sys; found = [importlib.util.find_spec('spread.' + n).origin for n in 'xy']; "
    "loaded = [n for n in 'xy' if 'spread.' + n in sys.modules]; import spread.x, spread.y; "
    "found = loaded or [m.VERSION for m in (spread.x, spread.y) if m.__file__ in found]",
    "reversed": "import spread.y, dep_a, spread.x; found = [spread.x.VERSION, spread.y.VERSION]",
    "sys.modules": "import sys, spread.x, spread.y; found = [sys.modules['spread.' + n].VERSION for n in 'xy']",
    "pkgutil": "import pkgutil, spread; names = [m.name for m in pkgutil.iter_modules(spread.__path__)]; "
    "found = [str(names.index('x') + 1), str(names.index('y') + 1)] if names == ['x', 'y'] else names",
}


@pytest.mark.parametrize("form", SPREAD)
def test_portions_in_two_environments(world: World, form: str) -> None:
    """[spread] The application imports portions that live in different environments as one package."""
    program = f"import json\n{SPREAD[form]}\nprint(json.dumps(found))\n"
    assert world.answer(program) == ["1", "2"]


def test_spread_is_one_package(world: World) -> None:
    """[spread] The application's namespace package is one module with all portions and plain attributes."""
    program = """
        import json, sys
        import spread.x
        import spread
        before = len(list(spread.__path__))
        import spread.y
        try:
            import spread.absent
        except ModuleNotFoundError as error:
            missing = [str(error), error.name]
        print(json.dumps([before, spread.x.__name__, type(spread.__name__).__name__, spread.__spec__.origin,
                          spread.x.__spec__.parent, spread.x.__package__, sys.modules["spread"] is spread,
                          getattr(spread, "__file__", None), missing, spread.x.__file__, spread.y.__file__]))
        """
    found = world.answer(program)
    home = str(world.home("dep_a")), str(world.home("dep_b"))
    files = [
        text.replace("<site of dep_a>", home[0]).replace("<site of dep_b>", home[1]) for text in found[-2:]
    ]
    assert all("/py_modules/" in file or file.startswith("<root>/py_modules") for file in files)
    assert found[:-2] == [
        2,
        "spread.x",
        "str",
        None,
        "spread",
        "spread",
        True,
        None,
        ["No module named 'spread.absent'", "spread.absent"],
    ]


def test_environment_sees_its_own_portion(world: World) -> None:
    """[spread] An environment that has one portion doesn't see the other; the modules are the application's."""
    program = """
        import json
        import spread.x, spread.y
        print(json.dumps([spread.x.own(), spread.y.own()]))
        """
    for package, portion, other in (("dep_a", "x", "y"), ("dep_b", "y", "x")):
        sites = {
            path.parents[1]
            for path in world.project.root.glob(f"py_modules/*/lib/*/site-packages/spread/{portion}.py")
        }
        assert len(sites) == 1, package
        file = sites.pop() / "spread" / f"{portion}.py"
        file.unlink()  # it may be a hard link into a cache
        file.write_text(
            "import lib\nVERSION = lib.VERSION\n"
            f"def own():\n    import sys, spread.{portion} as mine\n    try:\n        import spread.{other}\n"
            f"    except ModuleNotFoundError as error:\n        return [error.name, mine is sys.modules[__name__]]\n",
            encoding="utf-8",
        )
    assert world.answer(program) == [["spread.y", True], ["spread.x", True]]


def test_portion_in_the_application(world: World) -> None:
    """[application's portion] A folder of the application is a portion beside those of environments."""
    world.project.write("spread/mine.py", "from spread import x\nVERSION = 'mine, beside ' + x.VERSION\n")
    try:
        program = """
            import json
            import spread.mine, spread.y, spread.x
            print(json.dumps([spread.mine.VERSION, spread.x.VERSION, spread.y.VERSION, len(list(spread.__path__))]))
            """
        assert world.answer(program) == ["mine, beside 1", "1", "2", 3]
    finally:
        (world.project.root / "spread" / "mine.py").unlink()
        for leftover in (world.project.root / "spread").rglob("*.pyc"):
            leftover.unlink()


def test_applications_own_namespace(world: World) -> None:
    """[application's portion] A namespace name that the application doesn't declare is its own folder alone."""
    world.project.write("ns/own.py", "VERSION = 'own'\n")
    program = """
        import json
        import dep_a, dep_b
        import ns.own
        from dep_a import tools
        try:
            import ns.one
            found = ns.one.__file__
        except ModuleNotFoundError as error:
            found = error.name
        print(json.dumps([ns.own.VERSION, found, len(list(ns.__path__))]))
        """
    found = world.answer(program)
    assert found == ["own", "ns.one", 1]
