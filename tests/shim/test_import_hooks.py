"""Import hooks: the application's are honoured, and leave the versions apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

USE = """
    import lib.late, utils
    from lib.sub import deep
    def outcome():
        from lib import mod
        return [lib.late.VERSION, deep.VERSIONS, mod.VERSION, utils.VERSION, utils.__file__]
    """

EXPECTED = [
    [version, [version] * 3, version, version, f"<site of {package}>/utils.py"]
    for version, package in (("1", "dep_a"), ("2", "dep_b"))
]

INSERTIONS = {
    "insert": "sys.meta_path.insert(0, Hook())",
    "slice": "sys.meta_path[:0] = [Hook()]",
    "slice of all": "sys.meta_path[:] = [Hook(), *sys.meta_path]",
    "append": "sys.meta_path.append(Hook())",
    "new list": "sys.meta_path = [Hook(), *sys.meta_path]",
}


@pytest.mark.parametrize("insertion", INSERTIONS)
@pytest.mark.parametrize("when", ["before the first import", "after"])
def test_observing_hook(world: World, insertion: str, when: str) -> None:
    """[hooks] A hook that only looks on, wherever it is inserted, is asked and changes nothing."""
    name = world.add_probe(USE)
    start = "import dep_c" if when == "after" else ""
    program = f"""
        import json, sys
        {start}
        asked = set()
        class Hook:
            def find_spec(self, name, path=None, target=None):
                asked.add(str(name))
                return None
        {INSERTIONS[insertion]}
        from dep_a import {name} as a
        from dep_b import {name} as b
        import shared
        print(json.dumps([a.outcome(), b.outcome(), sorted(asked & {{"lib", "lib.late", "shared", "dep_a"}})]))
        """
    a, b, asked = world.answer(program)
    assert [a, b] == EXPECTED
    if insertion != "append":  # behind the others it is asked for what they don't find
        assert asked == ["dep_a", "lib", "lib.late", "shared"]


REWRITER = """
    import importlib.abc, importlib.machinery, importlib.util, json, sys

    class Rewriter(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        # As pytest's AssertionRewritingHook: PathFinder finds, this loader executes a changed source.
        def __init__(self, wanted):
            self.wanted, self.rewritten = wanted, []

        def find_spec(self, name, path=None, target=None):
            spec = importlib.machinery.PathFinder.find_spec(name, path)
            if spec is None or spec.origin is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
                return None
            if not self.wanted(name, spec.origin):
                return None
            return importlib.util.spec_from_file_location(
                name, spec.origin, loader=self, submodule_search_locations=spec.submodule_search_locations
            )

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            self.rewritten.append([module.__spec__.name == module.__name__, module.__name__])
            with open(module.__spec__.origin) as file:
                source = file.read()
            exec(compile(source + "\\nREWRITTEN = True\\n", module.__spec__.origin, "exec"), module.__dict__)
    """


def test_rewriting_hook_for_the_application(world: World) -> None:
    """[hooks] A hook that rewrites sources is honoured for the application's modules, whose imports stay right."""
    world.project.write("rewritten_one.py", "import lib, dep_a\nVERSIONS = [lib.VERSION, dep_a.VERSION]\n")
    world.project.write("rewritten_pack/__init__.py", "from . import two\nfrom .two import VERSION\n")
    world.project.write("rewritten_pack/two.py", "from lib.late import VERSION\n")
    program = f"""{REWRITER}
    hook = Rewriter(lambda name, origin: name.startswith("rewritten_"))
    sys.meta_path.insert(0, hook)
    import rewritten_one, rewritten_pack, dep_b
    import dep_a.tools
    print(json.dumps([rewritten_one.REWRITTEN, rewritten_one.VERSIONS, rewritten_pack.two.REWRITTEN,
                      rewritten_pack.VERSION, rewritten_pack.two.VERSION, dep_a.tools.library_version(),
                      hasattr(dep_a, "REWRITTEN"), rewritten_one.__spec__.loader is hook, hook.rewritten,
                      sys.modules["rewritten_one"] is rewritten_one, dep_b.VERSION]))
    """
    assert world.answer(program) == [
        True,
        ["2", "1"],
        True,
        "2",
        "2",
        "1",
        False,
        True,
        [[True, "rewritten_one"], [True, "rewritten_pack"], [True, "rewritten_pack.two"]],
        True,
        "2",
    ]


def test_rewriting_hook_and_an_environments_name(world: World) -> None:
    """[hooks] A hook that finds the application's `utils.py` does not give it to environments with a `utils`."""
    world.project.write("hooked/utils.py", "WHERE = 'application'\n")
    name = world.add_probe(USE)
    folder = str(world.project.root / "hooked")
    program = f"""{REWRITER}
    sys.path.insert(0, {folder!r})
    hook = Rewriter(lambda name, origin: origin.startswith({folder!r}))
    sys.meta_path.insert(0, hook)
    from dep_a import {name} as a
    from dep_b import {name} as b
    import utils
    print(json.dumps([a.outcome(), b.outcome(), utils.WHERE, utils.REWRITTEN, utils.__name__]))
    """
    assert world.answer(program) == [*EXPECTED, "application", True, "utils"]


def test_rewriting_hook_for_everything(world: World) -> None:
    """[hooks] A hook that takes every source file keeps the versions apart, and sees plain names."""
    name = world.add_probe(USE)
    program = f"""{REWRITER}
    hook = Rewriter(lambda name, origin: "site-packages" in origin)
    sys.meta_path.insert(0, hook)
    from dep_a import {name} as a
    from dep_b import {name} as b
    import lib
    print(json.dumps([a.outcome(), b.outcome(), lib.VERSION, sys.modules["lib"] is lib, b.lib is lib, a.lib is lib]))
    """
    assert world.answer(program) == [*EXPECTED, "2", True, True, False]


def test_replacing_hook(world: World) -> None:
    """[hooks] A hook that supplies a module of its own for a name serves the application that installed it."""
    program = """
        import importlib.abc, importlib.util, json, sys
        class Supplier(importlib.abc.Loader):
            def find_spec(self, name, path=None, target=None):
                return importlib.util.spec_from_loader(name, self) if name == "supplied" else None
            def exec_module(self, module):
                import lib
                module.VERSION = lib.VERSION
        sys.meta_path.insert(0, Supplier())
        import dep_a
        import supplied
        from dep_a import tools
        print(json.dumps([supplied.VERSION, supplied.__name__, tools.call(__import__, "supplied") is supplied]))
        """
    assert world.answer(program) == ["2", "supplied", True]


def test_hook_of_an_environment(world: World) -> None:
    """[hooks] A hook that one environment's code installs makes that environment's modules, not a neighbour's."""
    name = world.add_probe("""
        import importlib.util, sys, lib
        class Hook:
            def find_spec(self, name, path=None, target=None):
                return importlib.util.spec_from_loader(name, self) if name == "lib.made_by_hook" else None
            def create_module(self, spec):
                return None
            def exec_module(self, module):
                module.VERSION = "made for " + lib.VERSION
        def install():
            sys.meta_path.insert(0, Hook())
        def load():
            try:
                import lib.made_by_hook
                return lib.made_by_hook.VERSION
            except ModuleNotFoundError as error:
                return error.name
        """)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        a.install()
        first = [a.load(), b.load()]
        b.install()
        print(json.dumps([first, a.load(), b.load()]))
        """
    assert world.answer(program) == [["made for 1", "lib.made_by_hook"], "made for 1", "made for 2"]


def test_removing_a_hook(world: World) -> None:
    """[hooks] `sys.meta_path` otherwise behaves as a list: a hook is removed, popped and found again."""
    program = """
        import json, sys
        import dep_a
        before = list(sys.meta_path)
        class Hook:
            def find_spec(self, name, path=None, target=None):
                return None
        hook = Hook()
        sys.meta_path.insert(0, hook)
        there = hook in sys.meta_path
        sys.meta_path.remove(hook)
        sys.meta_path.append(hook)
        popped = sys.meta_path.pop() is hook
        import dep_b
        print(json.dumps([there, popped, list(sys.meta_path) == before, dep_a.VERSION, dep_b.VERSION]))
        """
    assert world.answer(program) == [True, True, True, "1", "2"]


def test_lazy_loader_hook(world: World) -> None:
    """[hooks] `importlib.util.LazyLoader` as a hook for everything: attributes come from the right version."""
    program = """
        import importlib.machinery, importlib.util, json, sys
        import threading  # LazyLoader imports it while it loads
        class Lazy:
            def find_spec(self, name, path=None, target=None):
                spec = importlib.machinery.PathFinder.find_spec(name, path, target)
                if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
                    spec.loader = importlib.util.LazyLoader(spec.loader)
                    return spec
                return None
        sys.meta_path.insert(0, Lazy())
        import dep_a.tools, dep_b.tools, lib.late
        print(json.dumps([dep_a.tools.library_version(), dep_b.tools.library_version(), lib.late.VERSION,
                          dep_a.VERSION, dep_b.VERSION]))
        """
    assert world.answer(program) == ["1", "2", "2", "1", "2"]


def test_a_lazy_loader_is_lazy(world: World) -> None:
    """[hooks] Where a hook puts `LazyLoader` around a loader, the module runs when it is first asked for something."""
    lazy = world.add_probe("print('executed')\nvalue = 1", ["dep_a"])
    program = f"""
        import importlib.util, sys
        import dep_a
        class Finder:
            def find_spec(self, name, path=None, target=None):
                others = [each for each in sys.meta_path if each is not self]
                spec = next((found for each in others if (found := each.find_spec(name, path, target))), None)
                if spec is not None and name.endswith({lazy!r}):
                    spec.loader = importlib.util.LazyLoader(spec.loader)
                return spec
        sys.meta_path.insert(0, Finder())
        import dep_a.{lazy}
        print("imported")
        print(dep_a.{lazy}.value, dep_a.{lazy}.__distribution__.name)
        """
    assert world.program(program).out.split() == ["imported", "executed", "1", "dep-a"]
