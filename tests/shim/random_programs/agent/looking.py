"""Operations that look, or take away: `sys.modules`, specs, introspection, pickles, metadata, resources."""

from __future__ import annotations

import copy
import dataclasses
import functools
import gc
import importlib
import importlib.metadata
import importlib.resources
import importlib.util
import inspect
import pickle
import pkgutil
import runpy
import sys
import time
import traceback
import typing
import warnings
import weakref
from importlib.machinery import PathFinder
from unittest import mock

from .importing import leaf, run

if typing.TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from .importing import Operation
    from .model import Step
    from .observations import Observer


def loaded(step: Step, observer: Observer) -> object:
    """`in`, `get` and `[]`."""
    name = step["name"]
    found = [name in sys.modules, sys.modules.get(name), name in sys.modules]
    return [*found, sys.modules[name] if found[0] else sys.modules.get(name, "default")]


def item(step: Step, observer: Observer) -> object:
    """`sys.modules[…]`, present or not."""
    return sys.modules[step["name"]]


def popped(step: Step, observer: Observer) -> object:
    """`sys.modules.pop`."""
    return [sys.modules.pop(step["name"], None), step["name"] in sys.modules]


def deleted(step: Step, observer: Observer) -> object:
    """`del sys.modules[…]`, then import it again."""
    del sys.modules[step["name"]]
    return importlib.import_module(step["name"])


def put_back(step: Step, observer: Observer) -> object:
    """Take an entry, put it back, find it.

    The search is for what was assigned to become its environment's own, as at any next import.
    """
    module = sys.modules.pop(step["name"])
    sys.modules[step["name"]] = module
    found = [sys.modules[step["name"]] is module, importlib.import_module(step["name"])]
    return [*found, importlib.util.find_spec("lib.absent"), sys.modules.get(step["name"])]


def forgotten(step: Step, observer: Observer) -> object:
    """Delete a whole package's entries, import it again: the old one dies, unless an earlier step holds it.

    Not before that: a versioned name (`lib@1`) leads to the module that was loaded last.
    """
    top = step["name"].partition(".")[0]
    importlib.import_module(top)
    reference = weakref.ref(sys.modules[top])
    for name in step["names"]:
        if name.partition(".")[0] == top:
            sys.modules.pop(name, None)
            observer.held.pop(name, None)
            observer.held.pop(f"generator of {name}", None)
    gone = step["name"] not in sys.modules
    importlib.import_module(top)
    for _ in range(100):
        gc.collect()  # does nothing while another thread is at it
        if reference() is None:
            break
        time.sleep(0.005)
    return [gone, reference() is None]


def specification(step: Step, observer: Observer) -> object:
    """`importlib.util.find_spec`."""
    return _specification(importlib.util.find_spec(step["name"]))


def relative_specification(step: Step, observer: Observer) -> object:
    """`importlib.util.find_spec(".b", "a")`."""
    parent, last = leaf(step["name"])
    return _specification(importlib.util.find_spec("." + last, parent or "lib"))


def _specification(spec: ModuleSpec | None) -> object:
    if spec is None:
        return None
    locations = spec.submodule_search_locations
    return [str(spec.name), spec.origin, spec.parent, locations and list(locations), spec.has_location]


def loader(step: Step, observer: Observer) -> object:
    """What a module's loader tells: source, file, whether it is a package."""
    spec: typing.Any = importlib.util.find_spec(
        step["name"]
    )  # what it lacks is an error, and that an observation
    found = spec.loader
    own = [found.get_filename(step["name"]), found.is_package(step["name"]), found.get_source(step["name"])]
    return [*own, found.get_code(step["name"]).co_filename, len(found.get_data(spec.origin))]


def path_finder(step: Step, observer: Observer) -> object:
    """`PathFinder.find_spec` in a package's path."""
    parent = leaf(step["name"])[0] or "lib"
    return _specification(PathFinder.find_spec(step["name"], importlib.import_module(parent).__path__))


def marked(step: Step, observer: Observer) -> object:
    """Set an attribute of a module; whoever has that module sees it."""
    module = importlib.import_module(step["name"])
    setattr(module, "MARK", getattr(module, "MARK", 0) + 1)
    return sys.modules[step["name"]]


def introspected(step: Step, observer: Observer) -> object:
    """`inspect`: the module of a class and of a function, its source."""
    module = importlib.import_module(step["name"])
    found = [
        inspect.getmodule(module.Thing),
        inspect.getmodule(module.where),
        inspect.getsourcefile(module.where),
    ]
    return [*found, inspect.getsource(module.where), [one.name for one in dataclasses.fields(module.Record)]]


def hints(step: Step, observer: Observer) -> object:
    """`typing.get_type_hints` of a class whose annotations are strings."""
    return typing.get_type_hints(importlib.import_module(step["name"]).Record)


