"""What looks at exact types is given them: marshal, copies, pickles and prints of what is not plain in the shim."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.shim.world import World

# Names of modules, with the keys of both environments among them.
KEYS = """
    import copy, json, lib, marshal, pickle, pprint, sys
    def outcome():
        names = [name for name in sys.modules if name == "lib"] + [lib.__spec__.name]
        found = {
            "marshal": marshal.loads(marshal.dumps(names)),
            "marshal of a set": marshal.loads(marshal.dumps(({*names}, frozenset(names)))),
            "marshal of a dict": marshal.loads(marshal.dumps({name: [name] for name in names})),
            "json": json.loads(json.dumps({name: names for name in names})),
            "pickle": pickle.loads(pickle.dumps(names)),
            "copy": [copy.copy(name) for name in names],
            "deepcopy": copy.deepcopy(names),
            "text": [text for name in names for text in (f"{name}", "%s" % name, name + "", repr(name))],
        }
        everything = list(sys.modules)
        assert [*map(str, everything)] == marshal.loads(marshal.dumps(everything)) == json.loads(json.dumps(everything))
        def kinds(value):
            if isinstance(value, dict):
                value = [*value, *value.values()]
            return {type(value).__name__} if isinstance(value, str) else set().union(*map(kinds, value))
        return [repr({way: value for way, value in found.items()}), sorted(kinds(found))]
    """


def test_names_of_modules(world: World) -> None:
    world.same_outcome(KEYS, differ=False, both_orders=True)


def test_lists_of_hooks(world: World) -> None:
    """Copies are plain lists, as long as what is copied; so are those that were made before the shim was started."""
    program = """
        import copy, json, marshal, pickle, pprint, sys
        def made(value):
            return [value.copy(), value[:], value + [], copy.copy(value), copy.deepcopy(value), [*value], list(value)]
        def told():
            lists = sys.path, sys.meta_path, sys.path_hooks
            return [
                [type(one) is list for value in lists for one in made(value)],
                [pprint.pformat(value) == pprint.pformat([*value]) for value in lists],
                [type(value).__name__ for value in lists],
                marshal.loads(marshal.dumps(sys.path)) == [*sys.path] == pickle.loads(pickle.dumps(sys.path)),
                len({len(one) for one in made(sys.meta_path)}),
            ]
        before = told()
        import dep_a, dep_b
        print(json.dumps([before, told()]))
        """
    expected = [[True] * 21, [True] * 3, ["list"] * 3, True, 1]
    assert world.answer(program) == [expected, expected]


def test_the_cache_of_importers(world: World) -> None:
    """Also where it is another for each environment: whatever reads or copies it has that of the caller."""
    name = world.add_probe(
        """
        import copy, sys
        class Hook:
            def __call__(self, path):
                raise ImportError
        def outcome():
            sys.path_hooks.insert(0, Hook())
            cache = sys.path_importer_cache
            cache |= {__file__: None}
            made = [copy.copy(cache), dict(cache), cache.copy(), cache | {}, {} | cache, {**cache}]
            here = __file__
            return [
                [type(one) is dict for one in made],
                [__file__ in one for one in made],
                [len(one) == len(cache) for one in made],
                [cache == made[0], made[0] == cache, cache != made[0], here in repr(cache), here in [*reversed(cache)]],
                cache is sys.path_importer_cache,
            ]
        """
    )
    program = f"""
        import json, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        found = [a.outcome(), b.outcome()]
        seen = [a.__file__ in sys.path_importer_cache, a.__file__ in repr(sys.path_importer_cache)]
        print(json.dumps([*found, seen, type(sys.path_importer_cache).__name__]))
        """
    expected = [[True] * 6, [True] * 6, [True] * 6, [True, True, False, True, True], True]
    assert world.answer(program) == [expected, expected, [False, False], "dict"]


def test_what_marshal_refuses(world: World) -> None:
    """It refuses that as before, also beside a list of the shim's, within itself and very deep."""
    program = """
        import json, marshal, sys
        import dep_a, dep_b
        itself = [sys.path]
        itself += [itself, itself]
        deep, wide = sys.path, sys.path
        for _ in range(1500):
            deep = [deep]
        for _ in range(100):
            wide = [wide, wide]
        refused = []
        for value in (object(), [object(), sys.path], itself, deep):
            try:
                refused.append(len(marshal.dumps(value)))
            except ValueError as error:
                refused.append(str(error))
        print(json.dumps([refused, len(marshal.dumps(wide)) < 10_000, marshal.dumps(wide) == marshal.dumps(wide)]))
        """
    assert world.answer(program) == [["unmarshallable object"] * 4, True, True]


def test_marshal_itself(world: World) -> None:
    """It is called, stored, pickled and described like the built-in function."""
    program = """
        import importlib, inspect, json, marshal, pickle, sys
        class Holder:
            write, write_to = marshal.dumps, marshal.dump
        try:
            marshal.dumps()
        except TypeError as error:
            wrong = type(error).__name__
        print(json.dumps([
            Holder().write(1) == marshal.dumps(1), marshal.loads(marshal.dumps(1, 2)), marshal.dumps.__name__,
            pickle.loads(pickle.dumps(marshal.dumps)) is marshal.dumps, marshal.dump.__module__, wrong,
            "bytes object" in marshal.dumps.__doc__, callable(marshal.dump), inspect.getdoc(marshal.dump) is not None,
        ]))
        """
    found = world.answer(program)
    assert found == [True, 1, "dumps", True, "marshal", "TypeError", True, True, True]


def test_limits(world: World) -> None:
    """What C code reads from the list itself is the application's; types are not those of plain objects."""
    name = world.add_probe(
        """
        import lib, sys
        def outcome():
            own = [entry for entry in sys.path if "py_modules" in entry]
            stored = [entry for entry in list.__add__([], sys.path) if "py_modules" in entry]
            kinds = [type(sys.path) is list, type(sys.path) == list, type(lib.__spec__.name) is str]
            return [len(own) > 0, stored, kinds]
        """
    )
    program = f"""
        import json
        from dep_a import {name} as a
        print(json.dumps(a.outcome()))
        """
    assert world.answer(program) == [True, [], [False, False, False]]
