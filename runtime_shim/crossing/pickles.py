"""Pickles that name versions: a class of an environment is written as one of ``pandas@2.0.3.core.frame``.

A pickle refers to classes and functions by module and name, and whoever reads it imports that module: in another
process, in another environment's thread. Where not everybody sees the same module under that name, the plain name
would be somebody else's class. So such an object is written as ``attrgetter("DataFrame")(import_module(name))``, the
name being the versioned one (:mod:`runtime_shim.loading.versioned_names`), which also tells the build
(:mod:`runtime_shim.crossing.builds`). That is standard library alone: a reader without that version gets an error that
names it, with or without mvenv.

Where it hooks in. ``Pickler.dump`` of the C accelerator asks ``self.reducer_override`` for every object that isn't
of a basic type (``save`` and ``dump`` in CPython's Modules/_pickle.c, also behind ``pickle.dumps``). The attribute
is looked up on the type, so it is put into the namespace of ``_pickle.Pickler`` itself: that reaches
``pickle.dumps``, every ``Pickler`` and every subclass, also those that were imported before. The type is immutable
to ``setattr``, not to its own dict. A subclass with a ``reducer_override`` of its own (cloudpickle) has it combined
with this one when the subclass is made. The Python implementation (dill, joblib): :mod:`.python_pickler`; what picklers
write by value: :mod:`.by_value`; reading: :mod:`.reading`.
"""

from __future__ import annotations

import contextlib
import copyreg
import functools
import sys
from operator import attrgetter
from types import BuiltinFunctionType, FunctionType, ModuleType

from runtime_shim.accelerator import extension
from runtime_shim.caller import frames
from runtime_shim.crossing import by_value, reading
from runtime_shim.loading import versioned_names
from runtime_shim.model.environment import known
from runtime_shim.modules import ownership

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from runtime_shim.model.environment import Environment

# What follows is looked up for every object in every pickle, so it is of the module and not of an object.
# Pickled by name, apart from classes; Cython's own kinds of function join when they are met.
_by_name: set[type] = {FunctionType, BuiltinFunctionType}
# Modules whose objects are pickled as ever: nobody's, or the same for everybody. Bounded by the modules there are.
_common: set[str] = set()
# Of the classes of such objects those that exist for ever; to hold on to others would be a leak.
_lasting: set[type] = set()
_object_reduce: Any = object.__reduce__
_object_reduce_ex: Any = object.__reduce_ex__
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_COMBINED = "_mvenv_combined"


class Plain:
    """Whether pickles are written without versions at the moment: how many contexts of :func:`plain_pickles` last."""

    depth = 0


@contextlib.contextmanager
def plain_pickles() -> Iterator[None]:
    """Write pickles without versions while the context lasts (in all threads), for readers without mvenv.

    What the caller's own view does not find under its plain name cannot be pickled then.
    """
    Plain.depth += 1
    try:
        yield
    finally:
        Plain.depth -= 1


def _versioned_name_in(thing: Any, module_name: str, name: str) -> str | None:
    """Return the versioned name of the module in which *thing* is known as *name*; None to leave it to pickle."""
    if Plain.depth or is_common(module_name):
        return None
    home = ownership.environment_of(thing, module_name, name)
    return None if home is None else versioned_names.of(home, module_name)


def _reference(thing: Any, module_name: str, name: str) -> Any:
    """Return what *thing* reduces to; ``NotImplemented`` to leave it to pickle."""
    versioned_name = _versioned_name_in(thing, module_name, name)
    return (
        NotImplemented if versioned_name is None else (attrgetter(name), (by_value.Module(versioned_name),))
    )


def is_common(module_name: str) -> bool:
    """Whether every view has the same module under this name, or none has one."""
    if module_name in _common:
        return True
    top = module_name.partition(".")[0]
    if top not in known.versioned_import_names:
        # Cython's functions are of a module that its extensions make, or of `builtins`, as it seems.
        if module_name in sys.modules and top != "builtins" and not top.startswith("_cython_"):
            _common.add(module_name)
        return True
    return False


def forget() -> None:
    """Look anew at which names are common: the environments have changed."""
    _common.clear()
    _lasting.clear()


