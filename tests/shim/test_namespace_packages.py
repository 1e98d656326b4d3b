"""Namespace packages (PEP 420) whose portions differ in version, or live in several environments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

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
    "pkgutil": "import pkgutil, spread; names = [m.name for m in pkgutil.iter_modules(spread.__path__)][-2:]; "
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


UNDECLARED = {
    "import": "import spread.low.inner; low = spread.low",
    "from": "from spread import low; import spread.low.inner",
    "from inner": "from spread.low.inner import Thing; import spread.low as low; low.inner",
    "import_module": "import importlib; low = importlib.import_module('spread.low'); import spread.low.inner",
    "deep": "import spread.deep.low; low = spread.deep.low; import spread.low.inner",
}


@pytest.mark.parametrize("form", UNDECLARED)
@pytest.mark.parametrize("first", ["pass", "from dep_a import {a}; from dep_b import {b}"])
def test_undeclared_portion(world: World, form: str, first: str) -> None:
    """[one provider] A portion that several environments have, undeclared, is the first one's module for everybody."""
    name = world.add_probe("import lib\n")
    program = f"""
        import json, sys
        import spread.x
        {first.format(a=name, b=name)}
        {UNDECLARED[form]}
        import spread.y
        files = {{}}
        for module in list(sys.modules.values()):
            if getattr(module, "__file__", None):
                files.setdefault(module.__file__, set()).add(id(module))
        print(json.dumps([low.VERSION, low.__file__.partition("spread")[2].count("low") > 0,
                          spread.low.inner.Thing.version == low.VERSION,
                          [file for file, modules in files.items() if len(modules) > 1]]))
        """
    version, *rest = world.answer(program)
    assert version in ("1", "2")
    assert rest == [True, True, []]


def test_portions_of_one_distribution_stay_together(world: World) -> None:
    """[one provider] What only the other version of a distribution has is not there beside the one that is seen."""
    program = """
        import importlib.util, json, pkgutil
        import spread, spread.low
        other = {"1": "2", "2": "1"}[spread.low.VERSION]
        print(json.dumps([
            importlib.util.find_spec(f"spread.low_{spread.low.VERSION}") is not None,
            importlib.util.find_spec(f"spread.low_{other}") is None,
            sorted(found.name for found in pkgutil.iter_modules(spread.__path__))
            == sorted(["low", f"low_{spread.low.VERSION}", "x", "y"]),
        ]))
        """
    assert world.answer(program) == [True, True, True]


def test_data_only_portion(world: World) -> None:
    """[data] A folder of a namespace package that holds nothing but data is a portion, in its real folder."""
    program = """
        import importlib.resources, json, os
        from spread import only_data
        import spread.x
        text = importlib.resources.files("spread.only_data").joinpath("some.txt").read_text()
        print(json.dumps([text, os.listdir(list(only_data.__path__)[0]), only_data.__name__]))
        """
    assert world.answer(program) == ["data\n", ["some.txt"], "spread.only_data"]


def test_version_names(world: World) -> None:
    """[version names] A module of a namespace package has its distribution's version in its name; pickles use it."""
    program = """
        import importlib, json, pickle, pickletools, subprocess, sys
        one, two = (importlib.import_module(f"spread@{version}.low.inner") for version in "12")
        again = [pickle.loads(pickle.dumps(module.Thing())) for module in (one, two)]
        errors = []
        for name in ("spread@9.low", "spread.low@9", "spread@1.absent"):
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                errors.append([error.name, str(error)])
        data = b"".join(pickle.dumps(module.Thing()) for module in (one, two)).hex()
        read = f"import io, pickle; file = io.BytesIO(bytes.fromhex('{data}')); " \
               "print([pickle.load(file).version for _ in 'ab'])"
        print(json.dumps([one.Thing.version, two.Thing.version, one.__name__,
                          [type(thing) is module.Thing for thing, module in zip(again, (one, two))], errors,
                          subprocess.run([sys.executable, "-c", read], capture_output=True, text=True).stdout.strip()]))
        """
    *found, errors, read = world.answer(program)
    assert found == ["1", "2", "spread.low.inner", [True, True]]
    assert read == "['1', '2']"
    assert [name for name, _ in errors] == ["spread@9.low", "spread.low@9", "spread@1.absent"]
    assert "no environment of this project holds that version" in errors[0][1]
    assert "the version stands after the first part of a name" in errors[1][1]
    assert "no environment" not in errors[2][1]


