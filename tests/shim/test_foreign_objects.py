"""Tools that lead from an object back to its module, used on another environment's objects.

The application's (or the neighbour's) code asks `inspect`, `typing`, `pydoc`, `pickle` and the like about an object
of an environment, which only tells its module's name; what comes out must be that environment's, as in a plain
venv where there is but one module of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.shim.world import PACKAGES

if TYPE_CHECKING:
    from tests.shim.world import World

# Each an expression of `things` (attributes: the objects of one environment), its value for the environment itself.
TOOLS = {
    "inspect.getmodule of a class": "inspect.getmodule(things.Thing).VERSION",
    "inspect.getmodule of a function": "inspect.getmodule(things.read_attr).VERSION",
    "inspect.getmodule of an instance's method": "inspect.getmodule(things.made.__eq__).VERSION",
    "inspect.getmodule of code, frame": "inspect.getmodule(things.read_attr.__code__).VERSION",
    "inspect.getfile of a class": "inspect.getfile(things.Thing)",
    "inspect.getsource of a class": "inspect.getsource(things.Thing)",
    "inspect.getsourcefile of a function": "inspect.getsourcefile(things.read_attr)",
    "inspect.getsource of a module": "inspect.getsource(things.mod)",
    "inspect.getdoc, signature, members": "[inspect.getdoc(things.Own), str(inspect.signature(things.Record)), "
    "dict(inspect.getmembers(things.Thing))['version']]",
    "inspect.signature, eval_str": "str(inspect.signature(things.annotated, eval_str=True).return_annotation.version)",
    "inspect.get_annotations": "inspect.get_annotations(things.Own, eval_str=True)['thing'].version",
    "typing.get_type_hints of a dataclass": "typing.get_type_hints(things.Record)['thing'].version",
    "typing.get_type_hints of a class": "typing.get_type_hints(things.Own)['thing'].version",
    "typing.get_type_hints of a function": "typing.get_type_hints(things.annotated)['return'].version",
    "typing.get_type_hints of a NamedTuple": "typing.get_type_hints(things.Pair)['thing'].version",
    "typing.get_type_hints of a TypedDict": "typing.get_type_hints(things.Table)['thing'].version",
    "dataclasses": "[dataclasses.replace(things.record, mine='new').thing.version, "
    "type(dataclasses.replace(things.record)) is things.Record, dataclasses.asdict(things.record)['mine']]",
    "copy": "[copy.deepcopy(things.record).thing.version, type(copy.copy(things.record)) is things.Record]",
    "repr": "repr(things.Thing) + repr(things.read_attr).split(' at ')[0] + repr(things.mod)",
    "pydoc.render_doc": "pydoc.plain(pydoc.render_doc(things.mod)).partition('VERSION = ')[2][:3]",
    "pydoc.render_doc of a class": "pydoc.plain(pydoc.render_doc(things.Thing))",
    "singledispatch by annotation": "functools.singledispatch(things.dispatch).register(things.annotated_argument)"
    ".__name__ + things.Thing.version",
    "importlib.resources of a module": "importlib.resources.files(things.lib).joinpath('data.txt').read_text()",
    "pkgutil.iter_modules": "[pkgutil.get_importer(things.lib.__path__[0]).find_spec('late').origin]",
    "mock.patch.object": "[things.read_attr(), mock.patch.object(things.mod, 'attr', 'new').__enter__(), "
    "things.read_attr(), setattr(things.mod, 'attr', 'attr ' + things.mod.VERSION), things.read_attr()]",
    "mock.create_autospec": "mock.create_autospec(things.Thing).version.upper._extract_mock_name()"
    " + things.mod.VERSION",
    "doctest of a module": "[test.name for test in doctest.DocTestFinder(exclude_empty=False).find(things.mod)]"
    " + [things.mod.VERSION]",
    "unittest of a module": "[unittest.defaultTestLoader.loadTestsFromModule(things.mod).countTestCases(), "
    "things.mod.VERSION]",
    "traceback of an error": "traceback.format_exception(things.error)[-2:]",
    "logging of an error": "logging.Formatter().formatException((type(things.error), things.error, "
    "things.error.__traceback__)).splitlines()[-2:]",
    "warnings.warn in a module": "[warnings.formatwarning('m', UserWarning, things.mod.__file__, 4), "
    "linecache.getline(things.mod.__file__, 4, vars(things.mod))]",
    "weakref, abc": "[weakref.ref(things.made)() is things.made, isinstance(things.made, things.Thing), "
    "things.Thing.version]",
    "LazyLoader": "[things.lazy().VERSION, type(things.lazy()).__name__]",
    "namespace package's path": "[sorted(found.name for found in pkgutil.iter_modules(things.ns.__path__)), "
    "importlib.resources.files(things.ns).joinpath('one.py').read_text()]",
    "entry point": "[point.load()() for point in things.entry_points]",
    "distribution": "[things.distribution.version, things.distribution.read_text('METADATA'), "
    "things.distribution.files[0].locate().parent.parent.name != '']",
    "spec and loader": "[things.mod.__spec__.origin, things.mod.__loader__.get_source('lib.mod')[:60], "
    "vars(importlib.util.module_from_spec(things.mod.__spec__))['__file__']]",
    # The last: it leaves the module changed.
    "importlib.reload of a module": "[importlib.reload(things.mod) is things.mod, things.mod.VERSION]",
}

NAMES = """
import collections, copy, dataclasses, doctest, functools, importlib, importlib.metadata, importlib.resources
import importlib.util, inspect, linecache, logging, pkgutil, pydoc, sys, traceback, typing, types, unittest
import warnings, weakref
from unittest import mock