def _reducer_override(pickler: Any, thing: Any) -> Any:
    """Reduce an object of an environment that is pickled by name; ``NotImplemented`` for anything else.

    Called for every object in every pickle, so what is common is told apart with one or two look-ups.
    """
    kind = type(thing)
    if kind in _lasting:
        return NotImplemented
    # A class or a function has a module of its own; of other objects the class's says whose they are.
    by_name = kind in _by_name or issubclass(kind, type)
    module_name: Any = getattr(thing, "__module__", None) if by_name else kind.__module__
    try:
        if module_name in _common:
            if (
                by_name
                or kind.__reduce__ is _object_reduce
                or getattr(thing, "__module__", None) is module_name
            ):
                return NotImplemented
            return _reduce_global(pickler, thing, kind)
    except TypeError:  # classes may set it to anything
        return NotImplemented
    if not by_name and kind.__name__ == "cython_function_or_method":
        _by_name.add(kind)
        return _reducer_override(pickler, thing)
    if type(module_name) is not str or is_common(module_name):
        if issubclass(kind, ModuleType):
            return _reduce_module(pickler, thing, kind)
        if not by_name and not kind.__flags__ & _HEAP_TYPE:
            _lasting.add(kind)
        return NotImplemented if by_name else _reduce_global(pickler, thing, kind)
    return _reduce(pickler, thing, kind, module_name, by_name=by_name)


class _ReducerOverride:
    """What picklers have as ``reducer_override``: for each dump, which asks for it once, a function of its own.

    That remembers, for as long as the dump lasts, of which classes the instances are pickled as ever.
    """

    def __get__(self, pickler: Any, kind: Any = None) -> Any:
        if pickler is None:
            return _reducer_override
        ordinary: set[type] = set()

        def reducer_override(thing: Any) -> Any:
            kind = type(thing)
            if kind in ordinary:
                return NotImplemented
            reduced = _reducer_override(pickler, thing)
            if reduced is NotImplemented and _takes_apart(pickler, kind):
                ordinary.add(kind)
            return reduced

        return reducer_override if extension is None else extension.unless_of(ordinary, reducer_override)


def _takes_apart(pickler: Any, kind: type) -> bool:
    """Whether a pickler writes all instances of a class as what they are made of, and none by a name."""
    return (
        kind.__reduce__ is _object_reduce
        and kind.__reduce_ex__ is _object_reduce_ex
        and kind not in _by_name
        and kind not in getattr(pickler, "dispatch_table", copyreg.dispatch_table)
        and not issubclass(kind, (type, ModuleType))
    )


def _reduce(pickler: Any, thing: Any, kind: type, module_name: str, *, by_name: bool) -> Any:
    reducer = getattr(pickler, "dispatch_table", copyreg.dispatch_table).get(kind)
    if by_name and reducer is None:
        owner = thing.__self__ if kind is BuiltinFunctionType else None
        if owner is not None and not isinstance(owner, ModuleType):
            return NotImplemented  # a bound method: pickle goes by its object
        return _reference(thing, module_name, thing.__qualname__)
    if reducer is None and not _redefines(kind, "__reduce_ex__") and _redefines(kind, "__reduce__"):
        reducer = kind.__reduce__  # what object.__reduce_ex__ would call, whatever the protocol
    if reducer is None:
        return NotImplemented
    reduced = reducer(thing)
    if type(reduced) is str:  # a global by that name (numpy's ufuncs): its module may be another's
        found = versioned_name_of_global(thing, reduced)
        return reduced if found is None else (attrgetter(reduced), (by_value.Module(found[0]),))
    return reduced


def _reduce_global(pickler: Any, thing: Any, kind: type) -> Any:
    """Reduce an object of a common class that is a global of another module.

    ``functools.lru_cache``, type variables and zope.interface's interfaces: ``__reduce__`` returns the name alone.
    """
    own = getattr(thing, "__module__", None)
    if type(own) is not str or own == kind.__module__ or is_common(own):
        return NotImplemented
    return _reduce(pickler, thing, kind, own, by_name=False)


def _reduce_module(pickler: Any, thing: ModuleType, kind: type) -> Any:
    reducer = getattr(pickler, "dispatch_table", copyreg.dispatch_table).get(kind)
    if reducer is None or Plain.depth:
        return NotImplemented  # the pickler refuses modules, or does as ever
    return by_value.reduce_module(thing, reducer, frames.find(sys._getframe(2)))