GROWING = """
    import importlib, os, sys, ns.one
    def grow(folder):
        os.makedirs(os.path.join(folder, "ns"), exist_ok=True)
        with open(os.path.join(folder, "ns", "added.py"), "w") as file:
            file.write("VALUE = 'added'")
        before = len(ns.__path__)
        sys.path.insert(0, folder)
        importlib.import_module("ns.added")
        return [ns.added.VALUE, ns.added.__file__ == os.path.join(folder, "ns", "added.py"), ns.one.VERSION]
    def own():
        folder = os.path.join(os.path.dirname(os.path.dirname(ns.one.__file__)), "vendored")
        return [*grow(folder), len([entry for entry in ns.__path__ if "vendored" in entry])]
    """


def test_path_that_grows(world: World) -> None:
    """[grows] A portion in a folder that is put on the path after the package was imported (`pkg_resources`)."""
    name = world.add_probe(GROWING)
    folder = str(world.project.root / "growing")
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        found = [a.own(), b.own()]
        outside = [a.grow({folder!r}), b.grow({folder!r})]
        print(json.dumps([found, outside, a.ns.added.__name__]))
        """
    found, outside, added = world.answer(program)
    assert found == [["added", True, "1", 1], ["added", True, "2", 1]]
    assert added == "ns.added"
    assert [one[2] for one in outside] == ["1", "2"]


def test_portion_outside_is_one_module(world: World) -> None:
    """[grows] A portion in a folder outside all environments is the application's module for everybody."""
    name = world.add_probe("""
        import sys, ns.two
        def load(folder):
            sys.path.append(folder)
            import ns.outside
            return ns.outside
        """)
    world.project.write("outside-portion/ns/outside.py", "VALUE = 'outside'\n")
    folder = str(world.project.root / "outside-portion")
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        one, two = a.load({folder!r}), b.load({folder!r})
        import ns.outside
        print(json.dumps([one is two is ns.outside, one.VALUE, one.__name__]))
        """
    assert world.answer(program) == [True, "outside", "ns.outside"]


def test_made_from_a_spec(world: World) -> None:
    """[looks] What is made from the spec of a namespace package has a plain name; nothing names the shim."""
    name = world.add_probe("""
        import importlib.util
        def outcome():
            module = importlib.util.module_from_spec(importlib.util.find_spec("ns"))
            import ns, ns.one
            return [module.__name__, type(module.__name__).__name__, "shim" in repr(module),
                    "shim" in repr(ns), "shim" in repr(ns.__spec__), type(ns.__loader__).__name__ in repr(ns.__loader__)
                    or repr(ns.__loader__).partition(" object")[0], repr(ns.one.__loader__).partition(" object")[0],
                    repr(ns.one.__spec__).partition("(")[0], ns.one.VERSION]
        """)
    program = f"import json\nfrom dep_a import {name} as a\nprint(json.dumps(a.outcome()))\n"
    found = world.answer(program)
    assert found == [
        "ns", "str", False, False, False, "<_frozen_importlib_external.NamespaceLoader",
        "<_frozen_importlib_external.SourceFileLoader", "ModuleSpec", "1",
    ]  # fmt: skip


def test_equally_near_portions_go_by_pyproject(project: ProjectFolder, index: Index) -> None:
    """[one provider] Of two versions that are equally near it is that of the first requirement in pyproject.toml."""
    for version in ("1", "2"):
        index.add("near-core", version, files={"near/core.py": f"VERSION = '{version}'\n"})
    for name, version in (("zeta", "1"), ("alpha", "2")):
        portion = "from near.core import VERSION\n"
        index.add(f"near-{name}", "1", requires=[f"near-core=={version}"], files={f"near/{name}.py": portion})
    project.pyproject(["near-zeta", "near-alpha"])
    project.mvenv("build")
    seen = "near.alpha.VERSION, near.zeta.VERSION, near.core.VERSION"
    program = f"import near.alpha, near.zeta, near.core\nprint({seen})"
    assert project.python("-c", program).out == "2 1 1\n"