def pickled(step: Step, observer: Observer) -> object:
    """A round trip of an instance, of a class and of a function."""
    module = importlib.import_module(step["name"])
    together = [module.Thing(3), module.Thing, module.where]
    pickle.loads(pickle.dumps(together, 2))
    thing, kind, function = pickle.loads(pickle.dumps(together, pickle.HIGHEST_PROTOCOL))
    return [thing == module.Thing(3), kind, type(thing), function(), function is module.where]


def copied(step: Step, observer: Observer) -> object:
    """`copy.deepcopy` of an instance and of a class."""
    module = importlib.import_module(step["name"])
    thing = copy.deepcopy({"one": module.Thing([1]), "kind": module.Thing})
    return [thing["one"] == module.Thing([1]), thing["kind"], type(copy.copy(thing["one"]))]


def patched(step: Step, observer: Observer) -> object:
    """`mock.patch` by a dotted name."""
    with mock.patch(f"{step['name']}.TAG", "patched"):
        inside = importlib.import_module(step["name"]).TAG
    return [inside, importlib.import_module(step["name"]).TAG]


def resolved(step: Step, observer: Observer) -> object:
    """`pkgutil.resolve_name`."""
    return [pkgutil.resolve_name(f"{step['name']}:Thing.tag"), pkgutil.resolve_name(step["name"])]


def metadata(step: Step, observer: Observer) -> object:
    """`importlib.metadata`: version, requirements, files, an entry point."""
    found = importlib.metadata.distribution(step["name"].partition(".")[0])
    points = importlib.metadata.entry_points(group="random.programs")
    return [
        found.version,
        found.requires,
        sorted(str(file) for file in found.files or () if file.suffix == ".py"),
        sorted(
            point.value for point in points if point.value.startswith(("lib", "calm"))
        ),  # what all actors see
    ]


def listed(step: Step, observer: Observer) -> object:
    """`pkgutil.iter_modules` of a package's path."""
    package = importlib.import_module(step["name"])
    return [[found.name, found.ispkg] for found in pkgutil.iter_modules(package.__path__, "p.")]


def walked(step: Step, observer: Observer) -> object:
    """`pkgutil.walk_packages`, which imports packages."""
    package = importlib.import_module(step["name"])
    errors: list[str] = []
    walk = pkgutil.walk_packages(package.__path__, step["name"] + ".", errors.append)
    return [[found.name for found in walk], errors]


def resource(step: Step, observer: Observer) -> object:
    """`importlib.resources` and `pkgutil.get_data`."""
    text = importlib.resources.files(step["name"]).joinpath("data.txt").read_text(encoding="utf-8")
    return [text, str(pkgutil.get_data(step["name"], "data.txt"))]


def ran(step: Step, observer: Observer) -> object:
    """`runpy.run_module`; then a search, for what the module's body has put into `sys.modules`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "found in sys.modules … prior to execution"
        names = runpy.run_module(step["name"], run_name="ran", alter_sys=False)
    importlib.util.find_spec("lib.absent")
    return [names["TAG"], names["__name__"], names["__package__"], names["__file__"]]


def warned(step: Step, observer: Observer) -> object:
    """`warnings.warn` with a stack level names this place."""
    module = importlib.import_module(step["name"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run("module.warn()", module=module)
    return [[str(one.message), one.filename, one.lineno] for one in caught]


def traced(step: Step, observer: Observer) -> object:
    """The frames of an exception that an import raises, importlib's left out."""
    try:
        run(f"\n\nimport {step['name']}")
    except Exception as error:  # noqa: BLE001 - modules raise what they like
        frames = traceback.extract_tb(error.__traceback__)
        seen = [[one.filename, one.lineno, one.name] for one in frames if "importlib" not in one.filename]
        return [error, seen, error.__cause__, error.__context__]
    return None


def neutral_thread(step: Step, observer: Observer) -> object:
    """`import_module` itself as a thread's target: no frame of anybody else is on its stack."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        module = pool.submit(importlib.import_module, step["name"]).result()
        (spec,) = pool.map(functools.partial(importlib.util.find_spec, package=None), [step["name"]])
    return [module, spec and spec.origin]


def neutral_map(step: Step, observer: Observer) -> object:
    """`import_module` called by C code."""
    return list(map(importlib.import_module, [step["name"]] * 2))


OPERATIONS: dict[str, Operation] = {
    "loaded": loaded,
    "item": item,
    "pop": popped,
    "delete": deleted,
    "put back": put_back,
    "forget": forgotten,
    "find_spec": specification,
    "find_spec, relative": relative_specification,
    "loader": loader,
    "PathFinder": path_finder,
    "mark": marked,
    "inspect": introspected,
    "get_type_hints": hints,
    "pickle": pickled,
    "copy": copied,
    "mock.patch": patched,
    "resolve_name": resolved,
    "metadata": metadata,
    "iter_modules": listed,
    "walk_packages": walked,
    "resource": resource,
    "run_module": ran,
    "warn": warned,
    "traceback": traced,
    "import_module in a pool": neutral_thread,
    "import_module in map": neutral_map,
}
