"""The same for the Python implementation of :mod:`pickle`, which has methods to wrap.

dill and joblib are built on it. dill has its own ways with functions, classes and modules, so its picklers get a
``reducer_override`` and a ``save_reduce`` for as long as they are at work; others pay nothing for that.
"""

from __future__ import annotations

import functools
import sys
from importlib import import_module
from operator import attrgetter
from types import FunctionType, ModuleType

from runtime_shim.crossing import builds, by_value, pickles, reading

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any


def install() -> None:
    """Make picklers of the Python implementation name versions, and its unpicklers lenient about them.

    Called when :mod:`pickle` has been imported.
    """
    pickle: Any = sys.modules["pickle"]
    # Their public names are the accelerator's.
    python, unpickler = pickle._Pickler, pickle._Unpickler  # noqa: SLF001
    unpickler.find_class = reading.find_class_with(unpickler.find_class)
    original = python.save_global

    @functools.wraps(original)
    def save_global(self: Any, obj: Any, name: str | None = None) -> None:
        known_as = name or getattr(obj, "__qualname__", None) or getattr(obj, "__name__", None)
        found = None if type(known_as) is not str else pickles.versioned_name_of_global(obj, known_as)
        if found is None:
            original(self, obj, name)
            return
        # Opcodes, as the original writes: what a subclass does for classes and functions (dill) would ask again.
        versioned_name, known_as = found
        if self.proto >= 4:  # it has STACK_GLOBAL
            self.save(versioned_name)
            self.save(known_as)
            self.write(pickle.STACK_GLOBAL)
        elif "." in known_as:
            outer, _, last = known_as.rpartition(".")
            self.save_reduce(getattr, (attrgetter(outer)(import_module(versioned_name)), last))
        else:
            self.write(pickle.GLOBAL + versioned_name.encode() + b"\n" + known_as.encode() + b"\n")
        self.memoize(obj)

    original_dump = python.dump

    @functools.wraps(original_dump)
    def dump(self: Any, obj: Any) -> None:
        if self.dispatch.get(FunctionType) is save_global or hasattr(self, "reducer_override"):
            original_dump(self, obj)
            return
        self.reducer_override = pickles.reduce_misled
        self.save_reduce = functools.partial(_save_reduce, self.save_reduce)
        try:
            original_dump(self, obj)
        finally:
            del self.reducer_override, self.save_reduce

    python.dump = dump
    python.save_global = save_global
    for kind, method in list(python.dispatch.items()):
        if method is original:
            python.dispatch[kind] = save_global


def _save_reduce(original: Any, func: Any, args: Any, *rest: Any, obj: Any = None, **more: Any) -> None:
    """Write what a pickler has taken apart: functions and modules, which come here from a subclass alone."""
    if not pickles.Plain.depth:
        kind: Any = type(obj)
        if kind is FunctionType:
            by_value.name_writer(obj, args)
        elif kind is ModuleType and args == (obj.__name__,):
            versioned_name = by_value.versioned_name_of_module(obj)
            if versioned_name is not None:
                func, args = builds.importing(versioned_name)
    original(func, args, *rest, obj=obj, **more)
