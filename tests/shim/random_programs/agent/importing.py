"""Operations that import: statements, functions, generated code."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Step
    from .observations import Observer

    Operation = Callable[[Step, Observer], object]


def run(text: str, **names: Any) -> dict[str, Any]:
    """Execute source as if it were in this file; return the names it bound."""
    names.update({name: globals()[name] for name in ("__name__", "__package__", "__spec__", "__file__")})
    exec(compile(text, __file__, "exec"), names)
    return names


def leaf(name: str) -> tuple[str, str]:
    """Return the parent's name and the last part of a dotted name."""
    parent, _, last = name.rpartition(".")
    return parent, last


def statement(step: Step, observer: Observer) -> object:
    """`import a.b`: the name bound, the entry, and the attributes on the way."""
    name = step["name"]
    top, *rest = name.split(".")
    found = run(f"import {name}")[top]
    way = [found]
    for part in rest:
        way.append(getattr(way[-1], part))
    return [found, sys.modules[name], way[-1]]


def statement_as(step: Step, observer: Observer) -> object:
    """`import a.b as found`."""
    return _hold(step, observer, run(f"import {step['name']} as found")["found"])


def from_parent(step: Step, observer: Observer) -> object:
    """`from a import b`."""
    parent, last = leaf(step["name"])
    return run(f"from {parent or 'lib'} import {last} as found")["found"]


def from_module(step: Step, observer: Observer) -> object:
    """`from a.b import TAG`."""
    return run(f"from {step['name']} import TAG, where as found")["found"]()


def star(step: Step, observer: Observer) -> object:
    """`from a.b import *`."""
    names = run(f"from {step['name']} import *")
    return [sorted(names.keys() - {"__builtins__"}), names.get("TAG")]


def in_function(step: Step, observer: Observer) -> object:
    """An import statement in a nested function, called after the code around it has run."""
    inner = f"    def inner():\n        import {step['name']} as found\n        return found\n"
    return run(f"def outer():\n{inner}    return inner")["outer"]()()


def in_class(step: Step, observer: Observer) -> object:
    """An import statement in a class body."""
    return run(f"class Body:\n    import {step['name']} as found")["Body"].found


def import_module(step: Step, observer: Observer) -> object:
    """`importlib.import_module`."""
    return _hold(step, observer, importlib.import_module(step["name"]))


def import_module_relative(step: Step, observer: Observer) -> object:
    """`importlib.import_module(".b", "a")`."""
    parent, last = leaf(step["name"])
    return importlib.import_module("." + last, parent or "lib")


def dunder_import(step: Step, observer: Observer) -> object:
    """`__import__("a.b")`, then the entry."""
    return [__import__(step["name"]), sys.modules[step["name"]]]


def dunder_import_from(step: Step, observer: Observer) -> object:
    """`__import__` as the statement calls it, with a level."""
    parent, last = leaf(step["name"])
    return __import__(last, {"__package__": parent or "lib", "__name__": parent or "lib"}, None, ["TAG"], 1)


def evaluated(step: Step, observer: Observer) -> object:
    """`eval` of an expression that imports."""
    return eval(f"__import__({step['name']!r}, fromlist=['TAG'])")


def executed_here(step: Step, observer: Observer) -> object:
    """`exec` of an import in globals that are this module's."""
    names = dict(globals())
    exec(f"import {step['name']} as found", names)
    return names["found"]


def executed_in(step: Step, observer: Observer) -> object:
    """`exec` of a relative import in globals inherited from a module of the library."""
    within = importlib.import_module(step["within"])
    names = dict(vars(within))
    exec(f"from . import {leaf(step['name'])[1]} as found", names)
    return names["found"]


def executed_in_fresh(step: Step, observer: Observer) -> object:
    """`exec` of an import in globals that tell nothing."""
    names: dict[str, Any] = {}
    exec(f"import {step['name']} as found", names)
    return names["found"]


def lazy(step: Step, observer: Observer) -> object:
    """A function of the library, which imports when it is called."""
    return importlib.import_module(step["name"]).lazy()


def held_lazy(step: Step, observer: Observer) -> object:
    """The same of a module that an earlier step got, whatever has happened to it since."""
    return observer.held[step["name"]].lazy()


def resumed(step: Step, observer: Observer) -> object:
    """A generator of the library that imports: started by one step, resumed by another."""
    key = f"generator of {step['name']}"
    if key not in observer.held:
        observer.held[key] = importlib.import_module(step["name"]).generate()
    return next(observer.held[key], "exhausted")


def from_specification(step: Step, observer: Observer) -> object:
    """`module_from_spec` and `exec_module`, without an entry."""
    spec: Any = importlib.util.find_spec(
        step["name"]
    )  # without a spec or a loader the error is what is observed
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [module, spec.name]


def loaded_lazily(step: Step, observer: Observer) -> object:
    """The recipe for `LazyLoader` in the documentation of importlib; then a search, as at any next import."""
    spec: Any = importlib.util.find_spec(step["name"])
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[step["name"]] = module
    spec.loader.exec_module(module)
    importlib.util.find_spec("lib.absent")
    return [module.where(), module, sys.modules[step["name"]] is module]


def reloaded(step: Step, observer: Observer) -> object:
    """`importlib.reload` of the module held, or of the entry."""
    module: Any = observer.held.get(step["name"]) or sys.modules.get(step["name"])
    return importlib.reload(module)


def blocked(step: Step, observer: Observer) -> object:
    """An entry that is None stops the import; after that everything is as before."""
    name = step["name"]
    importlib.import_module(name)
    modules: dict[str, Any] = sys.modules  # None is for typeshed no value
    saved, modules[name] = modules[name], None
    try:
        return run(f"import {name} as found")["found"]
    except ImportError as error:
        return error
    finally:
        modules[name] = saved


def restored(step: Step, observer: Observer) -> object:
    """`mock.patch.dict(sys.modules)`: what is imported meanwhile is gone afterwards."""
    with mock.patch.dict(sys.modules):
        found = importlib.import_module(step["name"])
    return [found, step["name"] in sys.modules]


def _hold(step: Step, observer: Observer, module: object) -> object:
    observer.held[step["name"]] = module
    return module


OPERATIONS: dict[str, Operation] = {
    "import": statement,
    "import as": statement_as,
    "from parent import": from_parent,
    "from module import": from_module,
    "import *": star,
    "in a function": in_function,
    "in a class": in_class,
    "import_module": import_module,
    "import_module, relative": import_module_relative,
    "__import__": dunder_import,
    "__import__, level": dunder_import_from,
    "eval": evaluated,
    "exec here": executed_here,
    "exec in": executed_in,
    "exec in fresh globals": executed_in_fresh,
    "lazy": lazy,
    "held lazy": held_lazy,
    "resume generator": resumed,
    "module_from_spec": from_specification,
    "LazyLoader": loaded_lazily,
    "reload": reloaded,
    "block": blocked,
    "patch.dict": restored,
}