def ask(things):
    found = {}
    for name, tool in things.TOOLS.items():
        try:
            found[name] = eval(tool, {**globals(), "things": things})
        except Exception as error:
            found[name] = [type(error).__name__, str(error)]
    return found
"""

PROBE = f"""{NAMES}
import lib, ns.one
from lib import mod
from lib.mod import Record, Thing, read_attr

class Own:
    "The documentation."
    thing: "mod.Thing" = None

class Pair(typing.NamedTuple):
    thing: "mod.Thing"

class Table(typing.TypedDict):
    thing: "mod.Thing"

def annotated(thing: "Thing") -> "Thing": pass
def annotated_argument(thing: "Thing"): return thing
def dispatch(value): pass

made, record = Thing(1), Record(Thing(2))
entry_points = importlib.metadata.entry_points(group="lib.plugins")
distribution = importlib.metadata.distribution("lib")

try:
    import brittle.broken
except ValueError as caught:
    error = caught

def lazy(spare=[]):
    if not spare:
        sys.modules.pop("lib.late", None)
        spec = importlib.util.find_spec("lib.late")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        spare.append(importlib.util.module_from_spec(spec))
        sys.modules["lib.late"] = spare[0]
        spec.loader.exec_module(spare[0])
    return spare[0]

TOOLS = {TOOLS!r}

def outcome():
    return ask(sys.modules[__name__])
"""

PROGRAM = f"""{NAMES}
import json
from dep_a import @ as a
from dep_b import @ as b
print(json.dumps({{"dep_a": ASKING_A(a), "dep_b": ASKING_B(b)}}))
"""


@pytest.fixture(scope="module")
def plain(world: World) -> Any:
    """Package → tool → what an environment's own code gets, in the project as in a plain venv."""
    return world.same_outcome(PROBE)


@pytest.fixture(scope="module")
def asked(world: World) -> Any:
    """Asker → package → tool → what the tool gave somebody else."""
    program = PROGRAM.replace("@", world.add_probe(PROBE))
    return {
        "application": world.answer(program.replace("ASKING_A", "ask").replace("ASKING_B", "ask")),
        "neighbour": world.answer(program.replace("ASKING_A", "b.ask").replace("ASKING_B", "a.ask")),
    }


@pytest.mark.parametrize("asking", ["application", "neighbour"])
@pytest.mark.parametrize("tool", TOOLS)
def test_asked_by(plain: Any, asked: Any, asking: str, tool: str) -> None:
    """[foreign objects] A tool tells the application and the neighbour the same as the object's own environment."""
    assert plain["dep_a"][tool] != plain["dep_b"][tool]
    for package in PACKAGES:
        assert asked[asking][package][tool] == plain[package][tool]
