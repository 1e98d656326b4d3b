"""What finds modules by name at run time finds the caller's: `inspect`, `typing`, `pickle`, `mock`, `logging`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

OWN = {
    "inspect.getsource": """
        import inspect, lib.mod
        def outcome():
            return [inspect.getsource(lib.mod.Thing), inspect.getsource(lib.mod), inspect.getsource(outcome)]
        """,
    "inspect.getmodule": """
        import inspect, lib.mod
        def outcome():
            found = [inspect.getmodule(thing) for thing in (lib.mod.Thing, lib.mod.read_attr, outcome)]
            return [found[0] is lib.mod, found[1] is lib.mod, found[2].__name__, inspect.getfile(lib.mod.Thing)]
        """,
    "inspect.getmodule of a frame": """
        import inspect, lib.lazy
        def outcome():
            frame = lib.lazy.call(inspect.currentframe)
            return [inspect.getmodule(frame).__name__, lib.lazy.__file__]
        """,
    "inspect.stack": """
        import inspect, os, lib.lazy
        def outcome():
            found = lib.lazy.call(inspect.stack)
            return [[os.path.basename(info.filename), info.function, info.code_context] for info in found[:3]] + [
                found[0].filename]
        """,
    "typing.get_type_hints": """
        import typing, lib.mod
        def outcome():
            hints = typing.get_type_hints(lib.mod.Record)
            return [hints["thing"] is lib.mod.Thing, hints["thing"].version, hints["mine"].__name__]
        """,
    "get_type_hints of a class of one's own": """
        from __future__ import annotations
        import typing
        from lib import mod
        class Mine(mod.Record):
            other: mod.Record
        def outcome():
            hints = typing.get_type_hints(Mine)
            return [hints["thing"].version, hints["other"] is mod.Record]
        """,
    "dataclasses": """
        import dataclasses
        from lib.mod import Record, Thing
        @dataclasses.dataclass(order=True)
        class Mine(Record):
            extra: int = 0
        def outcome():
            made = Mine(Thing(1), extra=2)
            again = dataclasses.replace(made, extra=3)
            return [repr(again).replace(repr(again.thing), "thing"), again.mine, made < again,
                    [field.name for field in dataclasses.fields(Mine)],
                    dataclasses.make_dataclass("Made", [], bases=(Record,)).__mro__[1].__module__]
        """,
    "dataclass in a string-annotated module": """
        from __future__ import annotations
        import dataclasses, typing
        from lib import mod
        @dataclasses.dataclass
        class Mine:
            constant: typing.ClassVar[str] = mod.VERSION
            value: int = 1
        def outcome():
            return [[field.name for field in dataclasses.fields(Mine)], Mine.constant]
        """,
    "namedtuple and enum": """
        import collections, enum, pickle
        from lib.mod import VERSION
        Point = collections.namedtuple("Point", "x y")
        class Colour(enum.Enum):
            RED = VERSION
        def outcome():
            return [Point.__module__.rpartition(".")[0], pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2),
                    pickle.loads(pickle.dumps(Colour.RED)) is Colour.RED, Colour.RED.value]
        """,
    "pickle": """
        import pickle
        from lib.mod import Record, Thing
        def outcome():
            made = []
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                again = pickle.loads(pickle.dumps(Record(Thing(5)), protocol))
                made.append([type(again) is Record, type(again.thing) is Thing, again.mine, again.thing.version])
            return [made, pickle.loads(pickle.dumps(Thing)) is Thing]
        """,
    "pickle, in Python": """
        import io, pickle
        from lib.mod import Record, Thing
        def outcome():
            file = io.BytesIO()
            pickle._Pickler(file).dump(Record(Thing(5)))
            again = pickle._Unpickler(io.BytesIO(file.getvalue())).load()
            return [type(again) is Record, again.mine]
        """,
    "pickle of a function and a module's name": """
        import pickle, lib.mod, lib.lazy
        def outcome():
            functions = [lib.mod.read_attr, lib.lazy.absolute, outcome]
            again = [pickle.loads(pickle.dumps(function)) for function in functions]
            return [[one is two for one, two in zip(functions, again)], again[0]()]
        """,
    "copy": """
        import copy
        from lib.mod import Record, Thing
        def outcome():
            again = copy.deepcopy(Record(Thing([1])))
            return [type(again.thing) is Thing, again.thing.value, again.mine]
        """,
    "copyreg": """
        import copyreg, pickle
        from lib.mod import Thing, VERSION
        def restore(value):
            return Thing("restored by " + VERSION)
        def reduce(thing):
            return restore, (1,)
        def outcome():
            copyreg.pickle(Thing, reduce)
            return pickle.loads(pickle.dumps(Thing(1))).value
        """,
    "unittest.mock.patch": """
        from unittest import mock
        import lib.mod
        def outcome():
            with mock.patch("lib.mod.attr", "patched " + lib.mod.VERSION) as new:
                inside = [lib.mod.read_attr(), new]
            with mock.patch("lib.late.VERSION", "patched, not imported before"):
                from lib.late import VERSION
            with mock.patch.object(lib.mod.Thing, "version", "patched"):
                found = lib.mod.Thing(1).version
            return [inside, lib.mod.read_attr(), VERSION, found]
        """,
    "mock.patch.dict of sys.modules": """
        import sys, types
        from unittest import mock
        import lib
        def outcome():
            stand_in = types.ModuleType("lib.mod")
            stand_in.VERSION = "stand-in for " + lib.VERSION
            before = sys.modules.get("lib.mod")
            with mock.patch.dict("sys.modules", {"lib.mod": stand_in, "lib.absent": stand_in}):
                inside = [sys.modules["lib.mod"].VERSION, sys.modules["lib.absent"].VERSION]
                from lib.absent import VERSION
            return [inside, VERSION, sys.modules.get("lib.mod") is before, "lib.absent" in sys.modules,
                    sys.modules["lib"] is lib, sys.modules["lib.x"].VERSION]
        """,
    "autospec": """
        from unittest import mock
        import lib.mod
        def outcome():
            with mock.patch("lib.mod.Thing", autospec=True) as Stand:
                made = lib.mod.Thing(1)
            return [isinstance(made, lib.mod.Thing), Stand.version.upper._extract_mock_name(), lib.mod.VERSION]
        """,
    "logging.config.dictConfig": """
        import logging, logging.config
        def outcome():
            logging.config.dictConfig({
                "version": 1,
                "disable_existing_loggers": False,
                "handlers": {"ours": {"class": "lib.handlers.Handler"}, "made": {"()": "lib.handlers.Handler"}},
                "loggers": {__name__: {"handlers": ["ours", "made"]}},
            })
            return [handler.version for handler in logging.getLogger(__name__).handlers]
        """,
    "doctest": """
        '''
        >>> import lib.mod
        >>> lib.mod.VERSION in ("1", "2")
        True
        '''
        import doctest, sys, lib
        def outcome():
            found = doctest.testmod(sys.modules[__name__])
            return [found.failed, found.attempted, lib.VERSION]
        """,
    "unittest's loader": """
        import unittest, lib
        class Case(unittest.TestCase):
            def test_version(self):
                self.assertEqual(lib.VERSION, "1")
        def outcome():
            suite = unittest.defaultTestLoader.loadTestsFromNames([__name__, __name__ + ".Case.test_version"])
            result = unittest.TestResult()
            suite.run(result)
            return [result.testsRun, len(result.failures), len(result.errors)]
        """,
    "functools.singledispatch and abc": """
        import abc, functools
        from lib.mod import Thing
        class Base(abc.ABC):
            pass
        Base.register(Thing)
        @functools.singledispatch
        def name(value):
            return "other"
        name.register(Thing, lambda value: value.version)
        def outcome():
            return [isinstance(Thing(1), Base), name(Thing(1)), name(1)]
        """,
    "compile and linecache": """
        import linecache, lib.mod
        def outcome():
            return [linecache.getline(lib.mod.__file__, 4), lib.mod.__file__, lib.mod.__spec__.cached is not None]
        """,
}


@pytest.mark.parametrize("tool", OWN)
def test_own_modules(world: World, tool: str) -> None:
    """[by name] A tool that looks modules up by name finds those of the environment whose code uses it."""
    world.same_outcome(OWN[tool])


def test_classes_that_another_decorates(world: World) -> None:
    """`dataclasses` looks up the module of a class whose annotations are text, whoever asks for it."""
    classes = """
        import typing as t
        from dataclasses import InitVar, field

        import lib

        class Plain:
            a: "t.ClassVar[str]" = lib.VERSION
            b: "InitVar[str]" = lib.VERSION
            c: "lib.VERSION" = lib.VERSION

            def __post_init__(self, b):
                self.d = b
        """
    probe = world.add_probe(classes, ["dep_a", "dep_b"])
    decorating = world.add_probe(
        """
        import dataclasses

        def decorated(cls):
            made = dataclasses.dataclass(cls)
            space = made.__init__.__globals__
            return [[one.name for one in dataclasses.fields(made)], str(made("x")), space["lib"].VERSION]
        """,
        ["dep_b"],
    )
    program = f"""
        import json
        import dep_a.{probe} as a, dep_b.{probe} as b
        from dep_b.{decorating} import decorated
        print(json.dumps([decorated(a.Plain), decorated(b.Plain)]))
        """
    assert world.answer(program) == [[["c"], f"Plain(c='{version}')", version] for version in ("1", "2")]


def test_a_class_of_what_nobody_has_looked_for(world: World) -> None:
    """[dataclasses] The application has never asked for that package, and an environment has a path hook of its own."""
    name = world.add_probe("""
        import sys
        def hook(path):
            raise ImportError(path)
        sys.path_hooks.append(hook)
        import lib.mod
        """)
    program = f"import json; from dep_a import {name} as a; print(json.dumps(a.lib.mod.Record(1).mine))"
    assert world.answer(program) == "1"