def _redefines(kind: type, method: str) -> bool:
    return getattr(kind, method) is not getattr(object, method)


def versioned_name_of_global(thing: Any, name: str) -> tuple[str, str] | None:
    """Return (versioned name of the module, *name*) of an object that is pickled by name.

    Its module is the one that ``pickle.whichmodule`` finds.
    """
    own = getattr(thing, "__module__", None)
    if type(own) is str:
        modules = [own]
    else:
        top = type(thing).__module__.partition(".")[0]
        modules = [str(key) for key in list(sys.modules) if key.partition(".")[0] == top]
    found = (_versioned_name_in(thing, module_name, name) for module_name in modules)
    versioned_name = next((versioned_name for versioned_name in found if versioned_name is not None), None)
    return None if versioned_name is None else (versioned_name, name)


def _own(thing: Any, name: str) -> Any:
    """Return an attribute without asking ``__getattr__``: an engine's proxy would ask its worker."""
    try:
        return object.__getattribute__(thing, name)
    except AttributeError:
        return None


def _misled(thing: Any) -> bool:
    """Whether the caller, looking *thing* up by its plain name, would find something else, or nothing."""
    module_name = _own(thing, "__module__")
    if type(module_name) is not str or is_common(module_name):
        return False
    name = _own(thing, "__qualname__")
    if type(name) is not str:
        return False
    home = ownership.environment_of(thing, module_name, name)
    calling: Environment = frames.find(sys._getframe(2))
    return home is not None and calling.owners[module_name] is not home


def reduce_misled(thing: Any) -> Any:
    """Reduce what the pickler would take apart because its environment does not find it by name."""
    if (type(thing) is FunctionType or issubclass(type(thing), type)) and _misled(thing):
        return _reference(thing, thing.__module__, thing.__qualname__)
    return NotImplemented


def _combine(theirs: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a subclass's own ``reducer_override``, with this module's where it has nothing to say.

    cloudpickle writes a class by value when it isn't found by name, which is the wrong conclusion where the
    name means another environment's module.
    """

    @functools.wraps(theirs)
    def reducer_override(self: Any, obj: Any) -> Any:
        reduced: Any = NotImplemented
        if not _misled(obj):
            reduced = theirs(self, obj)
        if reduced is NotImplemented:
            reduced = _reducer_override(self, obj)
        elif type(obj) is FunctionType and type(reduced) is tuple and not Plain.depth:
            by_value.name_writer(obj, reduced[1])
        return reduced

    setattr(reducer_override, _COMBINED, True)
    return reducer_override


def _init_subclass(cls: Any, /, **keywords: Any) -> None:
    pickler_type = sys.modules["_pickle"].Pickler
    others = (base for base in cls.__mro__ if base is not pickler_type and "reducer_override" in vars(base))
    theirs = next((vars(base)["reducer_override"] for base in others), None)
    if isinstance(theirs, FunctionType) and not hasattr(theirs, _COMBINED):
        cls.reducer_override = _combine(theirs)
    super(pickler_type, cls).__init_subclass__(**keywords)


def install() -> None:
    """Make the accelerator's picklers name versions, and its unpicklers lenient about them.

    Called when :mod:`pickle` has been imported.
    """
    accelerator = sys.modules.get("_pickle")
    if accelerator is not None:
        writing = {"reducer_override": _ReducerOverride(), "__init_subclass__": classmethod(_init_subclass)}
        _extend(accelerator.Pickler, writing)
        find_class = reading.find_class_with(accelerator.Unpickler.find_class)
        _extend(accelerator.Unpickler, {"find_class": find_class})


def _extend(kind: Any, attributes: dict[str, Any]) -> None:
    """Add the attributes that ``Pickler`` and ``Unpickler`` ask for to a type that was made in C.

    Its ``__dict__`` is a read-only proxy of the namespace that the garbage collector knows; the interpreter
    remembers attributes by type version, so it has to be told (``PyType_Modified`` in CPython's typeobject.c).
    An interpreter without :mod:`ctypes` writes plain names, and reads the versions that are there.
    """
    try:
        import ctypes
    except ImportError:
        return
    import gc  # for programs that pickle

    (namespace,) = gc.get_referents(kind.__dict__)
    namespace.update(attributes)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
