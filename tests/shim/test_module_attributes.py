"""Module attributes are those of a plain venv: names, packages, specs, loaders, paths, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

MODULES = ("lib", "lib.mod", "lib.sub", "lib.sub.deep", "duo", "utils")

# `__spec__.name` is the one name that may be of another type than `str`; the text is the same.
ATTRIBUTES = """
    import importlib.machinery, sys

    def describe(name):
        module = importlib.import_module(name)
        spec = module.__spec__
        return {
            "__name__": [type(module.__name__).__name__, module.__name__],
            "__package__": [type(module.__package__).__name__, module.__package__],
            "__file__": [type(module.__file__).__name__, module.__file__],
            "__cached__": getattr(module, "__cached__", None),  # until 3.14
            "__path__": [type(getattr(module, "__path__", None)).__name__, getattr(module, "__path__", None)],
            "__doc__": module.__doc__,
            "spec.name": [isinstance(spec.name, str), str(spec.name)],
            "spec.name == __name__": [spec.name == module.__name__, module.__name__ == spec.name],
            "spec.name != __name__": [spec.name != module.__name__, module.__name__ != spec.name],
            "spec.parent": [type(spec.parent).__name__, spec.parent, spec.parent == module.__package__],
            "spec.origin": [type(spec.origin).__name__, spec.origin],
            "spec.cached": [type(spec.cached).__name__, spec.cached],
            "spec.has_location": spec.has_location,
            "spec.locations": [type(spec.submodule_search_locations).__name__, spec.submodule_search_locations],
            "spec.loader": spec.loader is module.__loader__,
            "spec.loader_state": spec.loader_state,
            "loader.name": [isinstance(module.__loader__.name, str), module.__loader__.name == module.__name__],
            "loader.path": [type(module.__loader__.path).__name__, module.__loader__.path],
            "loader": isinstance(module.__loader__, importlib.machinery.SourceFileLoader),
            "in sys.modules": sys.modules[module.__name__] is sys.modules[spec.name] is module,
            "type": type(module).__name__,
            "dir": sorted(name for name in vars(module) if name.startswith("__") and name != "__distribution__"),
            "repr": repr(module),
        }
    """


def test_attributes(world: World) -> None:
    """[attributes] Every attribute of a module and of its spec is as in a plain venv, and of the same type."""
    world.same_outcome(f"""{ATTRIBUTES}
    def outcome():
        return {{name: describe(name) for name in {MODULES!r}}}
    """)


def test_attributes_while_the_module_runs(world: World) -> None:
    """[while running] A module's own code sees exact `str` names before its first line (Cython insists)."""
    world.same_outcome("""
        import lib
        seen = [type(name).__name__ + " " + name for name in (__name__, __package__, __spec__.parent, __file__)]
        seen += [str(__spec__.name), __spec__.name == __name__, lib.VERSION, __spec__.loader is __loader__]
        class Made:
            pass
        def outcome():
            return [seen, type(Made.__module__).__name__, Made.__module__, type(outcome.__module__).__name__]
        """)


def test_attributes_after_reload(world: World) -> None:
    """[reload] `importlib.reload` leaves the same attributes as in a plain venv."""
    world.same_outcome(f"""{ATTRIBUTES}
    def outcome():
        for name in ("lib.sub", "lib.mod"):
            importlib.reload(importlib.import_module(name))
        return [describe("lib.sub"), describe("lib.mod")]
    """)


def test_spec_names_as_keys(world: World) -> None:
    """[spec.name] A spec's name serves as any text: a dictionary key, a format's value, a file's name."""
    world.same_outcome("""
        import copy, json, pickle, lib.sub.deep as deep
        def outcome():
            name = deep.__spec__.name
            return [{"lib.sub.deep": 1}.get(name), {name: 2}.get("lib.sub.deep"), f"{name}", "%s" % name, name + ".x",
                    name.partition(".")[0], json.dumps(name), name in ["lib.sub.deep"], hash(name) == hash(str(name)),
                    sorted([name, "a"]), "lib" in name, name.__class__.__mro__[-2].__name__, deep.VERSIONS,
                    pickle.loads(pickle.dumps(name)), type(pickle.loads(pickle.dumps(name))).__name__,
                    copy.deepcopy(name) == name, type(str(name)).__name__]
        """)


def test_repr_of_spec(world: World) -> None:
    """[repr] Names in representations look as they always do."""
    world.same_outcome("""
        import lib.mod, lib
        def outcome():
            name = lib.__spec__.name
            return [repr(lib.mod), repr(lib), repr(lib.mod.Thing), repr(name), repr(str(name))]
        """)


@pytest.mark.parametrize("package", ["dep_a", "dep_b"])
def test_application_sees_the_same(world: World, package: str) -> None:
    """[application] For the application, too, the attributes of an environment's module are the plain ones."""
    program = f"""
        import {package}, {package}.tools as tools, json
        spec = tools.__spec__
        print(json.dumps([tools.__name__, type(tools.__name__).__name__, tools.__package__, tools.__file__, spec.parent,
                          spec.name == tools.__name__, str(spec.name), {package}.__path__, repr(tools),
                          type({package}.__path__).__name__]))
        """
    assert world.answer(program) == world.plain_answer(package, program)
