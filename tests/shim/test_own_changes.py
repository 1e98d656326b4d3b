"""What an environment's code changes in importlib's own objects is its own affair: hooks, `PathFinder`, `pkgutil`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.shim.world import World

# What the backport `importlib_metadata` does when it is imported (its `_compat.py`).
BACKPORT = """
    import importlib.metadata, sys
    class Finder:
        @staticmethod
        def find_spec(*arguments, **keywords):
            return None
        def find_distributions(self, context=None):
            return importlib.metadata.MetadataPathFinder.find_distributions(
                context or importlib.metadata.DistributionFinder.Context())
    sys.meta_path.append(Finder())
    for finder in sys.meta_path:
        builtin = getattr(finder, "__module__", None) == "_frozen_importlib_external"
        if builtin and hasattr(finder, "find_distributions"):
            del finder.find_distributions
    def versions():
        return [importlib.metadata.version("lib"), len(importlib.metadata.distributions.__doc__) > 0,
                sorted(found.name for found in importlib.metadata.distributions()).count("lib")]
    """
LOOK = """
    import importlib.metadata
    def versions():
        return [importlib.metadata.version("lib"),
                sorted(found.name for found in importlib.metadata.distributions()).count("lib")]
    """


def test_the_backport_of_importlib_metadata(world: World) -> None:
    """[PathFinder] It takes `find_distributions` away for itself: the others find every distribution, and once."""
    backport, look = world.add_probe(BACKPORT, ["dep_a"]), world.add_probe(LOOK, ["dep_b"])
    program = f"""
        import importlib.metadata, json
        def all_there():
            return [importlib.metadata.version("lib"), len(list(importlib.metadata.distributions()))]
        before = all_there()
        from dep_a import {backport} as a
        from dep_b import {look} as b
        print(json.dumps([before == all_there(), before[0], a.versions()[0], a.versions()[2], b.versions()]))
        """
    assert world.answer(program) == [True, "2", "1", 1, ["2", 1]]


def test_pkgutil(world: World) -> None:
    """[pkgutil] A name that was added is there for who sees the module, a function that was replaced likewise."""
    changes = world.add_probe(
        """
        import pkgutil
        original = pkgutil.get_data
        pkgutil.ImpAdded = object
        pkgutil.get_data = lambda package, resource: b"replaced"
        def seen():
            from pkgutil import ImpAdded
            return [hasattr(pkgutil, "ImpAdded"), pkgutil.get_data("lib", "data.txt").decode()]
        """,
        ["dep_a"],
    )
    look = world.add_probe(
        """
        import pkgutil
        def seen():
            return [hasattr(pkgutil, "ImpAdded"), pkgutil.get_data("lib", "data.txt").decode()]
        """,
        ["dep_b"],
    )
    program = f"""
        import json, pkgutil
        from dep_a import {changes} as a
        from dep_b import {look} as b
        print(json.dumps([a.seen(), b.seen(), hasattr(pkgutil, "ImpAdded"),
                          pkgutil.get_data("lib", "data.txt").decode()]))
        """
    assert world.answer(program) == [
        [True, "replaced"],
        [False, "data 2\n"],
        False,
        "data 2\n",
    ]


HOOK = """
    import importlib.machinery, os, sys
    asked = []
    def hook(path):
        asked.append(path)
        raise ImportError
    class Loader(importlib.machinery.SourceFileLoader):
        def get_data(self, path):
            return super().get_data(path).replace(b"plain", b"changed")
    def install():
        sys.path_hooks.insert(0, hook)
        sys.path_hooks.insert(0, importlib.machinery.FileFinder.path_hook((Loader, [".py"])))
        sys.path_importer_cache.clear()
        return len(sys.path_hooks)
    def take_away():
        del sys.path_hooks[:2]
        return len(sys.path_hooks)
    def hooks():
        return len(sys.path_hooks)
    def load(name):
        import importlib
        return importlib.import_module(name).VALUE
    """


def test_path_hooks(world: World) -> None:
    """[path hooks] A hook that an environment installs, whoever calls it, serves that environment's searches only."""
    names = ["hooked_one", "hooked_two", "hooked_three"]
    for name in names:
        world.project.write(f"{name}.py", "VALUE = 'plain'\n")
    hook = world.add_probe(HOOK, ["dep_a", "dep_b"])
    program = f"""
        import json, sys
        from dep_a import {hook} as a
        from dep_b import {hook} as b
        before = len(sys.path_hooks)
        more = a.install() - before
        seen = [len(sys.path_hooks) - before, b.hooks() - before]
        values = [b.load("hooked_one"), a.load("hooked_two"), b.load("hooked_three")]
        print(json.dumps([more, seen, values, a.take_away() - before, len(sys.path_hooks) - before,
                          all("py_modules" not in str(path) for path in sys.path_importer_cache if path in a.asked)]))
        """
    assert world.answer(program)[:5] == [2, [0, 0], ["plain", "changed", "plain"], 0, 0]


def test_hooks_that_others_have_installed(world: World) -> None:
    """[hooks] What an environment takes out of `sys.meta_path` is gone for itself, unless it is its own."""
    takes = world.add_probe(
        """
        import sys
        def take_away(hook):
            sys.meta_path.remove(hook)
            return hook in sys.meta_path
        def sees(hook):
            return hook in sys.meta_path
        def put_back(hook):
            sys.meta_path.append(hook)
        """,
        ["dep_a", "dep_b"],
    )
    program = f"""
        import json, sys
        from dep_a import {takes} as a
        from dep_b import {takes} as b
        class Hook:
            def find_spec(self, name, path=None, target=None):
                return None
        hook = Hook()
        sys.meta_path.insert(0, hook)
        found = [a.take_away(hook), b.sees(hook), hook in sys.meta_path]
        a.put_back(hook)
        found += [a.sees(hook), b.sees(hook), sys.meta_path.count(hook)]
        sys.meta_path.remove(hook)
        print(json.dumps([*found, a.sees(hook), b.sees(hook)]))
        """
    assert world.answer(program) == [False, True, True, True, True, 1, False, False]


def test_assigned_by_an_environment(world: World) -> None:
    """[hooks] `sys.meta_path = […]`, made from what one environment sees, leaves another's hooks where they are."""
    hooks = world.add_probe(
        """
        import importlib.util, sys
        class Hook:
            def find_spec(self, name, path=None, target=None):
                return None
        hook = Hook()
        def insert():
            sys.meta_path.insert(0, hook)
        def assign():
            sys.meta_path = [hook, *sys.meta_path]
            importlib.util.find_spec("absent")
        def seen():
            return [hook in sys.meta_path, [type(one).__name__ for one in sys.meta_path].count("Hook")]
        """,
        ["dep_a", "dep_b"],
    )
    program = f"""
        import json, sys
        from dep_a import {hooks} as a
        from dep_b import {hooks} as b
        a.insert()
        b.assign()
        import lib.late
        print(json.dumps([a.seen(), b.seen(), a.hook in sys.meta_path, b.hook in sys.meta_path, len(sys.meta_path)
                          == len({{id(one) for one in sys.meta_path}})]))
        """
    assert world.answer(program) == [[True, 1], [True, 1], True, True, True]
