"""`sys.modules`: one dict, the same object throughout, in which each caller finds its own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

OWN = {
    "subscript": """
        import sys, lib.mod
        def outcome():
            return [sys.modules["lib"].VERSION, sys.modules["lib.mod"].VERSION]
        """,
    "get": """
        import sys, lib
        def outcome():
            found = sys.modules.get("lib.x")
            return [found.VERSION, found is lib.x, sys.modules.get("lib.absent"), sys.modules.get("absent", 5)]
        """,
    "in": """
        import sys, lib
        def outcome():
            name = "".join(["li", "b.", "x"])  # no interned constant
            return [name in sys.modules, "lib" in sys.modules, "lib" not in sys.modules, lib.VERSION]
        """,
    "setdefault": """
        import sys, lib
        def outcome():
            return [sys.modules.setdefault("lib", None).VERSION, sys.modules.setdefault("lib.x").VERSION]
        """,
    "own name": """
        import sys, lib
        def outcome():
            return [sys.modules[__name__].__dict__ is globals(), lib.VERSION]
        """,
    "the library's own name": """
        import sys, lib.mod
        def outcome():
            Thing = lib.mod.Thing
            return [sys.modules[Thing.__module__].VERSION, getattr(sys.modules[Thing.__module__], "Thing") is Thing]
        """,
    "pop and import again": """
        import sys, lib.late
        def outcome():
            old = sys.modules.pop("lib.late")
            gone = "lib.late" in sys.modules
            import lib.late
            again = sys.modules["lib.late"]
            return [old.VERSION, gone, again is old, again.VERSION, lib.late is again]
        """,
    "delete": """
        import sys, lib.late
        def outcome():
            del sys.modules["lib.late"]
            try:
                del sys.modules["lib.late"]
            except KeyError as error:
                return ["KeyError", str(error), lib.VERSION]
        """,
    "assign": """
        import sys, types, lib
        def outcome():
            stand_in = sys.modules["lib.late"] = types.ModuleType("lib.late")
            stand_in.VERSION = "stand-in for " + lib.VERSION
            from lib.late import VERSION
            return [VERSION, sys.modules["lib.late"] is stand_in]
        """,
    "None blocks": """
        import sys, lib
        def outcome():
            sys.modules["lib.late"] = None
            try:
                from lib.late import VERSION
            except ImportError as error:
                return [type(error).__name__, str(error), lib.VERSION]
        """,
    "stand-in for itself": """
        import sys, types, lib
        class Lazy(types.ModuleType):
            def __getattr__(self, name):
                return name + " " + lib.VERSION
        lazy = Lazy(__name__)
        lazy.outcome = lambda: [__import__("importlib").import_module(__name__).anything, sys.modules[__name__] is lazy]
        sys.modules[__name__] = lazy
        def outcome():
            return lazy.outcome()
        """,
}


@pytest.mark.parametrize("access", OWN)
def test_own_entries(world: World, access: str) -> None:
    """[own entries] Reading and changing entries means the caller's own modules, and nobody else's."""
    world.same_outcome(OWN[access])


def test_what_a_view_lacks(world: World) -> None:
    """[absent] A name that another environment has loaded is absent for who cannot import it."""
    program = """
        import json, sys
        import dep_a, dep_b, only_a, only_b
        from dep_a import probe as a
        from dep_b import probe as b
        print(json.dumps([a.look(), b.look(), "duo" in sys.modules, sys.modules.get("duo"), "only_a" in sys.modules]))
        """
    look = """
        import sys, duo
        def look():
            try:
                sys.modules["only_b"]
                sys.modules["only_a"]
            except KeyError as error:
                return [str(error), "only_a" in sys.modules, sys.modules.get("only_a") is None,
                        "only_b" in sys.modules, sys.modules.get("only_b", 7) == 7]
        """
    name = world.add_probe(look)
    answer = world.answer(program.replace("probe", name))
    # The application sees both: there is one instance of each.
    assert answer == [
        ["'only_b'", True, False, False, True],
        ["'only_a'", False, True, True, False],
        False,
        None,
        True,
    ]


def test_not_imported_yet(world: World) -> None:
    """[absent] What only the other environment has imported so far isn't there, though its name is in the view."""
    program = """
        import json, sys
        from dep_a import probe as a
        from dep_b import probe as b
        before = [a.look(), b.look()]
        a.load()
        between = [a.look(), b.look(), "lib.late" in sys.modules]
        b.load()
        print(json.dumps([before, between, [a.look(), b.look(), "lib.late" in sys.modules]]))
        """
    name = world.add_probe("""
        import sys
        def look():
            return "lib.late" in sys.modules
        def load():
            import lib.late
        """)
    assert world.answer(program.replace("probe", name)) == [
        [False, False],
        [True, False, False],
        [True, True, True],
    ]


def test_the_dict_is_never_replaced(world: World) -> None:
    """[same dict] `sys.modules` is one plain dict from start to end, for everybody, and importlib's as well."""
    program = """
        import sys
        start = sys.modules
        import json, importlib._bootstrap, gc
        import dep_a, dep_b, lib
        middle = sys.modules
        from dep_a import probe as a
        from dep_b import probe as b
        seen = [a.modules(), b.modules(), middle, importlib._bootstrap.sys.modules, sys.modules]
        print(json.dumps([type(start).__name__, [one is start for one in seen], type(sys.modules) is dict]))
        """
    name = world.add_probe("""
        import sys
        def modules():
            import lib.late
            return sys.modules
        """)
    assert world.answer(program.replace("probe", name)) == ["dict", [True] * 5, True]


def test_two_entries_side_by_side(world: World) -> None:
    """[side by side] Iterating shows both versions' entries, as `str`, with equal text."""
    program = """
        import json, sys
        import dep_a, dep_b
        found = [(name, module.VERSION) for name, module in sys.modules.items() if str(name) in ("lib", "lib.x")]
        texts = [(name, str(name)) for name in sys.modules]
        one_or_other = [(name == text) is not (name != text) and (text == name) is not (text != name)
                        for name, text in texts]
        print(json.dumps([sorted(found), all(isinstance(name, str) for name in sys.modules), all(one_or_other)]))
        """
    assert world.answer(program) == [[["lib", "1"], ["lib", "2"], ["lib.x", "1"], ["lib.x", "2"]], True, True]


def test_walking_all_modules(world: World) -> None:
    """[walkers] What walks all of `sys.modules` by its items meets each entry's own module, while others import."""
    program = """
        import json, sys
        import dep_a, dep_b
        from dep_a import tools as a
        from dep_b import tools as b
        wrong = [
            (name, module)
            for name, module in list(sys.modules.items())
            if module is not None and getattr(module, "__spec__", None) and sys.modules[name] is not module
        ]
        copied = dict(sys.modules)
        print(json.dumps([len(wrong), len(copied) == len(sys.modules), a.library_version(), b.library_version()]))
        """
    assert world.answer(program) == [0, True, "1", "2"]


def test_standard_library_once(world: World) -> None:
    """[one standard library] Its modules have plain keys and exist once, whoever imports them first."""
    program = """
        import sys
        from dep_a import probe as a
        from dep_b import probe as b
        import json, decimal, asyncio, xml.dom.minidom, typing
        names = ["json", "decimal", "asyncio", "xml.dom.minidom", "typing"]
        same = [a.load(name) is b.load(name) is sys.modules[name] for name in names]
        plain = {type(key) is str for key in sys.modules if key.partition(".")[0] in sys.stdlib_module_names}
        distinct = {id(module): module for module in sys.modules.values()}.values()
        files = [module.__file__ for module in distinct if getattr(module, "__file__", None)]
        print(json.dumps([same, sorted(plain), len(files) == len(set(files))]))
        """
    name = world.add_probe("""
        def load(name):
            import importlib
            return importlib.import_module(name)
        """)
    assert world.answer(program.replace("probe", name)) == [[True] * 5, [True], True]


def test_unversioned_library_once(world: World) -> None:
    """[one instance] An unversioned library is one module with one set of classes for everybody."""
    program = """
        import json, sys
        from dep_a import probe as a
        from dep_b import probe as b
        import shared
        print(json.dumps([a.shared is shared is b.shared, a.isinstance_of(b.token), b.isinstance_of(a.token),
                          type(a.shared.__name__) is str]))
        """
    name = world.add_probe("""
        import shared
        token = shared.Token()
        def isinstance_of(other):
            return isinstance(other, shared.Token)
        """)
    assert world.answer(program.replace("probe", name)) == [True] * 4


def test_classes_of_two_versions_differ(world: World) -> None:
    """[two instances] The two versions' classes are different types, with the same name and module name."""
    program = """
        import json
        from dep_a import probe as a
        from dep_b import probe as b
        A, B = a.Thing, b.Thing
        names = {A.__module__, B.__module__, A.__qualname__, B.__qualname__}
        print(json.dumps([A is B, isinstance(A(1), B), sorted(names), A.version, B.version]))
        """
    name = world.add_probe("from lib.mod import Thing\n")
    assert world.answer(program.replace("probe", name)) == [False, False, ["Thing", "lib.mod"], "1", "2"]


def test_unequal_keys(world: World) -> None:
    """[keys] `!=` is the opposite of `==` for whoever compares: a name, another key, something else."""
    world.same_outcome(
        """
        import sys
        import lib

        def outcome():
            keys = [key for key in sys.modules if not key != "lib"]
            return [len(keys), sys.modules[keys[0]].VERSION, keys[0] != "lib.sub", keys[0] != 1, keys[0] != keys[0]]
        """,
        both_orders=True,
    )
